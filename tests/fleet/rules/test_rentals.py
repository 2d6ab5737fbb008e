from datetime import UTC, datetime, timedelta

from mobility.fleet.rules.rentals import CLOCK_TOLERANCE, Span, in_rental, rental_spans

START = datetime(2026, 6, 15, 8, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_a_rental_lasts_from_the_trip_or_the_activation_until_the_vehicle_is_free() -> None:
    moped = [("available", after(0)), ("reserved", after(1)), ("on_trip", after(5)), ("available", after(20))]
    car = [("reserved", after(1)), ("stopped", after(5)), ("on_trip", after(5)), ("stopped", after(9))]
    assert rental_spans(moped) == [Span(after(5), after(20))]
    assert rental_spans(car) == [Span(after(5), None)]


def test_a_rental_goes_on_while_its_vehicle_is_out_of_sight() -> None:
    steps = [("on_trip", after(0)), ("non_contactable", after(3)), ("missing", after(4)), ("on_trip", after(8))]
    assert rental_spans(steps) == [Span(after(0), None)]
    assert rental_spans([*steps, ("elsewhere", after(9)), ("removed", after(10))]) == [Span(after(0), after(10))]


def test_an_idle_vehicle_out_of_sight_is_not_rented() -> None:
    assert rental_spans([("available", after(0)), ("non_contactable", after(3))]) == []


def test_two_rentals_are_two_spans() -> None:
    steps = [("on_trip", after(0)), ("available", after(10)), ("reserved", after(20)), ("on_trip", after(30))]
    assert rental_spans(steps) == [Span(after(0), after(10)), Span(after(30), None)]


def test_a_time_beside_the_rental_counts_as_inside_within_the_tolerance_of_clocks() -> None:
    spans = [Span(after(10), after(20))]
    assert in_rental(spans, after(10) - CLOCK_TOLERANCE)
    assert in_rental(spans, after(20) + CLOCK_TOLERANCE)
    assert not in_rental(spans, after(10) - CLOCK_TOLERANCE - timedelta(seconds=1))
    assert not in_rental(spans, after(20) + CLOCK_TOLERANCE + timedelta(seconds=1))
    assert in_rental([Span(after(10), None)], after(10_000))
    assert not in_rental([], after(0))
