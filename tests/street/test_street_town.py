from random import Random

import pytest

from mobility.geo import LonLat, distance_m
from mobility.street.town import TRIP_MAX_M, TRIP_MIN_M, read_town

WEST, SOUTH, EAST, NORTH = 2.60, 50.50, 2.68, 50.56


def feature(kind, geometry, **properties):
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties}}


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def box(west, south, east, north):
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def vehicle_type(code, return_constraint):
    return {
        "code": code,
        "max_range_m": 60_000,
        "max_speed_kmh": 45,
        "charge_percent_min": 15,
        "return_constraint": return_constraint,
    }


def station(code, lon, lat, *, chargers=1, vehicle_types=("car",)):
    return feature("station", point(lon, lat), code=code, chargers=chargers, vehicle_types=list(vehicle_types))


@pytest.fixture
def town():
    types = [vehicle_type("moped", "free_floating"), vehicle_type("car", "any_station")]
    features = [
        feature("zone", box(WEST, SOUTH, EAST, NORTH), zone="service", vehicle_types=[]),
        feature("zone", box(2.638, 50.529, 2.642, 50.531), zone="no_parking", vehicle_types=["moped"]),
        feature("zone", box(2.665, 50.545, 2.670, 50.550), zone="no_ride", vehicle_types=[], hours=[{"days": ["Su"]}]),
        feature("zone", box(2.665, 50.535, 2.670, 50.540), zone="bays_only", vehicle_types=["moped"]),
        feature("zone", box(2.690, 50.500, 2.695, 50.510), zone="service", vehicle_types=[], hours=[{"days": ["Mo"]}]),
        feature("commune", box(WEST, SOUTH, EAST, NORTH), name="Arcy"),
        station("centre", 2.640, 50.530, vehicle_types=["car", "moped"]),
        station("east", 2.660, 50.530),
        station("north", 2.640, 50.550),
        feature("place", point(2.630, 50.540), name="Church"),
        feature("place", point(3.900, 51.000), name="Far outside"),
    ]
    return read_town({"vehicle_types": types}, {"features": features})


def test_the_map_says_where_a_moped_may_be_left(town):
    assert town.may_park("moped", LonLat(2.65, 50.54))
    assert not town.may_park("moped", LonLat(2.64, 50.53))
    assert town.may_park("car", LonLat(2.64, 50.53))
    assert not town.may_park("moped", LonLat(2.70, 50.54))


def test_riders_plan_to_park_where_it_is_allowed_at_any_hour(town):
    assert not town.may_park("moped", LonLat(2.667, 50.547))
    assert not town.may_park("car", LonLat(2.667, 50.547))
    assert not town.may_park("moped", LonLat(2.667, 50.537))
    assert town.may_park("car", LonLat(2.667, 50.537))
    assert not town.may_park("moped", LonLat(2.692, 50.505))


def test_riders_start_near_places_that_are_served(town):
    for seed in range(50):
        start = town.start(Random(seed))
        assert WEST <= start.lon <= EAST
        assert SOUTH <= start.lat <= NORTH


def test_a_car_goes_to_another_station_within_a_sensible_distance(town):
    origin = LonLat(2.640, 50.530)
    goals = {town.destination(Random(seed), "car", origin) for seed in range(50)}
    assert goals == {LonLat(2.660, 50.530), LonLat(2.640, 50.550)}


def test_a_moped_goes_where_it_may_be_left(town):
    origin = LonLat(2.640, 50.530)
    for seed in range(50):
        goal = town.destination(Random(seed), "moped", origin)
        assert town.may_park("moped", goal)
        assert TRIP_MIN_M <= distance_m(origin, goal) <= TRIP_MAX_M


def test_the_same_seed_goes_to_the_same_place(town):
    origin = LonLat(2.640, 50.530)
    assert town.destination(Random(3), "moped", origin) == town.destination(Random(3), "moped", origin)


def test_stops_are_the_other_places_to_end_nearest_first(town):
    assert town.stops("car", LonLat(2.640, 50.530)) == [LonLat(2.660, 50.530), LonLat(2.640, 50.550)]
    assert town.stops("moped", LonLat(2.640, 50.530)) == sorted(
        [LonLat(2.630, 50.540), LonLat(2.660, 50.530), LonLat(2.640, 50.550)],
        key=lambda stop: distance_m(LonLat(2.640, 50.530), stop),
    )


def test_a_station_charges_as_many_vehicles_as_it_has_chargers(town):
    at_centre = LonLat(2.640, 50.530)
    parked = {"T-2": at_centre, "T-1": at_centre, "T-3": LonLat(2.660, 50.5301), "T-4": LonLat(2.65, 50.54)}
    assert town.plugged_in(parked) == {"T-1", "T-3"}
