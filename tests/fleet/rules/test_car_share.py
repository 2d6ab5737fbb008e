"""The table written a second time, row by row as the specification groups it: a slip in one of the two shows."""

import itertools

import pytest

from mobility.fleet.rules.car_share import MACHINE, Event, State
from mobility.fleet.rules.machine import TransitionRefused

CANCELLATIONS = "customer_cancellation provider_cancellation driver_cancellation"
IN_SIGHT = "available elsewhere non_operational on_trip removed reserved stopped"

ROWS = [
    ("available", "reservation_start", "reserved"),
    ("reserved stopped", CANCELLATIONS, "available"),
    ("reserved", "reservation_stop", "stopped"),
    ("stopped", "trip_start trip_resume", "on_trip"),
    ("on_trip", "trip_stop", "stopped"),
    ("stopped", "trip_end", "available"),
    ("stopped", "charging_start charging_end remote_start remote_end", "stopped"),
    ("available", "service_end", "non_operational"),
    ("non_operational", "service_start", "available"),
    ("non_operational", "maintenance maintenance_pick_up decommissioned", "removed"),
    ("removed", "maintenance_end recommissioned", "non_operational"),
    ("available non_operational reserved on_trip", "trip_leave_jurisdiction", "elsewhere"),
    ("elsewhere", "trip_enter_jurisdiction", "<the state before>"),
    (IN_SIGHT, "comms_lost", "non_contactable"),
    ("non_contactable", "comms_restored", "<the state before>"),
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


def test_a_car_never_goes_from_its_trip_to_available_without_a_stop() -> None:
    assert "available" not in [EXPECTED[state, event] for state, event in EXPECTED if state == "on_trip"]


@pytest.mark.parametrize("before", [s for s in State if s not in ("non_contactable", "reserved")])
def test_a_car_heard_again_is_what_it_was_before(before: State) -> None:
    assert MACHINE.move("non_contactable", "comms_restored", left=[before, "available"]) == before


def test_a_car_that_was_silent_abroad_comes_home_as_what_it_left_as() -> None:
    left = ["non_contactable", "elsewhere", "on_trip", "stopped", "reserved", "available"]
    assert MACHINE.move("elsewhere", "trip_enter_jurisdiction", left=left) == "on_trip"


def test_a_reservation_does_not_outlast_an_absence() -> None:
    assert MACHINE.move("non_contactable", "comms_restored", left=["reserved", "available"]) == "available"
    assert MACHINE.move("elsewhere", "trip_enter_jurisdiction", left=["reserved", "available"]) == "available"


def test_a_log_may_hold_exactly_the_steps_of_the_table() -> None:
    came_back = {
        "comms_restored": {"available", "elsewhere", "non_operational", "on_trip", "removed", "stopped"},
        "trip_enter_jurisdiction": {"available", "non_operational", "on_trip"},
    }
    for state, event, after in itertools.product(State, Event, State):
        target = EXPECTED.get((state, event))
        returned = target == "<the state before>" and after in came_back[event]
        assert MACHINE.follows(state, event, after) == (target == after or returned)
