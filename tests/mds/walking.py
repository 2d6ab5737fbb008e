"""Every transition of a mode's state machine, walked by one vehicle in a city that tells MDS of it."""

from collections import deque
from datetime import timedelta
from uuid import UUID

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.machine import BACK
from mobility.fleet.rules.modes import MACHINES, Mode
from mobility.fleet.service import Actor, apply
from mobility.fleet.tables import Vehicle


def steps(mode: Mode, state: str) -> list[str]:
    """Events that, from `state` on, take each transition of the table at least once; back comes where one came from."""
    table = MACHINES[mode].transitions
    missing = {(str(origin), str(event)) for origin, event in table}
    walked: list[str] = []
    left: list[str] = []
    while missing:
        path = _shortest(mode, state, left, missing)
        for event in path:
            missing.discard((state, event))
            walked.append(event)
            state, left = str(MACHINES[mode].move(state, event, left=left)), [state, *left]
    return walked


def _shortest(mode: Mode, state: str, left: list[str], missing: set[tuple[str, str]]) -> list[str]:
    """The events up to and with the next transition that is missing."""
    machine = MACHINES[mode]
    waiting = deque([(state, left, [])])  # type: deque[tuple[str, list[str], list[str]]]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        at, behind, path = waiting.popleft()
        for event in machine.events_from(at):
            if (at, str(event)) in missing:
                return [*path, str(event)]
            target = machine.transitions[machine.states(at), machine.events(event)]
            after = str(machine.move(at, event, left=behind)) if target is BACK else str(target)
            key = after, tuple([at, *behind][:2])
            if key not in seen:
                seen.add(key)
                waiting.append((after, [at, *behind], [*path, str(event)]))
    raise AssertionError(f"no way from {state} to {missing}")


async def walk(sessions: Sessions, clock: FixedClock, vehicle_id: UUID, mode: Mode, rental_id: UUID) -> int:
    """Walk them all, a second apart, in the name of an old rental where a trip is needed; how many."""
    async with sessions() as session:
        state = (await session.get_one(Vehicle, vehicle_id)).state
    events = steps(mode, state)
    for event in events:
        clock.advance(timedelta(seconds=1))
        async with transaction(sessions) as session:
            await apply(session, clock, vehicle_id, [event], actor=Actor.SYSTEM, rental_id=rental_id)
    return len(events)
