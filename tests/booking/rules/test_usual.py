from datetime import timedelta

from mobility.booking.rules.usual import RIDES_MAX, Ridden, Usual, usual_rides


def ridden(type_code: str, *minutes: float, km: float = 3.0) -> list[Ridden]:
    return [Ridden(type_code, timedelta(minutes=each), round(km * 1_000)) for each in minutes]


def test_the_usual_ride_is_in_the_middle_of_the_latest_ones_of_its_class() -> None:
    mopeds, cars = ridden("moped", 9.2, 12, 240), ridden("car", 30, 31, 40, 50, km=8.44)
    assert usual_rides([*mopeds, *cars]) == [Usual("car", 36, 8.4, 4), Usual("moped", 12, 3.0, 3)]


def test_two_rides_are_no_habit_and_old_ones_are_none_any_more() -> None:
    assert usual_rides(ridden("moped", 10, 10)) == []
    latest = ridden("moped", *[10] * RIDES_MAX)
    assert usual_rides([*latest, *ridden("moped", *[90] * 40)]) == [Usual("moped", 10, 3.0, RIDES_MAX)]
