"""A parent who agrees to a minor's rides and pays for them, until the child is of age or one of the two ends it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from mobility.base.errors import Conflict, Invalid, NotFound
from mobility.riders.rules.licences import birthday

# (from, years): law 74-631 of 5 July 1974 made it 18 in France (code civil, article 414).
MAJORITY_YEARS: tuple[tuple[date, int], ...] = ((date.min, 21), (date(1974, 7, 7), 18))
INVITATION_LIVES = timedelta(days=14)
# A large family, and a mistyped address or two.
GUARDIANSHIPS_MAX = 12


class State(StrEnum):
    ASKED = "asked"
    ACTIVE = "active"
    DECLINED = "declined"
    ENDED = "ended"


class Event(StrEnum):
    """`withdraw` is the parent's, `leave` the child's; `take_back` is of who asked, before the other has answered."""

    ACCEPT = "accept"
    DECLINE = "decline"
    TAKE_BACK = "take_back"
    WITHDRAW = "withdraw"
    LEAVE = "leave"
    COME_OF_AGE = "come_of_age"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.ASKED, Event.ACCEPT): State.ACTIVE,
    (State.ASKED, Event.DECLINE): State.DECLINED,
    (State.ASKED, Event.TAKE_BACK): State.DECLINED,
    (State.ACTIVE, Event.WITHDRAW): State.ENDED,
    (State.ACTIVE, Event.LEAVE): State.ENDED,
    (State.ACTIVE, Event.COME_OF_AGE): State.ENDED,
}


class Part(StrEnum):
    """What a person is in a guardianship."""

    GUARDIAN = "guardian"
    CHILD = "child"


class UnknownGuardianship(NotFound):
    code = "unknown_guardianship"
    fr = "Cette demande entre parent et enfant n'existe pas."
    en = "There is no such request between parent and child."


class GuardianshipDecided(Conflict):
    code = "guardianship_decided"
    fr = "Cette demande est déjà dans l'état « {state} »."
    en = "This request is already {state}."


class InvitationLapsed(Conflict):
    code = "invitation_lapsed"
    fr = "Cette invitation n'est plus valable : demandez-en une nouvelle."
    en = "This invitation has lapsed: ask for a new one."


class GuardianNotAdult(Conflict):
    code = "guardian_not_adult"
    fr = "Le parent doit être majeur et avoir indiqué sa date de naissance."
    en = "The parent has to be of age and to have told the date of birth."


class ChildNotMinor(Conflict):
    code = "child_not_minor"
    fr = "L'enfant doit être mineur et avoir indiqué sa date de naissance."
    en = "The child has to be under age and to have told the date of birth."


class GuardianExists(Conflict):
    code = "guardian_exists"
    fr = "Un parent a déjà donné son accord : il faut d'abord y mettre fin."
    en = "A parent has already agreed: that has to be ended first."


class OwnGuardian(Invalid):
    code = "own_guardian"
    fr = "Donnez l'adresse de l'autre personne, pas la vôtre."
    en = "Give the other person's address, not your own."


class GuardianshipsTooMany(Conflict):
    code = "guardianships_too_many"
    fr = "Un compte garde au plus {most} demandes et accords à la fois."
    en = "An account keeps at most {most} requests and agreements at a time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """The parent in force. `is_verified`: an operator has seen the date of birth, so an adult it is."""

    account_id: UUID
    is_verified: bool
    is_blocked: bool


def majority_on(born_on: date) -> date:
    """The day on which a person comes of age: the first on which the law of that day says so."""
    return min(max(birthday(born_on, years), begins) for begins, years in MAJORITY_YEARS)


def last_birth_of_adults(on: date) -> date:
    """Whoever was born that day or before is of age on the day, by today's law."""
    return birthday(on, -MAJORITY_YEARS[-1][1])


def is_minor(born_on: date, on: date) -> bool:
    return on < majority_on(born_on)


def move(state: State, event: Event) -> State:
    """The state after `event`, or `GuardianshipDecided` where it does not fit."""
    if (state, event) not in TRANSITIONS:
        raise GuardianshipDecided(state=state.value)
    return TRANSITIONS[state, event]


def refuse_lapsed(*, asked_at: datetime, now: datetime) -> None:
    if now >= asked_at + INVITATION_LIVES:
        raise InvitationLapsed


def refuse_pair(*, guardian_born_on: date | None, child_born_on: date | None, on: date) -> None:
    """Raise unless the one is of age and the other is not."""
    if guardian_born_on is None or is_minor(guardian_born_on, on):
        raise GuardianNotAdult
    if child_born_on is None or not is_minor(child_born_on, on):
        raise ChildNotMinor
