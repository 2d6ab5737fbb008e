"""The table written a second time, row by row as the specification groups it: a slip in one of the two shows."""

import itertools

import pytest

from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.micromobility import MACHINE, Event, State

IN_SIGHT = "available elsewhere non_operational on_trip removed reserved"
ON_THE_STREET = "available non_operational elsewhere"
OUT_OF_SIGHT = "non_contactable missing"

ROWS = [
    ("available", "reservation_start", "reserved"),
    ("reserved", "reservation_cancel", "available"),
    ("available reserved", "trip_start", "on_trip"),
    ("on_trip", "trip_end trip_cancel", "available"),
    ("on_trip", "changed_geographies", "on_trip"),
    ("on_trip", "trip_leave_jurisdiction", "elsewhere"),
    ("elsewhere", "trip_enter_jurisdiction", "on_trip"),
    ("available", "battery_low maintenance off_hours system_suspend", "non_operational"),
    ("non_operational", "battery_charged maintenance on_hours system_resume", "available"),
    (ON_THE_STREET, "rebalance_pick_up maintenance_pick_up compliance_pick_up", "removed"),
    (f"{ON_THE_STREET} {OUT_OF_SIGHT}", "agency_pick_up decommissioned", "removed"),
    (f"removed {OUT_OF_SIGHT}", "provider_drop_off agency_drop_off", "available"),
    (IN_SIGHT, "comms_lost", "non_contactable"),
    (f"{IN_SIGHT} non_contactable", "not_located", "missing"),
    ("non_contactable", "comms_restored", "<the state before>"),
    ("missing", "located", "<the state before>"),
]

EXPECTED = {
    (state, event): target
    for states, events, target in ROWS
    for state, event in itertools.product(states.split(), events.split())
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_each_event_leads_from_each_state_where_mds_says_or_is_refused(state: State, event: Event) -> None:
    target = EXPECTED.get((state, event))
    if target is None:
        with pytest.raises(TransitionRefused) as refused:
            MACHINE.move(state, event, left=["available"])
        assert set(refused.value.facts["allowed"]) == {e for e in Event if (state, e) in EXPECTED}
    elif target == "<the state before>":
        assert MACHINE.move(state, event, left=["non_operational"]) == "non_operational"
    else:
        assert MACHINE.move(state, event) == target


@pytest.mark.parametrize("before", [s for s in State if s not in ("non_contactable", "missing", "reserved")])
@pytest.mark.parametrize(("away", "event"), [("non_contactable", "comms_restored"), ("missing", "located")])
def test_a_vehicle_found_again_is_what_it_was_before(before: State, away: str, event: str) -> None:
    assert MACHINE.move(away, event, left=[before, "available"]) == before


def test_a_vehicle_silent_and_then_missing_returns_to_what_it_was_before_the_silence() -> None:
    assert MACHINE.move("missing", "located", left=["non_contactable", "on_trip", "available"]) == "on_trip"


@pytest.mark.parametrize(("away", "event"), [("non_contactable", "comms_restored"), ("missing", "located")])
def test_a_reservation_does_not_outlast_an_absence(away: str, event: str) -> None:
    assert MACHINE.move(away, event, left=["reserved", "available"]) == "available"


@pytest.mark.parametrize(("state", "event"), [("stopped", "trip_end"), ("available", "teleported")])
def test_a_state_or_event_of_another_mode_is_refused(state: str, event: str) -> None:
    with pytest.raises(TransitionRefused):
        MACHINE.move(state, event)


def test_a_log_may_hold_exactly_the_steps_of_the_table() -> None:
    for state, event, after in itertools.product(State, Event, State):
        target = EXPECTED.get((state, event))
        returned = target == "<the state before>" and after not in ("non_contactable", "missing", "reserved")
        assert MACHINE.follows(state, event, after) == (target == after or returned)
