from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from mobility.city.rules.geometry import CityZones
from mobility.city.rules.parking import NoParkingHere, OutOfServiceZone, may_end
from mobility.feeds.gbfs_validator import schema_findings
from mobility.feeds.rules.documents import last_changed
from mobility.feeds.rules.system import Version
from mobility.feeds.rules.zones import pieces, rules
from mobility.geo import LonLat
from tests.feeds.editions import document, edition, feed, system
from tests.support.fleets import lakeport

CITY = lakeport()
ZONES, TYPES = CityZones(CITY.zones), list(CITY.vehicle_types)
PIECES = [(piece.zone, piece.rules, shape(piece.area)) for piece in pieces(CITY.zones, TYPES)]
MOPED = CITY.vehicle_types[0]

on_the_ground = st.builds(LonLat, st.floats(174.95, 175.12), st.floats(-40.07, -39.95))


def test_no_two_pieces_overlap() -> None:
    assert all(one.intersection(other).area == 0 for (*_, one), (*_, other) in combinations(PIECES, 2))


def test_every_piece_is_a_multipolygon_with_a_rule_for_every_type() -> None:
    for _, ruled, area in PIECES:
        assert area.geom_type == "MultiPolygon"
        assert sorted(code for rule in ruled for code in rule["vehicle_type_ids"]) == ["breeze", "pebble"]


def test_the_first_rule_is_that_of_vehicles_left_anywhere() -> None:
    assert all(ruled[0]["vehicle_type_ids"][0] == "breeze" for _, ruled, _ in PIECES)


def test_a_forbidden_area_in_a_slow_one_says_both() -> None:
    pier = next(ruled for zone, ruled, _ in PIECES if zone.code == "pier")
    assert (pier[0]["ride_end_allowed"], pier[0]["maximum_speed_kph"]) == (False, 25)
    assert (pier[1]["ride_end_allowed"], pier[1]["station_parking"]) == (True, True)


def test_outside_all_zones_no_ride_ends() -> None:
    assert [rule["ride_end_allowed"] for rule in rules([], TYPES)] == [False, False]


@settings(deadline=None)
@given(on_the_ground)
def test_a_reader_may_end_a_ride_exactly_where_the_service_lets_it_end(place: LonLat) -> None:
    point = shapely.Point(place.lon, place.lat)
    if any(area.boundary.distance(point) < 1e-6 for _, _, area in PIECES):
        return  # on a border both sides are right
    try:
        may_end(place, MOPED, zones=ZONES, stations=[])
        ends = True
    except (OutOfServiceZone, NoParkingHere):
        ends = False
    told = next((ruled for _, ruled, area in PIECES if area.contains(point)), rules([], TYPES))
    assert told[0]["ride_end_allowed"] is ends


def test_every_speed_limit_is_told_where_it_holds() -> None:
    for lon, lat in product((174.97, 174.995, 175.005, 175.1), (-40.05, -40.005, -39.995)):
        holding = ZONES.at(LonLat(lon, lat), vehicle_type="breeze")
        speed = next((zone.max_speed_kmh for zone in holding if zone.kind == "slow"), None)
        told = next((r for _, r, area in PIECES if area.contains(shapely.Point(lon, lat))), rules([], TYPES))
        assert told[0].get("maximum_speed_kph") == speed


def at(instant: str, name: str = "geofencing_zones", version: Version = "v3", language: str | None = None) -> Any:
    """The file as it is told at an instant of Lakeport's winter: UTC+12."""
    now = datetime.fromisoformat(f"{instant}+12:00").astimezone(UTC)
    of = edition(of=system(now=now))
    return document(of, version, name, language)["data"]["geofencing_zones"]["features"]


def told(features: Any, code: str) -> list[Any]:
    """Start, end and what holds for mopeds of the pieces named after a zone."""
    name = next(zone.name["en"] for zone in CITY.zones if zone.code == code)
    pieces = [each["properties"] for each in features if name in str(each["properties"]["name"])]
    return [(each.get("start"), each.get("end"), each["rules"][0]) for each in pieces]


def test_a_market_is_told_on_its_day_with_its_end() -> None:
    ((start, end, rule),) = told(at("2026-06-20T09:00"), "market-day")
    assert (start, end, rule["ride_end_allowed"]) == ("2026-06-19T18:00:00Z", "2026-06-20T01:00:00Z", False)


def test_what_holds_in_its_place_is_told_with_the_time_when_it_comes_back() -> None:
    features = at("2026-06-19T09:00")
    assert told(features, "market-day") == []
    spans = {(start, end) for start, end, _ in told(features, "town")}
    assert spans == {
        (None, None),
        ("2026-06-17T01:00:00Z", "2026-06-19T18:00:00Z"),  # the market's square, until Saturday at six
        ("2026-06-18T21:00:00Z", "2026-06-19T03:00:00Z"),  # the school's street, from nine until three
    }


def test_the_bays_of_a_market_are_told_apart_from_its_square() -> None:
    ((_, _, rule),) = told(at("2026-06-20T09:00"), "market-bays")
    assert rule["ride_end_allowed"] is True


def test_the_older_version_tells_the_same_in_seconds_and_in_its_own_words() -> None:
    ((start, end, rule),) = told(at("2026-06-20T09:00", version="v2", language="en"), "market-day")
    times = [datetime.fromtimestamp(second, UTC).isoformat() for second in (start, end)]
    assert times == ["2026-06-19T18:00:00+00:00", "2026-06-20T01:00:00+00:00"]
    assert rule["ride_allowed"] is False
    ((_, _, rule),) = told(at("2026-06-20T09:00", version="v2", language="en"), "playground")
    assert (rule["ride_allowed"], rule["ride_through_allowed"]) == (False, True)


def test_nobody_s_copy_stays_when_a_zone_begins_or_ends() -> None:
    morning, noon, next_week = (
        system(now=datetime(2026, 6, day, hour, tzinfo=UTC)) for day, hour in ((19, 20), (20, 1), (26, 20))
    )
    assert all(one.key != other.key for one, other in combinations((morning, noon, next_week), 2))
    assert morning.key == system(now=morning.at + timedelta(minutes=1)).key
    assert last_changed(noon, "geofencing_zones") == datetime(2026, 6, 20, 1, tzinfo=UTC)


@pytest.mark.parametrize("instant", ["2026-06-20T09:00", "2026-06-19T08:30", "2026-02-06T10:00", "2026-06-20T14:00"])
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_the_zones_of_every_hour_fit_the_standard_s_schemas(instant: str, version: Version) -> None:
    now = datetime.fromisoformat(f"{instant}+12:00").astimezone(UTC)
    assert schema_findings(feed(edition(of=system(now=now)), version)) == []
