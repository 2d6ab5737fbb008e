"""When a person may be forgotten, and why not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from mobility.base.errors import Conflict

# Fines come within 45 days, disputes within 60 (standards of the cards): until then who drove has a name.
KEPT_AFTER_RIDE = timedelta(days=60)


class Obstacle(StrEnum):
    RIDING = "riding"
    BOOKED = "booked"
    OWING = "owing"
    DISPUTED = "disputed"
    GUARDIAN = "guardian"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Said:
    fr: str
    en: str


SAID: dict[Obstacle, Said] = {
    Obstacle.RIDING: Said("Terminez d'abord votre trajet.", "End your ride first."),
    Obstacle.BOOKED: Said("Annulez d'abord vos réservations.", "Cancel your bookings first."),
    Obstacle.OWING: Said("Réglez d'abord ce qui est dû.", "Pay what is due first."),
    Obstacle.DISPUTED: Said("Un paiement est contesté : attendez la décision.", "A payment is disputed: wait for it."),
    Obstacle.GUARDIAN: Said(
        "Mettez d'abord fin à l'accord pour votre enfant.", "End the agreement for your child first."
    ),
    Obstacle.STAFF: Said("Rendez d'abord vos rôles dans le service.", "Give back your roles in the service first."),
}


class ErasureRefused(Conflict):
    """The fact `reasons` lists every reason, with what to do."""

    code = "erasure_refused"
    fr = "Votre compte ne peut pas encore être effacé."
    en = "Your account cannot be erased yet."

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        reasons: list[dict[str, Any]] = [
            {"code": each.value, "fr": SAID[each].fr, "en": SAID[each].en} for each in obstacles
        ]
        super().__init__(reasons=reasons)

    def sentence(self, language: str) -> str:
        said = (reason["en" if language == "en" else "fr"] for reason in self.facts["reasons"])
        return " ".join((super().sentence(language), *said))


def due_at(now: datetime, last_ride_ended_at: datetime | None) -> datetime:
    """When the name behind an account is forgotten."""
    return now if last_ride_ended_at is None else max(now, last_ride_ended_at + KEPT_AFTER_RIDE)
