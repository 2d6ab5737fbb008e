"""What the kernel's tables say is what the product's own rules say."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.city.rules.tariffs import EndFee, Package, PricingPlan, Segment, TimeFactor
from mobility.city.service import read_city_file
from mobility.geo.streets.times import Times
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import Usage
from mobility.simulation import kernel
from mobility.simulation.city import Town, town_of
from mobility.simulation.demand import draw_riders
from mobility.simulation.network import WITHIN_M
from mobility.simulation.outcome import End
from mobility.simulation.reference import City, Reference
from mobility.simulation.riders import Riders
from mobility.simulation.rulebook import ProductRules
from mobility.simulation.run import simulate, tables_of
from mobility.simulation.tariff import tariff_table
from tests.conftest import TOWN
from tests.support.osm import Sheet
from tests.support.towns import MONDAY, town

UTC_CLOCKS = ZoneInfo("UTC")
TUESDAY = MONDAY + timedelta(days=1)
BAYS, SQUARE = frozenset({"bays"}), frozenset({"square", "bays"})
cents = some.integers(0, 400)
cap = some.none() | some.integers(1, 3_000)
segments = some.lists(
    some.builds(
        Segment,
        start=some.integers(0, 90),
        end=some.none() | some.integers(1, 200),
        rate_cents=cents,
        interval=some.integers(1, 30),
    ),
    max_size=3,
).map(tuple)
factors = some.lists(
    some.builds(
        TimeFactor,
        days=some.just(("Mo",)) | some.just(("Tu", "PH")),
        begins=some.sampled_from(["00:00", "08:00", "17:30"]),
        ends=some.sampled_from(["18:00", "24:00", "17:45"]),
        percent=some.integers(0, 300),
    ),
    max_size=2,
).map(tuple)
fees = some.lists(
    some.builds(
        EndFee,
        name=some.just({"en": "fee"}),
        cents=some.integers(-500, 500),
        zones=some.sampled_from([(), ("bays",), ("square",)]),
        stations=some.sampled_from([(), ("station",)]),
        outside=some.booleans(),
    ),
    max_size=3,
).map(tuple)
packages = some.lists(
    some.builds(
        Package,
        name=some.just({"en": "package"}),
        price_cents=cents,
        minutes=some.integers(1, 300),
        km=some.integers(0, 20),
    ),
    max_size=2,
).map(tuple)
plans = some.builds(
    PricingPlan,
    currency=some.just("EUR"),
    price_cents=cents,
    per_min_pricing=segments,
    per_km_pricing=segments,
    free_minutes=some.integers(0, 20),
    pause_rate_cents=some.none() | some.integers(0, 60),
    hour_cap_cents=cap,
    day_cap_cents=cap,
    week_cap_cents=cap,
    minimum_cents=cents,
    time_factors=factors,
    factor_percent_max=some.integers(100, 200),
    end_fees=fees,
    packages=packages,
)
rides = some.tuples(
    some.integers(0, 30 * 3_600),
    some.integers(1, 7_200) | some.integers(1, 14 * 3_600),
    some.integers(0, 3_000),
    some.integers(0, 3_000),
    some.integers(0, 40_000),
    some.integers(0, 1),
    some.integers(0, 1),
)


@settings(max_examples=40)
@given(plan=plans, ride=rides)
def test_the_compiled_tariff_charges_what_the_product_charges(plan: PricingPlan, ride: tuple[int, ...]) -> None:
    started_s, length_s, pause_from_s, pause_s, metres, zones, place = ride
    if not 0 < pause_from_s < pause_from_s + pause_s <= length_s:
        pause_from_s = pause_s = 0
    end_zones: list[list[frozenset[str]]] = [[frozenset(), BAYS], [SQUARE, frozenset()]]
    stations = ["station", None]
    table = tariff_table(plan, days=[MONDAY, TUESDAY], end_zones=end_zones, end_stations=stations)
    tables = stacked(table)

    charged = kernel.ride_cents(
        tables,
        np.zeros(96, np.int64),
        0,
        started_s,
        started_s + length_s,
        (pause_from_s, pause_s),
        metres,
        zones,
        place,
    )

    started_at = datetime.combine(MONDAY, time(), UTC) + timedelta(seconds=started_s)
    paused_at = started_at + timedelta(seconds=pause_from_s)
    usage = Usage(
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=length_s),
        zone=UTC_CLOCKS,
        pauses=((paused_at, paused_at + timedelta(seconds=pause_s)),) if pause_s else (),
        distance_m=metres,
        end_zones=end_zones[zones][place],
        end_station=stations[place],
    )
    assert charged == price(plan, usage).total.cents


def stacked(table: Any) -> kernel.Tables:
    """The tables of a town of two places whose mopeds have this tariff."""
    calendar = {
        "kind_of_day": [0, 1],
        "is_open": np.ones((2, 96), bool),
        "zones_at": np.zeros((2, 96), int),
    }
    places = {"starts": np.ones((2, 2, 2), bool), "ends": np.ones((2, 2, 2), bool)}
    classes = {"tariffs": (table, table)}
    scenario = town(bays=(4, 4), chargers=(0, 0), days=2, calendar=calendar, places=places, classes=classes)
    return tables_of(scenario)


@pytest.fixture(scope="module")
def lakeport() -> PreparedCity:
    file: CityFile = read_city_file(TOWN)
    return PreparedCity(file, hash_of(file))


def product_rules(here: Town) -> ProductRules:
    return ProductRules(
        scenario=here.scenario,
        tables=tables_of(here.scenario),
        city=here.city,
        types=here.scenario.classes.names,
        plans=here.tariffs,
        profiles=[profile.rider for profile in here.profiles],
        stations=here.stations,
    )


@pytest.mark.parametrize("first_day", [date(2026, 2, 5), date(2026, 6, 12)])
def test_the_product_s_rules_tell_the_story_of_the_tables(lakeport: PreparedCity, first_day: date) -> None:
    here = town_of(lakeport, first_day=first_day, days=4, seed=2)
    riders = many(draw_riders(here.scenario, here.demand, seed=3))

    outcome = simulate(here.scenario, riders, logs=True)
    city = City(here.scenario, riders, product_rules(here))
    Reference(city).advance(here.scenario.ends_s)

    assert outcome.log.tolist() == [list(row) for row in city.log]
    assert outcome.cents.tolist() == [journey.cents for journey in city.journeys]
    assert {End.SERVED, End.CLOSED, End.NOT_ELIGIBLE} <= set(outcome.end.tolist())


def many(riders: Riders, enough: int = 50) -> Riders:
    assert len(riders) >= enough
    return riders


def test_a_rider_without_the_title_takes_no_vehicle(lakeport: PreparedCity) -> None:
    here = town_of(lakeport, first_day=date(2026, 6, 12), days=1, seed=2)
    names: Sequence[str] = [profile.name for profile in here.profiles]

    assert here.scenario.eligible[names.index("car licence")].all()
    assert not here.scenario.eligible[names.index("young, without a title")].any()


def test_walks_follow_the_streets_where_places_have_some(lakeport: PreparedCity, tmp_path: Path) -> None:
    bay = Sheet(175.0, -40.0).node(1, 0, 0).node(2, 0, -2).node(3, 10, -2).node(4, 10, 0).way(10, [1, 2, 3, 4])
    times = Times(bay.network(tmp_path))
    over, straight = (
        town_of(lakeport, first_day=date(2026, 6, 12), days=1, seed=2, walks=each) for each in (times, None)
    )
    wharf, market = (over.scenario.places.names.index(name) for name in ("Wharf", "Market"))

    def walk_s(here: Town) -> int:
        places = here.scenario.places
        begin, end = places.near_from[wharf : wharf + 2]
        return int(places.near_walk_s[begin:end][places.near[begin:end] == market][0])

    assert walk_s(over) == pytest.approx((1_300 + 1.3 * WITHIN_M) / 75 * 60, rel=0.03)
    assert walk_s(straight) < walk_s(over)
    assert (over.walks_streets, straight.walks_streets) == (True, False)
