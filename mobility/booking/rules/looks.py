"""Who may look at where a rider is or who rode: for how long, by whom, and when the rider is told.

References
----------
.. [1] CNIL, SAN-2022-015 (Ubeeqo) and SAN-2023-003 (Cityscoot): positions in a rental only for what needs them.
.. [2] GDPR, articles 5(1)(c), 5(2) and 13.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from mobility.base.errors import Conflict, Forbidden, Invalid, NotFound

MINUTES_DEFAULT, MINUTES_MAX = 30, 120
REQUEST_LAPSES_AFTER = timedelta(minutes=30)
"""A second person is at hand or the matter is not pressing."""


class Purpose(StrEnum):
    ASSISTANCE = "assistance"
    THEFT = "theft"


class LookState(StrEnum):
    ASKED = "asked"
    OPEN = "open"
    OVER = "over"


class VehicleNotRented(Conflict):
    code = "vehicle_not_rented"
    fr = "Ce véhicule n'est pas en location : sa position est sur la carte."
    en = "This vehicle is not rented: its position is on the map."


class AssistanceExists(Conflict):
    code = "assistance_exists"
    fr = "La position de ce trajet est déjà demandée ou ouverte."
    en = "The position of this ride is already asked for or open."


class UnknownAssistance(NotFound):
    code = "unknown_assistance"
    fr = "Cette demande de position n'existe pas."
    en = "There is no such request for a position."


class TwoPeopleNeeded(Forbidden):
    code = "two_people_needed"
    fr = "Une autre personne que celle qui demande doit ouvrir la position."
    en = "Somebody else than the person who asks must open the position."


class NotOneOfTheTwo(Forbidden):
    code = "not_one_of_the_two"
    fr = "Seules la personne qui a demandé la position et celle qui l'a ouverte la voient."
    en = "Only the person who asked for the position and the one who opened it see it."


class AssistanceNotOpen(Conflict):
    code = "assistance_not_open"
    fr = "Personne d'autre n'a encore ouvert cette position."
    en = "Nobody else has opened this position yet."


class AssistanceOpen(Conflict):
    code = "assistance_open"
    fr = "Quelqu'un d'autre a déjà ouvert cette position."
    en = "Somebody else has already opened this position."


class AssistanceOver(Conflict):
    code = "assistance_over"
    fr = "Le temps est écoulé, le trajet est terminé ou quelqu'un a refermé la position."
    en = "The time is up, the ride has ended or somebody has closed the position."


class NobodyDrove(NotFound):
    code = "nobody_drove"
    fr = "Personne n'avait ce véhicule à cet instant. La question est inscrite au journal."
    en = "Nobody had this vehicle at that instant. The question stands in the log."


class InstantUnclear(Invalid):
    code = "instant_unclear"
    fr = "L'instant a besoin d'un fuseau horaire et ne peut pas être à venir."
    en = "The instant needs a time zone and cannot lie ahead."


def state_of(*, opened_at: datetime | None, until: datetime, closed_at: datetime | None, now: datetime) -> LookState:
    """Over at the instant `until`, whether or not anybody has closed it."""
    if closed_at is not None or until <= now:
        return LookState.OVER
    return LookState.ASKED if opened_at is None else LookState.OPEN


def refuse_unless_open(state: LookState) -> None:
    if state is LookState.OVER:
        raise AssistanceOver
    if state is LookState.ASKED:
        raise AssistanceNotOpen


def refuse_approval(state: LookState, *, asked_by: UUID, approver: UUID) -> None:
    """Raises `TwoPeopleNeeded`, `AssistanceOver`, `AssistanceOpen`."""
    if approver == asked_by:
        raise TwoPeopleNeeded
    if state is LookState.OVER:
        raise AssistanceOver
    if state is LookState.OPEN:
        raise AssistanceOpen


def is_told(purpose: str, state: LookState) -> bool:
    """Whether the rider knows by now of an opened look: of help at once, of a search for thieves when it is over."""
    return purpose == Purpose.ASSISTANCE or state is LookState.OVER


def refuse_unclear(at: datetime, now: datetime) -> None:
    if at.tzinfo is None or at > now:
        raise InstantUnclear
