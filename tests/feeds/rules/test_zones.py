from itertools import combinations, product

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from mobility.city.rules.geometry import CityZones
from mobility.city.rules.parking import NoParkingHere, OutOfServiceZone, may_end
from mobility.feeds.rules.zones import pieces, rules
from mobility.geo import LonLat
from tests.support.fleets import lakeport

CITY = lakeport()
ZONES, TYPES = CityZones(CITY.zones), list(CITY.vehicle_types)
PIECES = [(zone, ruled, shape(area)) for zone, ruled, area in pieces(CITY.zones, TYPES)]
MOPED = CITY.vehicle_types[0]

on_the_ground = st.builds(LonLat, st.floats(174.95, 175.12), st.floats(-40.07, -39.95))


def test_no_two_pieces_overlap() -> None:
    assert all(one.intersection(other).area == 0 for (*_, one), (*_, other) in combinations(PIECES, 2))


def test_every_piece_is_a_multipolygon_with_a_rule_for_every_type() -> None:
    for _, ruled, area in PIECES:
        assert area.geom_type == "MultiPolygon"
        assert sorted(code for rule in ruled for code in rule["vehicle_type_ids"]) == ["breeze", "pebble"]


def test_the_first_rule_is_that_of_vehicles_left_anywhere() -> None:
    assert all(ruled[0]["vehicle_type_ids"] == ["breeze"] for _, ruled, _ in PIECES)


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
