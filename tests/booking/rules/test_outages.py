from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from mobility.booking.rules.outages import Outage, stand_ins
from tests.support.fleets import lakeport

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("outage", "back_at"),
    [
        (Outage(), NOW + 24 * HOUR),
        (Outage(is_late=True), NOW + 2 * HOUR),
        (Outage(until=NOW + HOUR), NOW + HOUR),
        (Outage(until=NOW + HOUR, for_good=True), NOW + HOUR),
        (Outage(for_good=True), None),
    ],
)
def test_a_vehicle_is_planned_with_again_from_when_it_is_said_or_expected_to_be_back(
    outage: Outage, back_at: datetime | None
) -> None:
    assert outage.back_at(NOW) == back_at
    for away in (-HOUR, timedelta(0), HOUR):
        starts_at = (back_at or NOW) + away
        expected = back_at is None or starts_at < back_at
        assert outage.touches(starts_at=starts_at, by_class=True, now=NOW) is expected
        assert outage.touches(starts_at=starts_at, by_class=False, now=NOW) is (expected and not outage.is_late)


@pytest.mark.parametrize(
    ("outage", "soon", "later"),
    [
        (Outage(), True, False),
        (Outage(is_late=True), False, False),
        (Outage(until=NOW + 9 * HOUR), True, True),
        (Outage(for_good=True), True, True),
    ],
)
def test_hope_is_given_up_when_it_is_known_or_two_hours_before(outage: Outage, soon: bool, later: bool) -> None:
    assert outage.gives_up(NOW + 2 * HOUR, NOW) is soon
    assert outage.gives_up(NOW + 2 * HOUR + timedelta(seconds=1), NOW) is later


def test_only_what_is_as_good_in_everything_stands_in_the_least_better_first() -> None:
    pebble = lakeport().vehicle_types[1]
    seats = structs.replace(pebble, code="boulder", seats=pebble.seats + 2)
    range_ = structs.replace(pebble, code="rock", max_range_m=pebble.max_range_m + 1)
    worse = [
        structs.replace(seats, code="slow", max_speed_kmh=pebble.max_speed_kmh - 1),
        structs.replace(seats, code="short", max_range_m=pebble.max_range_m - 1),
        structs.replace(seats, code="moped", form_factor="moped"),
        structs.replace(seats, code="spontaneous", bookable_ahead=None),
        structs.replace(pebble, code="small", seats=pebble.seats - 1),
    ]
    assert [other.code for other in stand_ins(pebble, [seats, pebble, *worse, range_])] == ["rock", "boulder"]
