import itertools

import pytest

from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.modes import FIRST_STATE, MACHINES, RIDE_EVENTS, Mode, Step, events_of

RIDE = [Step.DEPLOY, Step.RESERVE, Step.START, Step.PAUSE, Step.RESUME, Step.END]


def walk(mode: Mode, steps: list[Step], state: str = FIRST_STATE) -> tuple[str, list[str]]:
    """Where the steps lead, and the events that told them."""
    told: list[str] = []
    for step in steps:
        for event in events_of(mode, step, state):
            state = MACHINES[mode].move(state, event)
            told.append(event)
    return state, told


@pytest.mark.parametrize("mode", list(Mode))
def test_a_ride_with_a_pause_ends_with_the_vehicle_available(mode: Mode) -> None:
    assert walk(mode, RIDE)[0] == "available"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_ride_may_end_while_it_is_paused(mode: Mode) -> None:
    assert walk(mode, [Step.DEPLOY, Step.RESERVE, Step.START, Step.PAUSE, Step.END])[0] == "available"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_released_vehicle_is_available_again(mode: Mode) -> None:
    assert walk(mode, [Step.DEPLOY, Step.RESERVE, Step.RELEASE])[0] == "available"


def test_a_paused_moped_stays_on_its_trip_and_a_paused_car_stops() -> None:
    steps = [Step.DEPLOY, Step.RESERVE, Step.START, Step.PAUSE]
    assert walk(Mode.MICROMOBILITY, steps)[0] == "on_trip"
    assert walk(Mode.CAR_SHARE, steps)[0] == "stopped"


def test_a_cars_ride_is_told_in_the_events_of_mds() -> None:
    assert walk(Mode.CAR_SHARE, RIDE)[1] == [
        *("recommissioned", "service_start", "reservation_start", "reservation_stop", "trip_start"),
        *("trip_stop", "trip_resume", "trip_stop", "trip_end"),
    ]


AWAY = {"non_contactable", "missing", "elsewhere"}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("step", "before", "fitting"),
    [
        (Step.DEPLOY, "removed", {"removed"}),
        (Step.RESERVE, "available", {"available"}),
        (Step.START, "reserved", {"reserved"}),
        (Step.PAUSE, "on_trip", {"on_trip", *AWAY}),
    ],
)
def test_a_step_is_refused_from_every_state_it_does_not_fit(
    mode: Mode, step: Step, before: str, fitting: set[str]
) -> None:
    for state in set(MACHINES[mode].states) - fitting:
        with pytest.raises(TransitionRefused) as refused:
            events_of(mode, step, state, left=[before])
        assert refused.value.facts == {"state": state, "event": step, "allowed": []}
    for state in set(MACHINES[mode].states) & fitting:
        events_of(mode, step, state, left=[before])


def test_a_car_resumes_only_from_its_stop() -> None:
    with pytest.raises(TransitionRefused):
        events_of(Mode.CAR_SHARE, Step.RESUME, "on_trip")


@pytest.mark.parametrize("state", ["available", "non_operational", "removed"])
@pytest.mark.parametrize("mode", list(Mode))
def test_a_ride_can_be_closed_though_its_vehicle_was_taken_off_the_street(mode: Mode, state: str) -> None:
    assert events_of(mode, Step.END, state) == ()
    assert events_of(mode, Step.RELEASE, state) == ()


def test_a_rider_at_a_silent_vehicle_ends_the_ride_and_brings_it_back_into_sight() -> None:
    assert events_of(Mode.MICROMOBILITY, Step.END, "missing", left=["non_contactable", "on_trip"]) == (
        "located",
        "trip_end",
    )
    left = ["elsewhere", "on_trip", "stopped"]
    assert events_of(Mode.CAR_SHARE, Step.END, "non_contactable", left=left) == (
        *("comms_restored", "trip_enter_jurisdiction", "trip_stop", "trip_end"),
    )


def test_a_hold_on_a_silent_vehicle_is_given_up_without_pretending_that_it_was_heard() -> None:
    assert events_of(Mode.MICROMOBILITY, Step.RELEASE, "non_contactable", left=["reserved"]) == ()


def test_every_ride_event_belongs_to_a_mode_and_operators_have_the_others() -> None:
    events = set(itertools.chain.from_iterable(machine.events for machine in MACHINES.values()))
    assert events > RIDE_EVENTS
    assert {"maintenance", "comms_lost", "rebalance_pick_up", "service_end"} <= events - RIDE_EVENTS
