"""Which rule holds where, for which class, at which hour."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from mobility.city.rules.city_file import Polygon, VehicleType, Zone, ZoneHours, ZoneKind
from mobility.city.rules.geofences import FLOOR, QUESTIONS, SAYS, Rule, answers, decide, is_in_force
from mobility.city.rules.geometry import CityZones
from mobility.city.rules.parking import NoParkingHere, NotAtAStation, OutOfServiceZone, StationBays, may_end
from mobility.city.rules.prepared import PreparedCity
from mobility.geo import LonLat
from tests.support.fleets import lakeport as read_lakeport

LAKEPORT = PreparedCity(read_lakeport(), "")
BREEZE, PEBBLE = LAKEPORT.file.vehicle_types
AUCKLAND = ZoneInfo("Pacific/Auckland")
SATURDAY = datetime(2026, 6, 20, 9, 0, tzinfo=AUCKLAND)
FRIDAY = datetime(2026, 6, 19, 8, 30, tzinfo=AUCKLAND)
SQUARE, BAYS = LonLat(174.979, -40.005), LonLat(174.9745, -40.0055)
SCHOOL, CAMPUS = LonLat(174.964, -40.002), LonLat(174.982, -40.028)
WETLAND, PLAYGROUND = LonLat(174.972, -39.972), LonLat(174.986, -39.972)


def rule(position: LonLat, vehicle_type: VehicleType = BREEZE, at: datetime = SATURDAY) -> Rule:
    return LAKEPORT.zones_at(at).ruling(position, vehicle_type).rule


def test_outside_every_zone_rides_start_and_pass_and_do_not_end() -> None:
    assert rule(LonLat(175.2, -40.0)) == FLOOR == Rule(True, False, True, None, False)


def test_in_a_service_zone_rides_end() -> None:
    assert rule(LonLat(175.03, -40.03)) == Rule(ride_end_allowed=True)


def test_in_a_no_ride_zone_nothing_is_allowed() -> None:
    assert rule(WETLAND) == Rule(ride_start_allowed=False, ride_end_allowed=False, ride_through_allowed=False)


def test_in_a_no_start_zone_rides_of_its_class_end_and_do_not_start() -> None:
    assert rule(PLAYGROUND) == Rule(ride_start_allowed=False, ride_end_allowed=True)
    assert rule(PLAYGROUND, PEBBLE).ride_start_allowed


def test_a_slow_zone_limits_the_speed_in_its_hours_only() -> None:
    assert rule(SCHOOL, at=FRIDAY).maximum_speed_kph == 20
    assert rule(SCHOOL, at=FRIDAY.replace(hour=9, minute=0)).maximum_speed_kph is None
    assert rule(SCHOOL, at=SATURDAY).maximum_speed_kph is None


def test_market_days_forbid_parking_but_in_the_market_s_bays() -> None:
    assert [rule(place).ride_end_allowed for place in (SQUARE, BAYS)] == [False, True]
    assert [rule(place, at=FRIDAY).ride_end_allowed for place in (SQUARE, BAYS)] == [True, True]


def test_on_a_public_holiday_its_own_hours_hold() -> None:
    waitangi_day = datetime(2026, 2, 6, 8, 0, tzinfo=AUCKLAND)  # a Friday
    assert not rule(SQUARE, at=waitangi_day).ride_end_allowed
    assert rule(SQUARE, at=waitangi_day.replace(hour=12)).ride_end_allowed


def test_where_bays_are_compulsory_a_free_floating_ride_ends_in_one() -> None:
    campus_bay = StationBays(uuid4(), "campus", {}, CAMPUS, ("breeze",), 1)
    zones = LAKEPORT.zones_at(SATURDAY)
    assert may_end(CAMPUS, BREEZE, zones=zones, stations=[campus_bay]).station == campus_bay
    with pytest.raises(NotAtAStation):
        may_end(CAMPUS, BREEZE, zones=zones, stations=[])


def test_the_rule_is_the_one_that_ends_rides() -> None:
    for place, refusal in ((SQUARE, NoParkingHere), (WETLAND, NoParkingHere), (LonLat(175.2, -40), OutOfServiceZone)):
        with pytest.raises(refusal):
            may_end(place, BREEZE, zones=LAKEPORT.zones_at(SATURDAY), stations=[])


def test_a_class_of_stations_stands_in_their_bays_whatever_the_ground_around() -> None:
    for place in (SQUARE, BAYS, CAMPUS):
        assert rule(place, PEBBLE) == Rule(ride_end_allowed=True, station_parking=True)


def test_the_zone_that_decided_is_known_for_each_question() -> None:
    pier = LAKEPORT.zones.ruling(LonLat(175.001, -40.001), BREEZE)
    decided = {question: zone and zone.code for question, zone in pier.decided.items()}
    assert decided == {
        "ride_start_allowed": "town",
        "ride_end_allowed": "pier",
        "ride_through_allowed": "town",
        "maximum_speed_kph": "old-town",
        "station_parking": None,
    }


def test_every_kind_says_something_and_only_slow_zones_say_a_speed() -> None:
    assert set(SAYS) == set(get_args(ZoneKind))
    assert [kind for kind, said in SAYS.items() if not said] == ["slow"]


def test_what_the_index_keeps_of_zones_out_of_their_hours_is_nothing() -> None:
    assert [zone.code for zone in LAKEPORT.zones_at(FRIDAY).at(SQUARE, vehicle_type="breeze")] == ["town"]
    assert LAKEPORT.zones_at(FRIDAY) is LAKEPORT.zones_at(FRIDAY + timedelta(minutes=1))


def test_where_no_zone_forbids_starts_nobody_is_asked() -> None:
    service = CityZones([zone for zone in LAKEPORT.file.zones if zone.kind == "service"])
    assert service.may_start([WETLAND, PLAYGROUND], [BREEZE, BREEZE]) == [True, True]
    assert LAKEPORT.zones.may_start([WETLAND, PLAYGROUND, PLAYGROUND], [PEBBLE, BREEZE, PEBBLE]) == [False, False, True]
    assert service.lets_start(WETLAND, BREEZE)
    assert [LAKEPORT.zones.lets_start(PLAYGROUND, each) for each in (BREEZE, PEBBLE)] == [False, True]


# --- against an oracle that asks every zone, one after the other, with nothing prepared and nothing remembered ---

grid = st.integers(0, 12)
times = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)] + ["24:00"]
days = st.lists(st.sampled_from(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"]), min_size=1, max_size=4)
windows = st.tuples(days, st.lists(st.sampled_from(times), min_size=2, max_size=2, unique=True).map(sorted))


@st.composite
def zones(draw: st.DrawFn) -> Zone:
    west, south, kind = draw(grid), draw(grid), draw(st.sampled_from(get_args(ZoneKind)))
    east, north = west + draw(st.integers(1, 6)), south + draw(st.integers(1, 6))
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    lines = draw(st.lists(windows, max_size=2))
    return Zone(
        code=f"z{draw(st.integers(0, 10**9))}",
        name={},
        kind=kind,
        vehicle_types=tuple(draw(st.sets(st.sampled_from(["breeze", "pebble"])))),
        max_speed_kmh=draw(st.integers(5, 50)) if kind == "slow" else None,
        hours=tuple(ZoneHours(days=tuple(d), begins=begins, ends=ends) for d, (begins, ends) in lines),
        source="invented",
        geometry=Polygon(coordinates=(tuple((float(x), float(y)) for x, y in ring),)),
    )


def oracle(held: list[Zone], lon: float, lat: float, vehicle_type: VehicleType, local: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {}
    docked = vehicle_type.return_constraint == "any_station"
    for zone in held:
        xs, ys = zip(*zone.geometry.coordinates[0], strict=True)
        is_here = box(min(xs), min(ys), max(xs), max(ys)).covers(Point(lon, lat))
        is_for_it = not zone.vehicle_types or vehicle_type.code in zone.vehicle_types
        if not (is_here and is_for_it and holds_by_the_clock(zone, local)):
            continue
        if docked and zone.kind in ("no_parking", "bays", "bays_only"):
            continue
        for question, answer in answers(zone).items():
            told.setdefault(question, answer)
    floor = (True, False, True, None, docked)
    return {question: told.get(question, otherwise) for question, otherwise in zip(QUESTIONS, floor, strict=True)}


def holds_by_the_clock(zone: Zone, local: datetime) -> bool:
    is_holiday = local.date() == date(2026, 2, 6)
    has_holiday_hours = any("PH" in line.days for line in zone.hours)
    day = "PH" if is_holiday and has_holiday_hours else local.strftime("%a")[:2]
    shown = local.strftime("%H:%M")
    return not zone.hours or any(day in line.days and line.begins <= shown < line.ends for line in zone.hours)


FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: FEBRUARY + timedelta(minutes=minutes))
places = st.lists(st.tuples(st.floats(-1, 19), st.floats(-1, 19)), min_size=1, max_size=8)


@settings(deadline=None)
@given(st.lists(zones(), max_size=12, unique_by=lambda zone: zone.code), places, moments)
def test_every_rule_is_the_one_that_asking_every_zone_in_order_gives(
    held: list[Zone], where: list[tuple[float, float]], at: datetime
) -> None:
    city = PreparedCity(msgspec.structs.replace(LAKEPORT.file, zones=tuple(held)), "")
    asked = list(itertools.product(where, (BREEZE, PEBBLE)))
    rulings = city.zones_at(at).rulings([LonLat(*place) for place, _ in asked], [type_ for _, type_ in asked])
    for (place, vehicle_type), ruling in zip(asked, rulings, strict=True):
        expected = oracle(held, *place, vehicle_type, city.local(at))
        assert {question: getattr(ruling.rule, question) for question in QUESTIONS} == expected


@settings(deadline=None)
@given(st.lists(zones(), max_size=6, unique_by=lambda zone: zone.code))
def test_a_zone_added_at_the_end_never_overrules_one_before_it(held: list[Zone]) -> None:
    for vehicle_type in (BREEZE, PEBBLE):
        before = decide(held, vehicle_type)
        after = decide([*held, *LAKEPORT.file.zones], vehicle_type)
        assert all(after.deciders[question] == zone for question, zone in before.deciders.items())


@settings(deadline=None)
@given(zones(), moments)
def test_hours_are_read_off_the_clock(zone: Zone, at: datetime) -> None:
    local = at.astimezone(AUCKLAND)
    assert is_in_force(zone, local, {date(2026, 2, 6)}) is holds_by_the_clock(zone, local)
