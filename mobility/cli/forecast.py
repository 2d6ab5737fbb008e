import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import rich_click as click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.city.service import get_city
from mobility.cli.forecast_picture import draw
from mobility.cli.session import in_transaction
from mobility.rebalancing.rules.explain import Explained, Told, explain
from mobility.rebalancing.rules.history import HOURS, Floats
from mobility.rebalancing.rules.weather import Weather, read_weather
from mobility.rebalancing.service.forecast import NO_WEATHER, Outlook, keep, look_ahead

PLACES_SHOWN = 15
STEPS = {
    "city": "the class in the whole city",
    "weekday": "the weekday",
    "hour": "the hours of such a day",
    "place": "the place",
    "hours_of_place": "the place's hours",
    "weekday_hours_of_place": "the place's hours on that weekday",
}


@click.command()
@click.argument("city_id", metavar="CITY")
@click.option("--day", "asked", type=click.DateTime(["%Y-%m-%d"]), help="By default tomorrow.")
@click.option("--explain", "place", metavar="PLACE", help="Where the numbers of one station or cell come from.")
@click.option(
    "--weather", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV, see docs/forecast.md."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="A PNG of the day by hours.")
@click.option(
    "--keep", "is_kept", is_flag=True, help="Write it down for the night's plan, as the day's newest version."
)
def forecast(
    city_id: str,
    asked: datetime | None,
    place: str | None,
    weather: Path | None,
    as_json: bool,
    picture: Path | None,
    is_kept: bool,
) -> None:
    """What a day is expected to ask for at each place: rides that begin and end, with intervals.

    From the rides and the searches of the last half year, or from the city's file where there are none yet.
    """
    known = _weather(weather)

    async def job(session: AsyncSession, clock: Clock) -> Outlook:
        city = await get_city(session, city_id)
        today = city.date_of(clock.now())
        day = asked.date() if asked else date.fromordinal(today.toordinal() + 1)
        found = await look_ahead(session, city, day, today=today, weather=known)
        if place is not None:
            found.places.index_of(place)
        if is_kept:
            await keep(session, clock, found)
        return found

    outlook = in_transaction(job)
    if picture is not None:
        draw(outlook, picture)
    if as_json:
        click.echo(json.dumps(document(outlook, place)))
    elif place is not None:
        tell_place(outlook, place)
    else:
        tell_day(outlook)


def _weather(path: Path | None) -> Mapping[date, Weather]:
    if path is None:
        return NO_WEATHER
    try:
        return read_weather(path.read_text(encoding="utf-8").splitlines())
    except (Problem, UnicodeDecodeError) as reason:
        raise click.UsageError(f"{path}: {reason}") from None


def tell_day(outlook: Outlook) -> None:
    console, demand = Console(), outlook.forecast.demand
    console.print(_foundation(outlook), markup=False, highlight=False)
    by_class = Table("Class", "Rides begin", "Interval", "Rides end", "Busiest hour", title="The day")
    for at, code in enumerate(outlook.places.class_codes):
        low, high = (flows.departures[:, at].sum() for flows in (demand.low, demand.high))
        busiest = int(hours(demand.departures[:, at].sum(axis=0)).argmax())
        sums = demand.departures[:, at].sum(), demand.returns[:, at].sum()
        by_class.add_row(code, f"{sums[0]:.1f}", f"{low:.0f} – {high:.0f}", f"{sums[1]:.1f}", f"{busiest:02}:00")
    console.print(by_class)
    console.print(_busiest(outlook))


def _busiest(outlook: Outlook) -> Table:
    demand = outlook.forecast.demand
    table = Table("Place", "Name", "Class", "Begin", "Interval", "End", title=f"The {PLACES_SHOWN} busiest places")
    total = demand.departures.sum(axis=2)
    for flat in np.argsort(-total, axis=None)[:PLACES_SHOWN]:
        place, at = np.unravel_index(flat, total.shape)
        found = outlook.places.places[place]
        low, high = (flows.departures[place, at].sum() for flows in (demand.low, demand.high))
        row = (f"{total[place, at]:.2f}", f"{low:.2f} – {high:.2f}", f"{demand.returns[place, at].sum():.2f}")
        name = Text(next(iter(found.name.values())))
        table.add_row(Text(found.code), name, outlook.places.class_codes[at], *row)
    return table


def tell_place(outlook: Outlook, place: str) -> None:
    console, at = Console(), outlook.places.index_of(place)
    name = next(iter(outlook.places.places[at].name.values()))
    console.print(f"{name} ({place})", markup=False, highlight=False)
    console.print(_foundation(outlook), markup=False, highlight=False)
    for told in explain(outlook.situation, outlook.history, outlook.forecast, at):
        console.print()
        console.print(_searches(told), markup=False, highlight=False)
        for direction, flow in (("begin", told.departures), ("end", told.returns)):
            console.print(_steps(f"{told.type_code}: rides that {direction}", flow))


def _foundation(outlook: Outlook) -> str:
    made, history, test = outlook.forecast, outlook.history, outlook.test
    day = f"{made.day.day:%A %d %B %Y}" + (", a public holiday" if made.day.is_holiday else "")
    if not history.days:
        return f"{day}: no rides yet, so as the city's file expects."
    known = f"{len(history.days)} days, {history.departures.sum():.0f} rides, {history.unserved.sum():.0f} searches"
    if not test.days:
        return f"{day}, from {known}; too few days to test other ways than rates."
    told = ", ".join(f"{name} {days.mean():.1f}" for name, days in test.deviance.items())
    share = f"{test.covered:.0%} of places and days lay within their interval"
    return f"{day}, from {known}, by {made.method}. Deviance a day over the last {len(test.days)}: {told}; {share}."


def _searches(told: Explained) -> str:
    seen = f"{told.type_code}: a usable vehicle stood there {told.vehicle_share:.0%} of the time"
    if not told.searches_per_ride:
        return f"{seen}; no search that found nothing was counted."
    return (
        f"{seen}; {told.searches:.1f} searches found nothing. In the whole city {told.searches_per_ride:.2f} searches "
        "are counted for a ride that could not be."
    )


def _steps(title: str, told: Told) -> Table:
    table = Table(
        "Corrected by", "Seen", "Expected", "Expectation worth", "Weight of seen", "Rides of the day", title=title
    )
    table.add_row("the city's file", "", "", "", "", f"{told.prior:.2f}")
    for step in told.steps:
        numbers = (f"{step.seen:.1f}", f"{step.expected:.1f}", f"{step.worth:.1f}", f"{step.weight:.0%}")
        table.add_row(STEPS[step.name], *numbers, f"{step.rides:.2f}")
    for name, factor in told.day:
        table.add_row(f"the day: {name}", "", "", "", "", f"× {factor:.2f}")
    table.add_row("forecast", "", "", "", f"{told.low:.2f} – {told.high:.2f}", f"{told.rides:.2f}")
    return table


def document(outlook: Outlook, place: str | None) -> dict[str, Any]:
    """The forecast as plain data; of one place with its explanation where one is named."""
    made, places = outlook.forecast, outlook.places
    wanted = range(len(places)) if place is None else [places.index_of(place)]
    items = [item(outlook, at, number) for at in wanted for number in np.flatnonzero(places.serves[at]).tolist()]
    told: dict[str, Any] = {
        "city": places.city_id,
        "day": made.day.day.isoformat(),
        "method": made.method,
        "history_days": len(outlook.history.days),
        "deviance": {name: float(days.mean()) for name, days in outlook.test.deviance.items() if len(days)},
        "items": items,
    }
    if place is not None:
        explained = explain(outlook.situation, outlook.history, made, places.index_of(place))
        told["explained"] = [asdict(each) for each in explained]
    return told


def item(outlook: Outlook, place: int, number: int) -> dict[str, Any]:
    demand, at = outlook.forecast.demand, (place, number)
    flows = {"departures": demand.departures, "returns": demand.returns}
    ends = {"departures_low": demand.low.departures, "departures_high": demand.high.departures}
    return {
        "place": outlook.places.codes[place],
        "type": outlook.places.class_codes[number],
        **{name: round(float(values[at].sum()), 4) for name, values in (flows | ends).items()},
        "departures_by_hour": [round(rides, 4) for rides in hours(demand.departures[at]).tolist()],
        "returns_by_hour": [round(rides, 4) for rides in hours(demand.returns[at]).tolist()],
    }


def hours(quarters: Floats) -> Floats:
    """Sums of a day's quarter-hours by hour."""
    sums: Floats = quarters.reshape(HOURS, -1).sum(axis=1)
    return sums
