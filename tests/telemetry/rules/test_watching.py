"""What zones ask of a ride, at their borders and far from them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.city.rules.prepared import PreparedCity
from mobility.fleet.rules.riding import ASK_AGAIN_AFTER, Declined, Notice, Ridden
from mobility.geo import LonLat, distance_m
from mobility.telemetry.rules.messages import InRide
from mobility.telemetry.rules.watching import (
    FRESH,
    MARGIN_MAX_M,
    MARGIN_MIN_M,
    Wanted,
    around,
    beyond_doubt,
    is_as_told,
    margin_m,
    newest,
    telling,
    wanted,
)
from tests.support.fleets import lakeport

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
CITY = PreparedCity(lakeport(), "")
BREEZE, PEBBLE = CITY.file.vehicle_types
ZONES = CITY.zones_at(NOW)
VEHICLE = UUID(int=1)
AWAY, WETLAND = Notice("outside_service_area"), Notice("no_ride_zone", "wetland")
OLD_TOWN, TOWN = LonLat(175.0, -40.0), LonLat(175.03, -40.03)
METRE = 1 / 85_182  # of longitude, at Lakeport


def seen(*, ago_s: float = 0, lon: float = 175.0, accuracy_m: float | None = None) -> InRide:
    at = NOW - timedelta(seconds=ago_s)
    return InRide(VEHICLE, UUID(int=2), "lakeport", "breeze", at, LonLat(lon, -40.0), accuracy_m, 20.0)


def ridden(
    limit_kmh: int | None = None, *notices: Notice, declined: Declined | None = None, desk_limit_kmh: int | None = None
) -> Ridden:
    return Ridden(VEHICLE, UUID(int=2), limit_kmh, desk_limit_kmh, declined, frozenset(notices))


def asked(position: LonLat) -> Wanted:
    return wanted(ZONES.ruling(position, BREEZE), BREEZE)


def told(position: LonLat, before: Ridden, accuracy_m: float = MARGIN_MIN_M) -> Wanted:
    return beyond_doubt(asked(position), [asked(place) for place in around(position, margin_m=accuracy_m)], before)


@pytest.mark.parametrize(
    ("position", "limit_kmh", "notices"),
    [
        (OLD_TOWN, 25, set()),
        (TOWN, None, set()),
        (LonLat(175.06, -40.0), None, {AWAY}),
        (LonLat(175.1, -40.05), None, {AWAY}),  # the airport is served, but not for this class
        (LonLat(174.972, -39.972), None, {WETLAND}),
    ],
)
def test_a_place_asks_for_its_limit_and_its_notices(position: LonLat, limit_kmh: int, notices: set[Notice]) -> None:
    assert asked(position) == Wanted(limit_kmh, frozenset(notices))


def test_a_limit_that_the_class_never_exceeds_is_none() -> None:
    slow = type(BREEZE)(**{name: getattr(BREEZE, name) for name in BREEZE.__struct_fields__} | {"max_speed_kmh": 25})
    assert wanted(ZONES.ruling(OLD_TOWN, slow), slow).speed_limit_kmh is None


def test_of_a_vehicle_s_positions_only_the_last_one_counts() -> None:
    assert newest([seen(ago_s=5), seen(ago_s=1), seen(ago_s=9)]) == {VEHICLE: seen(ago_s=1)}


def test_old_and_vague_positions_say_nothing() -> None:
    assert telling([seen(ago_s=FRESH.total_seconds())], NOW) == []
    assert telling([seen(accuracy_m=MARGIN_MAX_M + 1)], NOW) == []
    assert telling([seen(accuracy_m=MARGIN_MAX_M)], NOW) != []


def test_a_position_is_not_told_in_the_picture_of_a_sighting() -> None:
    assert "175" not in repr(seen())
    assert "LonLat" not in repr(seen())


@settings(deadline=None)
@given(st.floats(-80, 80), st.floats(1, 60))
def test_around_is_round(lat: float, metres: float) -> None:
    position = LonLat(10.0, lat)
    assert all(abs(distance_m(position, place) - metres) < 0.02 * metres for place in around(position, margin_m=metres))


def test_a_receiver_that_knows_its_error_is_believed_within_it() -> None:
    assert margin_m(seen(accuracy_m=3)) == MARGIN_MIN_M
    assert margin_m(seen(accuracy_m=30)) == 30


@settings(deadline=None)
@given(st.floats(-40, 40), st.sampled_from([None, 25]))
def test_near_a_border_everything_stays_as_it_was_told(metres: float, limit_kmh: int | None) -> None:
    """The old town's eastern border: its limit inside, none outside, and between them what was told last."""
    now = told(LonLat(175.01 + metres * METRE, -40.0), ridden(limit_kmh)).speed_limit_kmh
    if abs(metres) > MARGIN_MIN_M + 0.5:
        assert now == (25 if metres < 0 else None)
    elif abs(metres) < MARGIN_MIN_M - 0.5:
        assert now == limit_kmh


@settings(deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=30))
def test_a_ride_along_a_border_is_told_at_most_once(strays_m: list[float]) -> None:
    limits: list[int | None] = [None]
    for stray_m in strays_m:
        limits.append(told(LonLat(175.01 + stray_m * METRE, -40.0), ridden(limits[-1])).speed_limit_kmh)
    assert sum(one != next_ for one, next_ in pairwise(limits)) <= 1


def test_a_ride_is_outside_only_when_it_is_beyond_doubt_and_back_only_when_it_surely_is() -> None:
    border = LonLat(175.04 + 5 * METRE, -40.03)
    assert told(border, ridden()).notices == frozenset()
    assert told(border, ridden(None, AWAY)).notices == {AWAY}
    assert told(LonLat(175.05, -40.03), ridden()).notices == {AWAY}
    assert told(LonLat(175.03, -40.03), ridden(None, AWAY)).notices == frozenset()


def test_what_was_told_and_holds_is_as_told() -> None:
    assert is_as_told(asked(OLD_TOWN), ridden(25))
    assert not is_as_told(asked(OLD_TOWN), ridden())
    assert not is_as_told(asked(TOWN), ridden(None, AWAY))


def test_a_limit_that_the_vehicle_declined_is_not_repeated_at_once() -> None:
    stubborn = ridden(None, declined=Declined(25, NOW))
    assert not stubborn.may_be_told(25, NOW + ASK_AGAIN_AFTER / 2)
    assert stubborn.may_be_told(25, NOW + ASK_AGAIN_AFTER)
    assert stubborn.may_be_told(20, NOW)


@pytest.mark.parametrize(("desk_limit_kmh", "inside", "outside"), [(None, 25, None), (15, 15, 15), (40, 25, 40)])
def test_no_zone_lifts_what_an_operator_has_limited(
    desk_limit_kmh: int | None, inside: int, outside: int | None
) -> None:
    before = ridden(desk_limit_kmh, desk_limit_kmh=desk_limit_kmh)
    assert told(OLD_TOWN, before).speed_limit_kmh == inside
    assert told(TOWN, before).speed_limit_kmh == outside
    assert is_as_told(asked(TOWN), before)
