from datetime import UTC, datetime, timedelta

from mobility.booking.rules.rides import Spent, spent

START = datetime(2026, 6, 15, 12, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def minutes(riding: int, paused: int) -> Spent:
    return Spent(timedelta(minutes=riding), timedelta(minutes=paused))


def test_a_ride_without_pause_is_all_riding() -> None:
    assert spent(started_at=START, until=after(20), pauses=[]) == minutes(20, 0)


def test_pauses_are_taken_from_the_riding_time() -> None:
    pauses = [(after(5), after(8)), (after(10), after(14))]
    assert spent(started_at=START, until=after(20), pauses=pauses) == minutes(13, 7)


def test_an_open_pause_lasts_until_the_instant_asked_for() -> None:
    assert spent(started_at=START, until=after(20), pauses=[(after(5), None)]) == minutes(5, 15)
