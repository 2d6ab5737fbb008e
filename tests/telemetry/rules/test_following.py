"""Which positions of a ride count."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.geo import LonLat
from mobility.telemetry.rules.following import FASTER, FOLLOWED, Followed
from mobility.telemetry.rules.messages import InRide
from mobility.telemetry.rules.watching import MARGIN_MIN_M

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
SPEED = {"breeze": 50.0}
METRE = 1 / 111_195  # of longitude, at the equator
LEAP_M = 5_000.0


def seen(at_s: float, metres: float, *, rental: int = 1, vehicle: int = 1) -> InRide:
    at, position = NOW + timedelta(seconds=at_s), LonLat(metres * METRE, 0.0)
    return InRide(UUID(int=vehicle), UUID(int=rental), "lakeport", "breeze", at, position, None, None)


def counting(followed: Followed, *said: InRide) -> list[float]:
    """The metres at which the positions lie that count, told one by one."""
    counted = [each for one in said for each in followed.counting([one], SPEED, one.at)]
    return [round(each.position.lon / METRE) for each in counted]


def test_the_first_position_of_a_ride_waits_for_the_second() -> None:
    assert counting(Followed(), seen(0, 0)) == []
    assert counting(Followed(), seen(0, 0), seen(10, 100)) == [100]


def test_a_leap_does_not_count_and_the_ride_goes_on_from_where_it_was() -> None:
    assert counting(Followed(), seen(0, 0), seen(10, 100), seen(20, LEAP_M), seen(30, 300)) == [100, 300]


def test_a_leap_that_is_said_twice_counts() -> None:
    said = seen(0, 0), seen(10, 100), seen(20, LEAP_M), seen(30, LEAP_M + 100)
    assert counting(Followed(), *said) == [100, LEAP_M + 100]


def test_leaps_to_different_places_never_count() -> None:
    said = [seen(10 * number, LEAP_M * (number % 4)) for number in range(20)]
    assert counting(Followed(), seen(-20, 0), seen(-10, 0), *said[1:4], *said[5:8]) == [0]


def test_a_first_position_that_is_far_off_is_forgotten_once_two_others_agree() -> None:
    assert counting(Followed(), seen(0, LEAP_M), seen(10, 0), seen(20, 50), seen(30, LEAP_M)) == [50]


def test_a_vehicle_reaches_what_its_class_does_in_the_time_and_its_receiver_s_error_beyond() -> None:
    reach_m = FASTER * 50 / 3.6 * 10 + 2 * MARGIN_MIN_M
    assert counting(Followed(), seen(0, 0), seen(10, reach_m - 1)) == [round(reach_m - 1)]
    assert counting(Followed(), seen(0, 0), seen(10, reach_m + 1)) == []


def test_neither_another_ride_nor_another_vehicle_bears_a_position_out() -> None:
    assert counting(Followed(), seen(0, 0), seen(10, 0, rental=2), seen(20, 0, vehicle=2)) == []


def test_a_position_of_long_ago_bears_nothing_out_and_is_forgotten() -> None:
    followed, later_s = Followed(), FOLLOWED.total_seconds() + 1
    assert counting(followed, seen(0, 0), seen(later_s, 0)) == []
    assert counting(followed, seen(later_s + 10, 0, vehicle=2), seen(3 * later_s, 0, vehicle=3)) == []
    assert len(followed._before) == 1


def test_positions_of_one_batch_bear_each_other_out_in_the_order_of_time() -> None:
    said = [seen(20, LEAP_M), seen(10, 10), seen(0, 0)]
    assert Followed().counting(said, SPEED, NOW) == [seen(10, 10)]


def test_what_is_remembered_is_not_told_in_a_picture_of_it() -> None:
    followed = Followed()
    counting(followed, seen(0, 1234))
    assert repr(followed) == "Followed()"


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_however_single_leaps_are_strewn_over_a_ride_none_of_them_counts(leaps: list[bool]) -> None:
    """A moped at 36 km/h, a report every ten seconds, no two leaps in a row."""
    at = [seen(10 * number, 100.0 * number) for number in range(-2, len(leaps))]
    for number, leaps_now in enumerate(leaps):
        if leaps_now and not (number and leaps[number - 1]):
            at[number + 2] = seen(10 * number, 100.0 * number + LEAP_M)
    assert all(metres < LEAP_M for metres in counting(Followed(), *at))
