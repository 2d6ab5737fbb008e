from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from mobility.booking.rules.availability import (
    Chain,
    Promise,
    Why,
    gaps,
    latest_end,
    most_standing,
    station_at,
    why_not,
)
from tests.support.promises import AIRPORT, BUFFER, MARKET, NOW, STATIONS, WHARF, booked, plans


def test_a_vehicle_that_stands_there_and_is_not_booked_can_be_promised() -> None:
    assert why_not([], booked(1, 2), station_id=WHARF) is None


def test_a_vehicle_is_taken_until_the_buffer_after_its_booking_is_over() -> None:
    planned = [booked(1, 2)]
    assert why_not(planned, booked(2, 3), station_id=WHARF) is Why.TAKEN
    assert why_not(planned, booked(2.25, 3), station_id=WHARF) is None


def test_the_buffer_after_the_new_booking_ends_before_the_next_one_begins() -> None:
    planned = [booked(2, 3)]
    assert why_not(planned, booked(1, 2), station_id=WHARF) is Why.TAKEN
    assert why_not(planned, booked(1, 1.75), station_id=WHARF) is None


def test_a_booking_begins_where_the_one_before_ends() -> None:
    planned = [booked(1, 2, WHARF, MARKET)]
    assert why_not(planned, booked(3, 4, WHARF, WHARF), station_id=WHARF) is Why.ELSEWHERE
    assert why_not(planned, booked(3, 4, MARKET, AIRPORT), station_id=WHARF) is None


def test_a_booking_in_between_brings_the_vehicle_back_to_where_it_is_due_next() -> None:
    planned = [booked(5, 6, WHARF, MARKET)]
    assert why_not(planned, booked(1, 2, WHARF, MARKET), station_id=WHARF) is Why.NEEDED_ELSEWHERE
    assert why_not(planned, booked(1, 2, WHARF, WHARF), station_id=WHARF) is None


def test_a_vehicle_on_the_road_is_promised_only_after_a_booking_that_says_where_it_ends() -> None:
    assert why_not([], booked(1, 2), station_id=None) is Why.ELSEWHERE
    assert why_not([booked(-1, 0.5)], booked(1, 2), station_id=None) is None


def test_of_a_free_floating_vehicle_one_booking_is_planned_at_a_time() -> None:
    wanted = booked(1, 2, None, None)
    assert why_not([], wanted, station_id=None) is None
    assert why_not([booked(5, 6, None, None)], wanted, station_id=None) is Why.TAKEN


def test_a_booking_between_two_others_is_tighter_than_one_that_breaks_an_empty_day() -> None:
    between = gaps([booked(0, 1), booked(4, 5)], booked(2, 3))
    assert between.before == between.after == timedelta(minutes=45)
    assert between.tightness < gaps([booked(0, 1)], booked(2, 3)).tightness < gaps([], booked(2, 3)).tightness


def test_a_booking_can_be_made_longer_until_the_buffer_before_the_next() -> None:
    begun, following = booked(0, 1), booked(3, 4)
    assert latest_end([begun, following], begun) == following.starts_at - BUFFER
    assert latest_end([begun], begun) is None


def test_vehicles_leave_and_arrive_at_a_station_as_planned() -> None:
    here, leaves, comes = (
        Chain(WHARF, ()),
        Chain(WHARF, (booked(1, 2, WHARF, MARKET),)),
        Chain(MARKET, (booked(3, 4, MARKET, WHARF),)),
    )
    assert most_standing([here, leaves, comes], WHARF, since=NOW) == 2
    assert most_standing([here, leaves, comes], WHARF, since=NOW + timedelta(hours=1)) == 2
    assert most_standing([here, leaves], WHARF, since=NOW + timedelta(hours=1)) == 1
    assert most_standing([comes], MARKET, since=NOW + timedelta(hours=3)) == 0


def test_a_vehicle_that_is_away_needs_its_bay_again_when_it_comes_back() -> None:
    away = Chain(None, (booked(-1, 2, WHARF, WHARF),))
    assert most_standing([away], WHARF, since=NOW) == 1


@given(plans())
def test_what_is_promised_never_overlaps_and_each_booking_begins_where_the_one_before_ended(
    plan: tuple[UUID, list[Promise]],
) -> None:
    station_id, promises = plan
    place = station_id
    for earlier, later in pairwise(promises):
        assert earlier.blocked_until <= later.starts_at
    for promise in promises:
        assert promise.start_station_id == place
        place = promise.end_station_id or uuid4()
    if promises:
        assert station_at(promises, promises[-1].ends_at, station_id=station_id) == place


@given(plans())
def test_a_round_trip_taken_out_of_a_plan_can_be_promised_again(plan: tuple[UUID, list[Promise]]) -> None:
    station_id, promises = plan
    for promise in promises:
        if promise.start_station_id == promise.end_station_id:
            others = [each for each in promises if each is not promise]
            assert why_not(others, promise, station_id=station_id) is None


@given(st.lists(plans(), max_size=4), st.integers(0, 60))
def test_no_station_is_expected_to_hold_more_vehicles_than_there_are(
    fleet: list[tuple[UUID, list[Promise]]], hours: int
) -> None:
    chains, since = [Chain(place, tuple(promises)) for place, promises in fleet], NOW + timedelta(hours=hours)
    at_most = [most_standing(chains, station, since=since) for station in STATIONS]
    assert all(0 <= each <= len(fleet) for each in at_most)
    assert most_standing(chains, WHARF, since=NOW - timedelta(hours=1)) >= at_most[0]
