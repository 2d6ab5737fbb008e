import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mobility.fleet.rules.rentals import CLOCK_TOLERANCE, Span
from mobility.geo import Bounds, LonLat
from mobility.telemetry.rules.messages import Message, Refused, Said, speakers
from mobility.telemetry.rules.reports import Fix, Refusal, Report
from mobility.telemetry.rules.sifting import (
    AGE_MAX,
    LEAP_WITHIN,
    believe,
    by_vehicle,
    implausible,
    is_leap,
    new_ones,
    perhaps_in_rental,
    perhaps_repeated,
    read_all,
    without_leaps,
    without_trail,
    without_trails,
)
from tests.fleet.rules.test_hearing import KNOWN

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
TOWN = Bounds(174.9, -40.1, 175.2, -39.9)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ME, OTHER = KNOWN.vehicle_id, UUID(int=2)
HERE = Fix(175.0, -40.0)


def report(seq: int = 1, ago: timedelta = timedelta(0), **said: Any) -> Report:
    return Report(seq=seq, at=NOW - ago, **said)


def said(*reports: Report) -> dict[UUID, list[Said]]:
    return {ME: [Said(each, 0, place) for place, each in enumerate(reports)]}


def numbers(kept: Sequence[Said]) -> list[int]:
    return [each.report.seq for each in kept]


@pytest.mark.parametrize(
    ("ago", "doubt"),
    [
        (-CLOCK_TOLERANCE, None),
        (-CLOCK_TOLERANCE - SECOND, Refusal.CLOCK_AHEAD),
        (AGE_MAX, None),
        (AGE_MAX + SECOND, Refusal.TOO_OLD),
        (NOW - datetime(1970, 1, 1, tzinfo=UTC), Refusal.TOO_OLD),
        (NOW - datetime.min.replace(tzinfo=UTC), Refusal.TOO_OLD),
        (NOW - datetime.max.replace(tzinfo=UTC), Refusal.CLOCK_AHEAD),
    ],
)
def test_a_clock_may_be_ahead_by_its_tolerance_and_a_report_a_day_old(ago: timedelta, doubt: Refusal | None) -> None:
    assert implausible(report(ago=ago), now=NOW, bounds=TOWN) is doubt


def test_a_receiver_without_a_fix_is_not_believed() -> None:
    assert implausible(report(position=Fix(0, -0.0)), now=NOW, bounds=TOWN) is Refusal.POSITION_WITHOUT_FIX
    assert implausible(report(position=Fix(0, 50)), now=NOW, bounds=TOWN) is None


def test_exchanged_coordinates_are_recognised_by_the_citys_bounds() -> None:
    bounds = Bounds(2.3, 50.3, 2.9, 50.7)
    assert implausible(report(position=Fix(50.53, 2.64)), now=NOW, bounds=bounds) is Refusal.POSITION_SWAPPED
    assert implausible(report(position=Fix(2.64, 50.53)), now=NOW, bounds=bounds) is None


def test_messages_are_read_by_vehicle_and_each_refusal_knows_its_place() -> None:
    well = json.dumps({"seq": 1, "at": NOW.isoformat()}).encode()
    messages = [Message(OTHER, well), Message(ME, b"[" + well + b',{"seq":2}]'), Message(ME, b"{"), Message(ME, b"[")]
    read, spoke = read_all(messages), speakers(messages)
    said = by_vehicle(read, range(len(read.reports)), spoke, np.array([True, True]))
    assert list(said) == spoke.ids == [ME, OTHER]
    assert said == {ME: [Said(report(), 1, 0)], OTHER: [Said(report(), 0, 0)]}
    assert [(each.message, each.index, each.code) for each in read.refused] == [
        (1, 1, Refusal.UNREADABLE),
        (2, 0, Refusal.UNREADABLE),
        (3, None, Refusal.UNREADABLE),
    ]


def test_what_a_vehicle_that_is_not_ours_says_is_refused_alone() -> None:
    read = {**said(report(1), report(2, ago=AGE_MAX + SECOND)), OTHER: [Said(report(), 7, 0)]}
    believed, refused = believe(read, {ME: KNOWN}, {"lakeport": TOWN}, NOW)
    assert {vehicle: numbers(kept) for vehicle, kept in believed.items()} == {ME: [1]}
    assert refused == [Refused(0, 1, Refusal.TOO_OLD), Refused(7, 0, Refusal.UNKNOWN_VEHICLE)]


def test_only_numbers_up_to_the_greatest_known_are_looked_up() -> None:
    known = {ME: replace(KNOWN, report_boot=1, report_seq=5)}
    reports = said(report(5, boot=1), report(6, boot=1), report(99, boot=0), report(1, boot=2))
    assert perhaps_repeated(reports, known) == [(ME, 1, 5), (ME, 0, 99)]


def test_of_two_reports_with_a_number_the_first_counts_and_another_time_is_another_report() -> None:
    again, reused = report(1, charge_percent=5), report(1, ago=MINUTE)
    new, repeated, refused = new_ones(said(report(2), report(1), again, reused, report(3), report(4)), {})
    assert numbers(new[ME]) == [1, 2, 3, 4]
    assert new[ME][0].report is not again
    assert repeated == {ME: 1}
    assert refused == [Refused(0, 3, Refusal.NUMBER_REUSED)]


