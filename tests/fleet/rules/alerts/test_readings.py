"""How bad it is by a rule, for every kind and state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.city.rules.alert_rules import ALARMS, KINDS, NOTED, OF_CITIES, AlertKind
from mobility.fleet.rules.alerts.readings import PARKED, Grade, Seen, facts_of, grade, kinds_to_judge
from mobility.fleet.rules.alerts.rulebook import rulebook
from mobility.fleet.rules.modes import MACHINES, Mode

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
RULES = rulebook((), type_code="breeze", mode=Mode.MICROMOBILITY, charge_percent_min=15)
STATES = sorted({str(state) for machine in MACHINES.values() for state in machine.states})
WELL = Seen(state="available", charge_percent=80, heard_at=NOW, moved_m=0, outside_m=0)
BAD, BETWEEN, GOOD, UNKNOWN = Grade.BAD, Grade.BETWEEN, Grade.GOOD, Grade.UNKNOWN
PLACES = ("moved_without_rental", "left_zone", "parked_elsewhere")


def graded(kind: AlertKind, **known: Any) -> Grade:
    return grade(kind, RULES[kind], replace(WELL, **known), NOW)


def silent(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wrong_with_a_vehicle_that_is_well(kind: AlertKind) -> None:
    assert graded(kind) is (UNKNOWN if kind in NOTED | OF_CITIES or kind == "parked_elsewhere" else GOOD)


@pytest.mark.parametrize(
    ("kind", "known", "expected"),
    [
        ("low_charge", {"charge_percent": 14.9}, BAD),
        ("low_charge", {"charge_percent": 15}, BETWEEN),
        ("low_charge", {"charge_percent": 24.9}, BETWEEN),
        ("low_charge", {"charge_percent": 25}, GOOD),
        ("silent", {"heard_at": silent(19)}, BAD),
        ("silent", {"heard_at": silent(18.9)}, BETWEEN),
        ("silent", {"heard_at": silent(5)}, GOOD),
        ("moved_without_rental", {"moved_m": 60}, BAD),
        ("moved_without_rental", {"moved_m": 59}, BETWEEN),
        ("moved_without_rental", {"moved_m": 30}, GOOD),
        ("moved_without_rental", {"moved_m": 80, "accuracy_m": 50}, GOOD),
        ("moved_without_rental", {"moved_m": None}, UNKNOWN),
        ("moved_without_rental", {"alarms": frozenset({"moved"})}, BAD),
        ("left_zone", {"outside_m": 50}, BAD),
        ("left_zone", {"outside_m": 11}, BETWEEN),
        ("left_zone", {"outside_m": 60, "accuracy_m": 60}, GOOD),
        ("parked_elsewhere", {"elsewhere_m": 100}, BAD),
        ("parked_elsewhere", {"elsewhere_m": 99}, UNKNOWN),
    ],
)
def test_thresholds_leave_room_between_bad_and_good(kind: AlertKind, known: dict[str, Any], expected: Grade) -> None:
    assert graded(kind, **known) is expected


@pytest.mark.parametrize("kind", sorted(ALARMS))
@pytest.mark.parametrize("state", STATES)
def test_an_alarm_counts_in_a_ride_too_and_not_off_the_street(kind: AlertKind, state: str) -> None:
    expected = GOOD if state == "removed" else BAD
    assert graded(kind, state=state, alarms=frozenset({kind})) is expected


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("state", STATES)
def test_the_place_matters_only_while_the_vehicle_is_parked(kind: AlertKind, state: str) -> None:
    away = {"moved_m": 5000.0, "outside_m": 5000.0, "elsewhere_m": 5000.0, "alarms": frozenset({"moved"})}
    expected = BAD if state in PARKED else GOOD if state in {"on_trip", "stopped", "removed"} else UNKNOWN
    assert graded(kind, state=state, **away) is expected


@pytest.mark.parametrize("state", STATES)
def test_silence_and_charge_count_wherever_the_vehicle_is_on_the_street(state: str) -> None:
    expected = GOOD if state == "removed" else BAD
    assert graded("silent", state=state, heard_at=silent(60)) is expected
    assert graded("low_charge", state=state, charge_percent=1) is expected


def test_facts_tell_how_much_in_the_unit_of_the_kind() -> None:
    seen = replace(WELL, charge_percent=12.34, heard_at=silent(25), moved_m=140.26, accuracy_m=10)
    assert facts_of("low_charge", seen, NOW) == {"charge_percent": 12.3}
    assert facts_of("silent", seen, NOW) == {"minutes": 25}
    assert facts_of("moved_without_rental", seen, NOW) == {"metres": 130.3}
    assert facts_of("tipped", seen, NOW) == {}


SEEN = st.builds(
    Seen,
    state=st.sampled_from(STATES),
    charge_percent=st.floats(0, 100),
    heard_at=st.integers(0, 100).map(silent),
    alarms=st.frozensets(st.sampled_from([*sorted(ALARMS), "moved", "unheard_of"])),
    moved_m=st.none() | st.floats(0, 1e6),
    elsewhere_m=st.none() | st.floats(0, 1e6),
    outside_m=st.none() | st.floats(0, 1e6),
    accuracy_m=st.floats(0, 1e4),
)


@given(SEEN)
def test_what_is_not_judged_is_not_bad(seen: Seen) -> None:
    judged = set(kinds_to_judge(seen, ()))
    assert all(grade(kind, RULES[kind], seen, NOW) is not BAD for kind in KINDS if kind not in judged)


@given(SEEN, st.sampled_from(PLACES), st.floats(0, 1e4))
def test_a_less_accurate_position_never_makes_it_worse(seen: Seen, kind: AlertKind, more_m: float) -> None:
    order = [BAD, BETWEEN, UNKNOWN, GOOD]
    vaguer = replace(seen, accuracy_m=seen.accuracy_m + more_m)
    before, after = (grade(kind, RULES[kind], each, NOW) for each in (seen, vaguer))
    assert order.index(after) >= order.index(before)


@given(SEEN, st.sampled_from(KINDS))
def test_facts_hold_no_position(seen: Seen, kind: AlertKind) -> None:
    assert facts_of(kind, seen, NOW).keys() <= {"charge_percent", "minutes", "metres"}
