"""One vehicle's way through an MDS state machine: a table and the one function that moves through it."""

from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from typing import Final, Generic, TypeVar

from mobility.base.errors import Conflict

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


class TransitionRefused(Conflict):
    code = "transition_refused"
    fr = "« {event} » n'est pas possible : le véhicule est dans l'état « {state} »."
    en = '"{event}" is not possible: the vehicle is in the state "{state}".'


class Return(Enum):
    """The target of an event that undoes an absence: the vehicle is again what it was before."""

    TO_STATE_BEFORE = "to_state_before"


BACK: Final = Return.TO_STATE_BEFORE


class Machine(Generic[State, Event]):
    """A table of transitions.

    Parameters
    ----------
    transitions
        (state, event) to the next state, or to `BACK`.
    absences
        For each event that goes `BACK`, the states that are no answer to "what was it before?".
    returns_as
        What a state before has become in the meantime, where it is not simply taken up again.
    """

    def __init__(
        self,
        states: type[State],
        events: type[Event],
        transitions: Mapping[tuple[State, Event], State | Return],
        *,
        absences: Mapping[Event, frozenset[State]],
        returns_as: Mapping[State, State],
    ) -> None:
        self.states, self.events, self.transitions = states, events, transitions
        self._absences, self._returns_as = absences, returns_as

    def move(self, state: str, event: str, *, left: Sequence[str] = ()) -> State:
        """The state that follows `state` on `event`.

        Parameters
        ----------
        left
            The states this vehicle has left before, the latest first; asked only by events that go back.

        Raises
        ------
        TransitionRefused
            The table has no such step, or the machine has no such state or event.
        """
        allowed = self.events_from(state)
        if event not in allowed:
            raise TransitionRefused(state=str(state), event=str(event), allowed=[str(e) for e in allowed])
        target = self.transitions[self.states(state), self.events(event)]
        return self._state_before(self.events(event), left) if target is BACK else target

    def walk(self, state: str, events: Sequence[str], *, left: Sequence[str] = ()) -> list[tuple[str, str, State]]:
        """The moves that `events` make one after the other: (event, from, to) each; see `move`."""
        moves: list[tuple[str, str, State]] = []
        for event in events:
            before, state = state, self.move(state, event, left=left)
            moves.append((event, before, state))
            left = [before, *left]
        return moves

    def events_from(self, state: str) -> list[Event]:
        return [event for (origin, event) in self.transitions if origin == state]

    def follows(self, state: str, event: str, next_state: str) -> bool:
        """Whether the step may stand in a log; one that goes back may arrive wherever a vehicle can have been."""
        if event not in self.events_from(state):
            return False
        target = self.transitions[self.states(state), self.events(event)]
        if target is not BACK:
            return next_state == target
        return next_state in {self._returns_as.get(s, s) for s in set(self.states) - self._absences[self.events(event)]}

    def _state_before(self, event: Event, left: Sequence[str]) -> State:
        before = next(self.states(state) for state in left if state not in self._absences[event])
        return self._returns_as.get(before, before)