def test_what_is_stored_is_a_repeat_with_its_time_and_a_number_reused_with_another() -> None:
    stored = {(ME, 0, 1): NOW, (ME, 0, 2): NOW}
    new, repeated, refused = new_ones(said(report(1), report(2, ago=MINUTE), report(1, boot=1)), stored)
    assert numbers(new[ME]) == [1]
    assert new[ME][0].report.boot == 1
    assert repeated == {ME: 1}
    assert refused == [Refused(0, 1, Refusal.NUMBER_REUSED)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 2))))
def test_whatever_is_repeated_each_number_is_new_once_and_every_report_is_accounted_for(
    drawn: list[tuple[int, int, int]],
) -> None:
    reports = said(*(report(seq, ago=ago * MINUTE, boot=boot) for boot, seq, ago in drawn))
    new, repeated, refused = new_ones(reports, {(ME, 0, 0): NOW})
    kept = [(each.report.boot, each.report.seq) for each in new[ME]]
    assert kept == sorted(set(kept))
    assert (0, 0) not in kept
    assert len(kept) + repeated[ME] + len(refused) == len(drawn)


def test_a_leap_is_further_than_any_vehicle_gets() -> None:
    there = LonLat(175.1, -40.0)  # 8.5 km away
    assert is_leap(HERE.place, there, apart=2 * MINUTE)
    assert not is_leap(HERE.place, there, apart=3 * MINUTE)
    assert not is_leap(HERE.place, LonLat(175.01, -40.0), apart=timedelta(0))
    assert is_leap(HERE.place, LonLat(2.6, 50.5), apart=LEAP_WITHIN)
    assert not is_leap(HERE.place, LonLat(2.6, 50.5), apart=LEAP_WITHIN + SECOND)


def test_one_wild_position_among_good_ones_is_left_out_wherever_it_stands() -> None:
    known = {ME: replace(KNOWN, position_at=NOW - 2 * MINUTE)}
    wild = Fix(175.9, -40.5)
    good = [report(1, ago=90 * SECOND, position=HERE), report(3, ago=30 * SECOND, position=HERE), report(4)]
    for place in range(len(good) + 1):
        reports = said(*good[:place], report(2, ago=MINUTE, position=wild), *good[place:])
        kept, refused = without_leaps(reports, known, {})
        assert sorted(numbers(kept[ME])) == [1, 3, 4]
        assert refused == [Refused(0, place, Refusal.POSITION_LEAPT)]


def test_a_vehicle_that_was_carried_far_is_believed_after_an_hour() -> None:
    far = Fix(175.9, -40.5)
    kept, refused = without_leaps(
        said(report(1, position=far), report(2, position=far)), {ME: replace(KNOWN, position_at=NOW - 61 * MINUTE)}, {}
    )
    assert (numbers(kept[ME]), refused) == ([1, 2], [])


def test_a_leap_in_a_rental_is_no_refusal_and_nothing_to_compare_with() -> None:
    rentals = {ME: [Span(NOW - 10 * MINUTE, NOW - 3 * MINUTE)]}
    reports = said(report(1, ago=4 * MINUTE, position=Fix(175.9, -40.5)), report(2, position=HERE))
    kept, refused = without_leaps(reports, {ME: KNOWN}, rentals)
    assert (numbers(kept[ME]), refused) == ([1, 2], [])


def test_the_log_is_asked_only_where_a_ride_may_have_been() -> None:
    def asked(state: str, since_ago: timedelta, *reports: Report) -> dict[UUID, datetime]:
        return perhaps_in_rental(said(*reports), {ME: replace(KNOWN, state=state, state_since=NOW - since_ago)})

    here = report(ago=5 * MINUTE, position=HERE)
    assert asked("available", 8 * MINUTE, here) == {}
    assert asked("available", 6 * MINUTE, here) == {ME: NOW - 7 * MINUTE}
    assert asked("available", MINUTE, here) == {ME: NOW - 7 * MINUTE}
    assert asked("on_trip", 60 * MINUTE, here) == {ME: NOW - 7 * MINUTE}
    assert asked("non_contactable", 60 * MINUTE, here) == {ME: NOW - 7 * MINUTE}
    assert asked("on_trip", 60 * MINUTE, report()) == {}


def test_a_report_of_a_rental_loses_its_position_and_nothing_else() -> None:
    there = report(position=HERE, charge_percent=50)
    assert without_trail(there, [Span(NOW - 5 * MINUTE, None)]) == report(charge_percent=50)
    assert without_trail(there, [Span(NOW - 60 * MINUTE, NOW - 10 * MINUTE)]) is there


def test_positions_of_a_ride_are_handed_on_with_their_rental_and_kept_nowhere() -> None:
    rental = UUID(int=9)
    spans = {ME: [Span(NOW - 10 * MINUTE, NOW - MINUTE, rental)]}
    within, beside = report(1, ago=5 * MINUTE, position=HERE, speed_kmh=30), report(2, ago=SECOND, position=HERE)
    kept, in_ride = without_trails(said(within, beside, report(3)), spans, {ME: KNOWN})
    assert [each.position for each in kept[ME]] == [None, None, None]
    (seen,) = in_ride
    assert (seen.vehicle_id, seen.rental_id, seen.city_id, seen.type_code) == (ME, rental, "lakeport", "moped")
    assert (seen.at, seen.position, seen.speed_kmh) == (within.at, LonLat(175.0, -40.0), 30)
    assert "175" not in repr(seen)
