from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.city.rules.prepared import PreparedCity
from mobility.city.tables import Station
from mobility.pricing.service import load_tariffs
from mobility.rebalancing.rules.history import Pairs
from mobility.rebalancing.rules.places import places_of
from mobility.rebalancing.rules.prior import prior_rates
from mobility.rebalancing.service.forecast import (
    DAYS_AHEAD_MAX,
    KEPT,
    DayTooFar,
    NoForecast,
    NothingToForecastFrom,
    demand_for,
    forget,
    get_kept,
    keep,
    look_ahead,
)
from mobility.rebalancing.service.past import HISTORY_DAYS, read_history
from tests.support.demands import prepared
from tests.support.fleets import lakeport, load_fleet
from tests.support.pasts import Ridden, write_rides, write_searches, write_state
from tests.support.rides import LIGHTHOUSE, MARKET, WHARF, Story, add_rider

CITY = prepared()
PLACES = places_of(CITY)
PAIRS = Pairs(PLACES)
PRIOR = prior_rates(CITY, PAIRS)
TODAY = date(2026, 6, 15)
# Noon of the Friday before, on Lakeport's clocks.
FRIDAY_NOON = datetime(2026, 6, 12, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def story(session: AsyncSession, clock: FixedClock) -> Story:
    a_month_ago = FixedClock(clock.now() - timedelta(days=30))
    vehicles = await load_fleet(session, a_month_ago)
    await load_tariffs(session, clock, lakeport())
    rider = add_rider(session, clock)
    await session.flush()
    return Story(session, clock, vehicles, rider)


def pair(code: str, type_code: str) -> int:
    place, type_ = PLACES.index_of(code), PLACES.class_codes.index(type_code)
    return int(PAIRS.at(np.array([place]), np.array([type_]))[0])


async def test_rides_are_counted_where_and_when_they_began_and_ended(story: Story) -> None:
    wharf = (await story.session.scalars(select(Station.id).where(Station.code == "wharf"))).one()
    moped = Ridden(story.id("B-001"), FRIDAY_NOON, FRIDAY_NOON + 70 * MINUTE, MARKET, LIGHTHOUSE)
    # The phone said it was elsewhere; the station is known.
    car = Ridden(story.id("P-001"), FRIDAY_NOON, FRIDAY_NOON + 30 * MINUTE, LIGHTHOUSE, WHARF, wharf, wharf)
    await write_rides(story.session, story.rider.account_id, [moped, car])
    history = await read_history(story.session, CITY, PAIRS, PRIOR, TODAY)
    assert history.days == (date(2026, 6, 12), date(2026, 6, 13), date(2026, 6, 14))
    assert np.argwhere(history.departures).tolist() == sorted(
        [[0, pair("wharf", "pebble"), 12], [0, pair("market", "breeze"), 12]]
    )
    lighthouse = int(PLACES.places_at([LIGHTHOUSE.lon], [LIGHTHOUSE.lat], [0])[0])
    assert np.argwhere(history.returns).tolist() == sorted(
        [[0, pair("wharf", "pebble"), 12], [0, pair(PLACES.codes[lighthouse], "breeze"), 13]]
    )


async def test_a_place_is_exposed_while_a_vehicle_stands_there_to_be_rented(story: Story) -> None:
    rental = Ridden(story.id("P-003"), FRIDAY_NOON, FRIDAY_NOON + 30 * MINUTE, WHARF, MARKET)
    await write_rides(story.session, story.rider.account_id, [rental])
    await write_state(story.session, story.id("P-003"), "on_trip", FRIDAY_NOON)
    await write_state(story.session, story.id("P-003"), "available", FRIDAY_NOON + 30 * MINUTE)
    await write_state(story.session, story.id("P-003"), "non_operational", FRIDAY_NOON + 120 * MINUTE)
    exposure = (await read_history(story.session, CITY, PAIRS, PRIOR, TODAY)).exposure
    market = exposure[0, pair("market", "pebble")]
    assert market[11:15].tolist() == [0, 0.5, 1, 0]


async def test_searches_are_part_of_the_past(story: Story) -> None:
    ridden = Ridden(story.id("B-001"), FRIDAY_NOON, FRIDAY_NOON + 10 * MINUTE, MARKET, MARKET)
    await write_rides(story.session, story.rider.account_id, [ridden])
    await write_searches(story.session, MARKET, "", FRIDAY_NOON + 40 * MINUTE, 7)
    history = await read_history(story.session, CITY, PAIRS, PRIOR, TODAY)
    assert history.unserved.sum() == pytest.approx(7)
    assert history.unserved[0, :, 12].sum() == pytest.approx(7)


async def test_what_is_older_than_half_a_year_is_not_read(story: Story) -> None:
    old = FRIDAY_NOON - timedelta(days=HISTORY_DAYS + 5)
    ridden = Ridden(story.id("B-001"), old, old + 10 * MINUTE, MARKET, MARKET)
    await write_rides(story.session, story.rider.account_id, [ridden])
    assert (await read_history(story.session, CITY, PAIRS, PRIOR, TODAY)).departures.sum() == 0


async def test_without_rides_the_forecast_is_the_city_files(story: Story) -> None:
    demand = await demand_for(story.session, CITY, TODAY)
    assert demand.departures.sum() == pytest.approx(PRIOR[:, 0].sum())


async def test_a_city_that_expects_nothing_and_has_seen_nothing_is_refused(story: Story) -> None:
    fields = {name: getattr(CITY.file, name) for name in CITY.file.__struct_fields__}
    silent = PreparedCity(type(CITY.file)(**{**fields, "demand": None}), "other")
    with pytest.raises(NothingToForecastFrom) as refused:
        await look_ahead(story.session, silent, TODAY, today=TODAY)
    assert refused.value.code == "nothing_to_forecast_from"
    ridden = Ridden(story.id("B-001"), FRIDAY_NOON, FRIDAY_NOON + 10 * MINUTE, MARKET, MARKET)
    await write_rides(story.session, story.rider.account_id, [ridden])
    assert (await look_ahead(story.session, silent, TODAY, today=TODAY)).forecast.demand.departures.sum() > 0


async def test_a_day_too_far_ahead_is_refused(story: Story) -> None:
    with pytest.raises(DayTooFar) as refused:
        await look_ahead(story.session, CITY, TODAY + timedelta(days=DAYS_AHEAD_MAX + 1), today=TODAY)
    assert (refused.value.code, refused.value.facts) == ("day_too_far", {"days": DAYS_AHEAD_MAX})


async def test_a_kept_forecast_is_what_the_night_gets_and_the_last_version_counts(
    story: Story, clock: FixedClock
) -> None:
    first = await keep(story.session, clock, await look_ahead(story.session, CITY, TODAY, today=TODAY))
    begins = [FRIDAY_NOON + number * 20 * MINUTE for number in range(9)]
    ridden = [Ridden(story.id("B-001"), at, at + 9 * MINUTE, MARKET, MARKET) for at in begins]
    await write_rides(story.session, story.rider.account_id, ridden)
    outlook = await look_ahead(story.session, CITY, TODAY, today=TODAY)
    second = await keep(story.session, clock, outlook)
    assert (first.version, second.version, second.document["rides"]) == (1, 2, 9)
    kept = await demand_for(story.session, CITY, TODAY)
    for name in ("departures", "returns", "certainty"):
        np.testing.assert_allclose(getattr(kept, name), getattr(outlook.forecast.demand, name), rtol=1e-6)
    assert kept.day_certainty == outlook.forecast.demand.day_certainty


async def test_a_kept_forecast_of_other_places_is_worked_out_again(story: Story, clock: FixedClock) -> None:
    kept = await keep(story.session, clock, await look_ahead(story.session, CITY, TODAY, today=TODAY))
    kept.document = {**kept.document, "places": ["elsewhere"]}
    await story.session.flush()
    assert (await demand_for(story.session, CITY, TODAY)).departures.shape[0] == len(PLACES)


async def test_a_day_that_nobody_forecast_is_said_so(story: Story) -> None:
    with pytest.raises(NoForecast) as refused:
        await get_kept(story.session, "lakeport", TODAY)
    assert refused.value.code == "no_forecast"


async def test_old_forecasts_are_forgotten(story: Story, clock: FixedClock) -> None:
    await keep(story.session, clock, await look_ahead(story.session, CITY, TODAY, today=TODAY))
    assert await forget(story.session, clock) == 0
    clock.advance(KEPT + timedelta(days=1))
    assert await forget(story.session, clock) == 1
