"""How alerts take a vehicle out of service and bring it back, by the events of its mode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from mobility.city.rules.alert_rules import TakesOut
from mobility.fleet.rules.modes import MACHINES, Mode

ABSENCES: Final = frozenset({"comms_lost", "not_located"})
"""What leaves the state before to be taken up again, whatever it was."""

# Never a vehicle that a rider has, or comes for: whether it obeys they find out at once.
TAKEN_FROM: Final[Mapping[str, frozenset[str]]] = {
    "battery_low": frozenset({"available"}),
    "maintenance": frozenset({"available"}),
    "comms_lost": frozenset({"available", "non_operational"}),
    "not_located": frozenset({"available", "non_operational"}),
}

# The event that takes it out, and the one that brings it back.
EVENTS: Final[Mapping[tuple[Mode, TakesOut], tuple[str, str]]] = {
    (Mode.MICROMOBILITY, "battery_low"): ("battery_low", "battery_charged"),
    (Mode.MICROMOBILITY, "maintenance"): ("maintenance", "maintenance"),
    (Mode.MICROMOBILITY, "comms_lost"): ("comms_lost", "comms_restored"),
    (Mode.MICROMOBILITY, "not_located"): ("not_located", "located"),
    (Mode.CAR_SHARE, "battery_low"): ("service_end", "service_start"),
    (Mode.CAR_SHARE, "maintenance"): ("service_end", "service_start"),
    (Mode.CAR_SHARE, "comms_lost"): ("comms_lost", "comms_restored"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An alert that takes its vehicle out, or did.

    `out_seq` is the number of the vehicle's event by which it is out on this alert's account. Any later event is
    somebody's decision, which no alert undoes.
    """

    alert_id: UUID
    kind: str
    takes_out: TakesOut
    stands: bool
    out_seq: int | None

    @property
    def is_absence(self) -> bool:
        return self.takes_out in ABSENCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing to do: an event or none, and the claims that then stand at another number."""

    event: str | None
    out_seq: Mapping[UUID, int | None]
    because: str


def next_turn(mode: Mode, state: str, seq: int, claims: Sequence[Claim]) -> Turn | None:
    """What the alerts of a vehicle in `state`, after its event number `seq`, do to it next; None for nothing.

    Several alerts share one absence from service: the last of them to end brings the vehicle back.
    """
    over = [claim for claim in claims if not claim.stands and claim.out_seq is not None]
    waiting = [claim for claim in claims if claim.stands and claim.out_seq is None]
    for claim in over:
        if turn := _give_back(mode, state, seq, claim, claims):
            return turn
    # Absences first: what is out of sight takes its other troubles along.
    for claim in sorted(waiting, key=lambda claim: (not claim.is_absence, claim.alert_id)):
        if turn := _take(mode, state, seq, claim, claims):
            return turn
    return None


def _give_back(mode: Mode, state: str, seq: int, claim: Claim, claims: Sequence[Claim]) -> Turn | None:
    freed: dict[UUID, int | None] = {claim.alert_id: None}
    if claim.out_seq != seq:
        # Beneath an absence: undone once the vehicle is seen again.
        return None if _beneath_absence(claim, seq, claims) else Turn(event=None, out_seq=freed, because=claim.kind)
    others = [each for each in claims if each.out_seq == seq and each.alert_id != claim.alert_id]
    event = EVENTS[mode, claim.takes_out][1]
    if any(other.stands for other in others) or event not in MACHINES[mode].events_from(state):
        return Turn(event=None, out_seq=freed, because=claim.kind)
    # What stood before the absence stands again after it, two events later.
    again: dict[UUID, int | None] = {}
    if claim.is_absence:
        again = {each.alert_id: seq + 1 for each in claims if each.out_seq == seq - 1}
    return Turn(event=event, out_seq=again | {each.alert_id: None for each in others} | freed, because=claim.kind)


def _beneath_absence(claim: Claim, seq: int, claims: Sequence[Claim]) -> bool:
    return claim.out_seq == seq - 1 and any(each.is_absence and each.out_seq == seq for each in claims)


def _take(mode: Mode, state: str, seq: int, claim: Claim, claims: Sequence[Claim]) -> Turn | None:
    event = EVENTS.get((mode, claim.takes_out), ("", ""))[0]
    if state in TAKEN_FROM[claim.takes_out] and event in MACHINES[mode].events_from(state):
        return Turn(event=event, out_seq={claim.alert_id: seq + 1}, because=claim.kind)
    already_out = any(each.out_seq == seq and not each.is_absence for each in claims)
    if already_out and not claim.is_absence:
        return Turn(event=None, out_seq={claim.alert_id: seq}, because=claim.kind)
    return None
