from datetime import UTC, datetime, timedelta
from uuid import UUID

from mobility.fleet.rules.rentals import CLOCK_TOLERANCE, Span, in_rental, rental_spans

START = datetime(2026, 6, 15, 8, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def step(state: str, minutes: float) -> tuple[str, datetime, None]:
    return state, after(minutes), None


def test_a_rental_lasts_from_the_trip_or_the_activation_until_the_vehicle_is_free() -> None:
    moped = [
        step("available", 0),
        step("reserved", 1),
        step("on_trip", 5),
        step("available", 20),
    ]
    car = [
        step("reserved", 1),
        step("stopped", 5),
        step("on_trip", 5),
        step("stopped", 9),
    ]
    assert rental_spans(moped) == [Span(after(5), after(20))]
    assert rental_spans(car) == [Span(after(5), None)]


def test_a_rental_goes_on_while_its_vehicle_is_out_of_sight() -> None:
    steps = [
        step("on_trip", 0),
        step("non_contactable", 3),
        step("missing", 4),
        step("on_trip", 8),
    ]
    assert rental_spans(steps) == [Span(after(0), None)]
    assert rental_spans([*steps, step("elsewhere", 9), step("removed", 10)]) == [Span(after(0), after(10))]


def test_an_idle_vehicle_out_of_sight_is_not_rented() -> None:
    assert rental_spans([step("available", 0), step("non_contactable", 3)]) == []


def test_two_rentals_are_two_spans() -> None:
    steps = [
        step("on_trip", 0),
        step("available", 10),
        step("reserved", 20),
        step("on_trip", 30),
    ]
    assert rental_spans(steps) == [Span(after(0), after(10)), Span(after(30), None)]


def test_a_time_beside_the_rental_counts_as_inside_within_the_tolerance_of_clocks() -> None:
    spans = [Span(after(10), after(20))]
    assert in_rental(spans, after(10) - CLOCK_TOLERANCE)
    assert in_rental(spans, after(20) + CLOCK_TOLERANCE)
    assert not in_rental(spans, after(10) - CLOCK_TOLERANCE - timedelta(seconds=1))
    assert not in_rental(spans, after(20) + CLOCK_TOLERANCE + timedelta(seconds=1))
    assert in_rental([Span(after(10), None)], after(10_000))
    assert not in_rental([], after(0))


def test_a_span_knows_its_rental_and_where_it_ends_by_a_clock_that_is_right() -> None:
    rental_id = UUID(int=7)
    steps = [("stopped", after(0), rental_id), ("on_trip", after(0), rental_id), ("available", after(9), rental_id)]
    (span,) = rental_spans(steps)
    assert span == Span(after(0), after(9), rental_id)
    assert span.contains(after(0))
    assert not span.contains(after(9))
    assert not span.contains(after(-1))


def test_a_rental_begins_with_the_unlock_that_leads_to_it() -> None:
    steps = [step("reserved", 0), step("unlocking", 5), step("on_trip", 6), step("available", 20)]
    assert rental_spans(steps) == [Span(after(5), after(20))]
    assert rental_spans(steps[:2]) == [Span(after(5), None)]


def test_an_unlock_that_failed_leads_to_no_rental() -> None:
    steps = [step("reserved", 0), step("unlocking", 5), step("not_unlocked", 6), step("available", 7)]
    assert rental_spans(steps) == [Span(after(5), after(6))]


def test_a_ride_that_cannot_be_resumed_goes_on() -> None:
    steps = [step("on_trip", 0), step("unlocking", 5), step("not_unlocked", 6), step("available", 9)]
    assert rental_spans(steps) == [Span(after(0), after(9))]
    assert rental_spans([step("stopped", 0), step("unlocking", 5), step("not_unlocked", 6)]) == [Span(after(0), None)]
