from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.booking.tables import Hold
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.in_force import NotInForce
from mobility.pricing import queries
from mobility.pricing.service import load_tariffs
from mobility.pricing.tables import Tariff
from tests.support.fleets import lakeport
from tests.support.rides import Story

# Midnight of 2026-07-01 in Lakeport, which is in winter and 12 hours ahead.
JULY = datetime(2026, 6, 30, 12, tzinfo=UTC)


def with_price(city_file: CityFile, code: str, cents: int) -> CityFile:
    tariffs = tuple(
        msgspec.structs.replace(each, price_cents=cents) if each.code == code else each for each in city_file.tariffs
    )
    return msgspec.structs.replace(city_file, tariffs=tariffs)


async def in_force(story: Story, at: datetime) -> tuple[str, int]:
    tariff = await queries.get_tariff(story.session, "lakeport", "pebble", at)
    return tariff.code, queries.plan_of(tariff).price_cents


async def test_loading_an_unchanged_file_again_makes_nothing(story: Story) -> None:
    before = (await story.session.scalars(select(Tariff.id))).all()
    assert await load_tariffs(story.session, story.clock, lakeport()) == 0
    assert (await story.session.scalars(select(Tariff.id))).all() == before


async def test_a_tariff_starts_at_midnight_on_the_citys_clocks(story: Story) -> None:
    assert (await in_force(story, JULY - timedelta(microseconds=1)))[0] == "pebble-hour-2025"
    assert (await in_force(story, JULY))[0] == "pebble-hour-2026"


async def test_a_corrected_plan_is_a_new_version_and_the_old_one_stays_as_it_was_sold(story: Story) -> None:
    kept = (await story.hold("P-001")).hold
    assert await load_tariffs(story.session, story.clock, with_price(lakeport(), "pebble-hour-2025", 300)) == 1
    assert await in_force(story, story.clock.now()) == ("pebble-hour-2025", 300)
    held = await story.session.get_one(Hold, kept.id)
    sold = await story.session.get_one(Tariff, held.tariff_id)
    assert (sold.version, sold.plan["price_cents"]) == (1, 200)


async def test_a_correction_may_be_taken_back(story: Story) -> None:
    await load_tariffs(story.session, story.clock, with_price(lakeport(), "pebble-hour-2025", 300))
    assert await load_tariffs(story.session, story.clock, lakeport()) == 1
    assert await in_force(story, story.clock.now()) == ("pebble-hour-2025", 200)


async def test_a_tariff_that_was_only_announced_may_be_dropped(story: Story) -> None:
    announced_no_more = tuple(each for each in lakeport().tariffs if each.code != "pebble-hour-2026")
    file = msgspec.structs.replace(lakeport(), tariffs=announced_no_more)
    assert await load_tariffs(story.session, story.clock, file) == 0
    assert (await in_force(story, JULY))[0] == "pebble-hour-2025"


async def test_a_tariff_that_is_announced_again_is_the_next_version(story: Story) -> None:
    announced_no_more = tuple(each for each in lakeport().tariffs if each.code != "pebble-hour-2026")
    await load_tariffs(story.session, story.clock, msgspec.structs.replace(lakeport(), tariffs=announced_no_more))
    assert await load_tariffs(story.session, story.clock, lakeport()) == 1
    assert await load_tariffs(story.session, story.clock, lakeport()) == 0
    tariff = await queries.get_tariff(story.session, "lakeport", "pebble", JULY)
    assert (tariff.code, tariff.version) == ("pebble-hour-2026", 2)


async def test_a_tariff_that_was_in_force_stays_when_the_file_forgets_it(story: Story) -> None:
    newer = tuple(each for each in lakeport().tariffs if each.code != "pebble-hour-2025")
    await load_tariffs(story.session, story.clock, msgspec.structs.replace(lakeport(), tariffs=newer))
    assert (await in_force(story, story.clock.now()))[0] == "pebble-hour-2025"


async def test_before_the_first_tariff_nothing_has_a_price(story: Story, clock: FixedClock) -> None:
    with pytest.raises(NotInForce):
        await in_force(story, datetime.combine(date(2024, 12, 30), datetime.min.time(), UTC))
