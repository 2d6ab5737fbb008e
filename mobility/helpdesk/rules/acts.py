from datetime import timedelta
from enum import StrEnum

from mobility.base.errors import Conflict, Forbidden, NotFound

COUNTS_TOGETHER = timedelta(days=1)


class ActKind(StrEnum):
    TIMELINE = "timeline"
    DOCUMENT = "document"
    RIDE_END = "ride_end"
    PRICE = "price"
    REFUND = "refund"
    CREDIT = "credit"


class ActState(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    """Somebody else has to agree."""
    REFUSED = "refused"


class UnknownAct(NotFound):
    code = "unknown_support_act"
    fr = "Cette demande n'existe pas."
    en = "This request does not exist."


class ActDecided(Conflict):
    code = "support_act_decided"
    fr = "Cette demande est déjà décidée."
    en = "This request is decided already."


class SecondPerson(Forbidden):
    code = "second_person_must_differ"
    fr = "Une autre personne que vous doit décider."
    en = "Somebody else than you has to decide."


class OwnAccount(Forbidden):
    code = "own_account"
    fr = "Vous ne pouvez rien faire pour votre propre compte."
    en = "You can do nothing for your own account."


class NothingToCorrect(Conflict):
    code = "nothing_to_correct"
    fr = "Ce trajet coûte déjà ce prix."
    en = "This ride costs that already."


def takes_two(cents: int, *, alone_cents: int, limit_cents: int) -> bool:
    """Whether an amount given or taken back, either way, needs a second person.

    `alone_cents` is what the first has moved for the same rider within `COUNTS_TOGETHER` alone: in parts it is as much.
    """
    return alone_cents + abs(cents) > limit_cents
