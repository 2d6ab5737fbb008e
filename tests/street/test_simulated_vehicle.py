from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.geo import LonLat, distance_m
from mobility.street.vehicle import CHARGER_PERCENT_PER_H, RECOVERS_UP_TO_PERCENT, Vehicle, VehicleClass, between

MOPED = VehicleClass("moped", max_range_m=50_000, max_speed_kmh=45, charge_percent_min=15, returned_at_stations=False)
HERE, THERE = LonLat(2.64, 50.53), LonLat(2.66, 50.53)
HOUR_S = 3_600


def moped(**changes):
    return replace(Vehicle("A-1", MOPED, HERE, charge_percent=80.0), **changes)


def test_it_drives_towards_its_goal_in_a_straight_line_and_stops_there():
    started = moped(bound_for=THERE)
    half_way = started.later(started.arrives_in_s / 2)
    assert distance_m(half_way.position, between(HERE, THERE, 0.5)) < 2
    arrived = half_way.later(half_way.arrives_in_s + 1)
    assert (arrived.position, arrived.bound_for, arrived.arrives_in_s) == (THERE, None, 0.0)


def test_driving_takes_charge_and_adds_to_the_odometer_by_the_metre():
    way_m = distance_m(HERE, THERE)
    arrived = moped(bound_for=THERE).later(HOUR_S)
    assert arrived.odometer_m == pytest.approx(way_m)
    assert arrived.charge_percent == pytest.approx(80 - 100 * way_m / MOPED.max_range_m)
    assert arrived.range_m == pytest.approx(MOPED.max_range_m * 0.8 - way_m)


def test_it_says_its_speed_only_while_it_drives():
    assert moped().speed_kmh == 0
    assert 0 < moped(bound_for=THERE).speed_kmh < MOPED.max_speed_kmh


def test_a_speed_limit_in_force_caps_how_fast_it_drives():
    limited = moped(bound_for=THERE, speed_limit_kmh=20)
    assert limited.speed_kmh == 20
    assert distance_m(HERE, limited.later(60).position) == pytest.approx(20 / 3.6 * 60, rel=0.01)
    assert limited.arrives_in_s > moped(bound_for=THERE).arrives_in_s
    assert moped(bound_for=THERE, speed_limit_kmh=200).speed_kmh == moped(bound_for=THERE).speed_kmh


def test_it_says_where_it_is_heading_only_while_it_drives():
    assert moped().heading_deg is None
    assert moped(bound_for=THERE).heading_deg == pytest.approx(90)
    assert moped(bound_for=LonLat(HERE.lon, HERE.lat - 0.01)).heading_deg == pytest.approx(180)


def test_an_empty_battery_is_empty_and_never_less():
    assert moped(charge_percent=0.1, bound_for=THERE).later(HOUR_S).charge_percent == 0


def test_a_vehicle_with_enough_charge_keeps_it_while_it_stands():
    assert moped(charge_percent=15.0).later(HOUR_S).charge_percent == 15.0


def test_at_a_charger_it_charges_until_it_is_full():
    assert moped(charge_percent=50.0).later(HOUR_S, plugged_in=True).charge_percent == 50 + CHARGER_PERCENT_PER_H
    assert moped(charge_percent=90.0).later(HOUR_S, plugged_in=True).charge_percent == 100


def test_one_too_empty_to_be_rented_gets_its_charge_back_slowly_and_not_wholly():
    low = moped(charge_percent=14.9).later(HOUR_S)
    assert low.recovering
    assert 15 < low.charge_percent < RECOVERS_UP_TO_PERCENT
    well = low.later(10 * HOUR_S).later(1)
    assert (well.charge_percent, well.recovering) == (RECOVERS_UP_TO_PERCENT, False)


def test_going_where_it_already_is_takes_no_time():
    assert moped(bound_for=HERE).later(0) == moped()


@given(steps=st.lists(st.floats(0, 500), min_size=1, max_size=20))
def test_many_small_steps_are_one_long_drive(steps):
    stepped = moped(bound_for=THERE)
    for seconds in steps:
        stepped = stepped.later(seconds)
    at_once = moped(bound_for=THERE).later(sum(steps))
    assert stepped.odometer_m == pytest.approx(at_once.odometer_m, abs=0.5)
    assert distance_m(stepped.position, at_once.position) < 1
