"""Write the table and picture of docs/simulation.md: the simulated city beside the figures of real systems.

    python -m benchmarks.simulation.validation [--days 364] [--seed 0] [--write]

A town of the reference city's density with the hours, week, durations and distances of Jersey City's bicycles is
simulated, with crews at night by the operators' rule. What went in comes out changed by who finds no vehicle, by the
vehicles' speed, by stations that are where they are, and by chance. Bay Area's figures went into nothing: they show how
far two real systems are from each other.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.command_line import natural
from benchmarks.simulation.town import town
from mobility.simulation import calibration as facts
from mobility.simulation.demand import Lengths, draw_riders
from mobility.simulation.gravity import gravity
from mobility.simulation.network import crow_m, neighbours, plane_m
from mobility.simulation.nights import OperatorsRule
from mobility.simulation.outcome import Outcome
from mobility.simulation.run import simulate
from mobility.simulation.scenario import QUARTERS, Calendar, Scenario

STATIONS, SIDE_SHARE = 51, 0.28
"""As many as Jersey City had, and as close together: the median trip is 1 km long there."""
DAYS_OF_WEEK, WEEKEND = 7, 5
PAGE = Path(__file__).parents[2] / "docs/simulation.md"
PICTURE = Path(__file__).parents[2] / "docs/screens/simulation-hours.svg"
BEGIN, END = "<!-- validation: begin -->", "<!-- validation: end -->"


def main(arguments: Sequence[str] | None = None) -> int:
    described = argparse.ArgumentParser(
        prog="python -m benchmarks.simulation.validation", description=__doc__.split("\n")[0]
    )
    described.add_argument("--days", type=natural, default=364)
    described.add_argument("--seed", type=natural, default=0)
    described.add_argument("--write", action="store_true", help="into docs/simulation.md and its picture")
    asked = described.parse_args(arguments)
    outcome = observed_town(max(DAYS_OF_WEEK, asked.days), asked.seed)
    table = report(outcome)
    print(table)
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")
        PICTURE.write_text(picture(outcome), encoding="utf-8")
    return 0


def observed_town(days: int, seed: int) -> Outcome:
    """Two kinds of days, a week that repeats, and bays and chargers enough."""
    scenario, demand = town(STATIONS, days, seed)
    position = scenario.places.position * SIDE_SHARE
    lengths = Lengths(duration_min=facts.DURATION_MIN, crow_km=facts.CROW_KM)
    busy = demand.rates[0].sum(axis=2)
    goes = [gravity(crow_m(position), leaving, leaving, lengths) for leaving in busy]
    week = np.array(facts.WEEK)[np.arange(days) % DAYS_OF_WEEK] * DAYS_OF_WEEK
    demand = replace(
        demand,
        rates=np.stack([share_of(busy, hours) for hours in (facts.WEEKDAY_HOURS, facts.WEEKEND_HOURS)]),
        factor=np.repeat(week[:, None], STATIONS, axis=1),
        goes_to=np.stack([to for to, _ in goes]),
        goes_share=np.stack([share for _, share in goes])[None],
        lengths=(lengths, lengths),
        habits=replace(demand.habits, cancels=0.0, fails=0.0),
        profile_share=np.array([1.0, 0.0]),
    )
    scenario = with_two_kinds_of_days(scenario, position, days)
    return simulate(scenario, draw_riders(scenario, demand, seed), policy=OperatorsRule(scenario))


def with_two_kinds_of_days(scenario: Scenario, position: np.ndarray, days: int) -> Scenario:
    calendar = Calendar(
        first_day=scenario.calendar.first_day,
        kind_of_day=np.arange(days) % DAYS_OF_WEEK // WEEKEND,
        is_open=np.ones((2, QUARTERS), bool),
        zones_at=np.zeros((2, QUARTERS), int),
    )
    near = neighbours(position, scenario.places.accepts, walk_minutes_max=15, speed_kmh=4.5)
    places = replace(scenario.places, position=position, bays=np.full(STATIONS, 200), **near)
    tariffs = tuple(replace(each, percent=np.vstack([each.percent] * 2)) for each in scenario.classes.tariffs)
    classes = replace(scenario.classes, tariffs=tariffs, plugs_in=np.array([False, True]))
    return replace(scenario, calendar=calendar, places=places, classes=classes)


def share_of(busy: np.ndarray, hours: Sequence[float]) -> np.ndarray:
    quarters = np.repeat(np.array(hours) / sum(hours) / 4, 4)
    return busy[:, :, None] * quarters


def report(outcome: Outcome) -> str:
    minutes, km = outcome.ride_s / 60, crow_km(outcome)
    weekday, weekend = (hours(outcome, is_weekend) for is_weekend in (False, True))
    rows = [
        "| figure | observed | simulated |",
        "|---|---|---|",
        *quantile_rows("duration, min", facts.DURATION_MIN, minutes),
        *quantile_rows("distance as the crow flies, km, without round trips", facts.CROW_KM, km),
        f"| round trips | {facts.ROUND_TRIP_SHARE:.1%} | {round_trips(outcome):.1%} |",
        f"| busiest hour of a weekday | {peak(facts.WEEKDAY_HOURS)} | {peak(weekday / weekday.sum())} |",
        f"| busiest hour of a weekend day | {peak(facts.WEEKEND_HOURS)} | {peak(weekend / weekend.sum())} |",
        "",
        said(outcome),
        "",
        "| comparison | Poisson deviance an hour of 24 (1: chance alone) | largest difference of the profiles |",
        "|---|---|---|",
        *(deviance_row(*each) for each in comparisons(weekday, weekend)),
        "",
        "| comparison | largest difference of the distributions at the observed quantiles (Kolmogorov–Smirnov) |",
        "|---|---|",
        f"| durations, simulated and Jersey City | {distance_of(facts.DURATION_MIN, minutes):.3f} |",
        f"| distances, simulated and Jersey City | {distance_of(facts.CROW_KM, km):.3f} |",
        f"| durations, simulated and Bay Area | {distance_of(facts.BAY_AREA_DURATION_MIN, minutes):.3f} |",
    ]
    return "\n".join(rows)


def said(outcome: Outcome) -> str:
    rides, share = int(outcome.served.sum()), outcome.served.mean()
    return f"{rides:,} rides in {outcome.scenario.calendar.days} days; {share:.1%} of the riders were served."


def crow_km(outcome: Outcome) -> np.ndarray:
    points = plane_m(outcome.scenario.places.position) / 1_000
    apart = points[outcome.riders.place] - points[outcome.riders.destination]
    away = outcome.served & (outcome.riders.place != outcome.riders.destination)
    return np.hypot(*apart[away].T)


def round_trips(outcome: Outcome) -> float:
    return float((outcome.riders.place == outcome.riders.destination)[outcome.served].mean())


def hours(outcome: Outcome, is_weekend: bool) -> np.ndarray:
    day = outcome.riders.at_s // 86_400 % DAYS_OF_WEEK
    return outcome.by_hour(outcome.served & ((day >= WEEKEND) == is_weekend))


def quantile_rows(name: str, observed: facts.Quantiles, simulated: np.ndarray) -> list[str]:
    found = np.quantile(simulated, observed.LEVELS)
    rows = zip(observed.LEVELS, observed.values, found, strict=True)
    return [f"| {name}: {level:.0%} below | {value:.2f} | {ours:.2f} |" for level, value, ours in rows]


def peak(shares: Sequence[float]) -> str:
    hour = int(np.argmax(shares))
    return f"{hour}:00, {shares[hour]:.1%}"


def comparisons(weekday: np.ndarray, weekend: np.ndarray) -> list[tuple[str, np.ndarray, Sequence[float]]]:
    return [
        ("weekdays, simulated and Jersey City", weekday, facts.WEEKDAY_HOURS),
        ("weekend days, simulated and Jersey City", weekend, facts.WEEKEND_HOURS),
        ("weekdays, simulated and Bay Area", weekday, facts.BAY_AREA_WEEKDAY_HOURS),
    ]


def deviance_row(name: str, counts: np.ndarray, shares: Sequence[float]) -> str:
    expected = np.maximum(np.array(shares) / sum(shares) * counts.sum(), 1e-9)
    ratio = np.where(counts > 0, counts * np.log(np.maximum(counts, 1) / expected), 0)
    deviance = 2 * (ratio - (counts - expected)).sum() / len(counts)
    gap = np.abs(np.cumsum(counts) / counts.sum() - np.cumsum(shares) / sum(shares)).max()
    return f"| {name} | {deviance:.1f} | {gap:.3f} |"


def distance_of(observed: facts.Quantiles, simulated: np.ndarray) -> float:
    below = np.searchsorted(np.sort(simulated), observed.values) / len(simulated)
    return float(np.abs(below - observed.LEVELS).max())


def picture(outcome: Outcome) -> str:
    """Bars are simulated, the line is Jersey City: weekdays above, weekend days below."""
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 460" font-family="sans-serif">']
    parts.append('<rect width="100%" height="100%" fill="#ffffff"/>')
    for row, (name, shares) in enumerate((("weekdays", facts.WEEKDAY_HOURS), ("weekend days", facts.WEEKEND_HOURS))):
        counts = hours(outcome, bool(row))
        parts += profile(name, counts / counts.sum(), np.array(shares), 40 + row * 220)
    return "\n".join([*parts, "</svg>"]) + "\n"


def profile(name: str, simulated: np.ndarray, observed: np.ndarray, top: float) -> list[str]:
    bottom, scale, step = top + 160, 160 / max(simulated.max(), observed.max()), 34
    bars = [bar(40 + hour * step, bottom, share * scale) for hour, share in enumerate(simulated)]
    line = " ".join(f"{54 + hour * step},{bottom - share * scale:.1f}" for hour, share in enumerate(observed))
    labels = [f'<text x="{50 + hour * step}" y="{bottom + 14}" font-size="10">{hour}</text>' for hour in range(24)]
    title = f'<text x="40" y="{top - 10}" font-size="14">{name}: bars simulated, line Jersey City 2020</text>'
    return [title, *bars, f'<polyline points="{line}" fill="none" stroke="#c8452e" stroke-width="2"/>', *labels]


def bar(left: float, bottom: float, height: float) -> str:
    return f'<rect x="{left}" y="{bottom - height:.1f}" width="28" height="{height:.1f}" fill="#9fc3b2"/>'


if __name__ == "__main__":
    sys.exit(main())
