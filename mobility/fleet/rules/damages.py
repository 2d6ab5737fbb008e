"""Damage to a vehicle: what it may be, how bad, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, get_args

from mobility.base.errors import Conflict, Invalid, NotFound, TooMany

Kind = Literal["body", "tyre", "light", "brake", "mirror", "battery", "lock", "dirty", "other"]
Severity = Literal["minor", "major", "critical"]
"""It looks bad; it disturbs the ride; nobody may ride."""
ReporterRole = Literal["rider", "operator", "crew"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
DANGEROUS: Final = "critical"
ALONE: Final = "other"
"""A kind of which two reports need not mean the same damage."""

WORDS_LENGTH_MAX: Final = 1_000
BESIDE_M: Final = 100
"""A phone and a vehicle between houses are each off by some tens of metres; the next street is farther."""


class DamageState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REPAIRED = "repaired"


class Word(StrEnum):
    """What somebody says of a damage."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REPAIR = "repair"


S, W = DamageState, Word

# Saying again what is so already changes nothing; what is closed stays closed, and a new report opens a new damage.
TRANSITIONS: Final[Mapping[tuple[DamageState, Word], DamageState]] = {
    (S.OPEN, W.CONFIRM): S.CONFIRMED,
    (S.CONFIRMED, W.CONFIRM): S.CONFIRMED,
    (S.OPEN, W.DISMISS): S.DISMISSED,
    (S.CONFIRMED, W.DISMISS): S.DISMISSED,
    (S.DISMISSED, W.DISMISS): S.DISMISSED,
    (S.OPEN, W.REPAIR): S.REPAIRED,
    (S.CONFIRMED, W.REPAIR): S.REPAIRED,
    (S.REPAIRED, W.REPAIR): S.REPAIRED,
}
CLOSED: Final = frozenset({S.DISMISSED, S.REPAIRED})


class UnknownDamage(NotFound):
    code = "unknown_damage"
    fr = "Ce dommage n'existe pas."
    en = "There is no such damage."


class UnknownDamageReport(NotFound):
    code = "unknown_damage_report"
    fr = "Ce signalement n'existe pas."
    en = "There is no such report."


class DamageClosed(Conflict):
    code = "damage_closed"
    fr = "Ce dommage est déjà clos : « {state} »."
    en = 'This damage is closed already: "{state}".'


class NotBesideVehicle(NotFound):
    """Said alike of a vehicle that does not exist, is elsewhere or is ridden: nobody finds vehicles by asking."""

    code = "not_beside_vehicle"
    fr = "Aucun véhicule de ce nom ne se trouve près de vous."
    en = "There is no vehicle of this name beside you."


class VehicleNotNamed(Invalid):
    code = "vehicle_not_named"
    fr = "Nommez un véhicule, par sa plaque ou par son identifiant."
    en = "Name one vehicle, by its plate or by its id."


class PlatesAskedTooOften(TooMany):
    code = "plates_asked_too_often"
    fr = "Vous avez cherché beaucoup de plaques : réessayez dans {retry_after_s} secondes."
    en = "You have looked up many plates: try again in {retry_after_s} seconds."


class DamageReportedTooOften(TooMany):
    code = "damage_reported_too_often"
    fr = "Vous avez beaucoup signalé : réessayez dans {retry_after_s} secondes."
    en = "You have reported a lot: try again in {retry_after_s} seconds."


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says is wrong with a vehicle."""

    kind: Kind
    severity: Severity
    words: str | None


def decide(state: str, word: Word) -> DamageState:
    """What a damage becomes.

    Raises
    ------
    DamageClosed
    """
    known = DamageState(state)
    if (known, word) not in TRANSITIONS:
        raise DamageClosed(state=known.value)
    return TRANSITIONS[known, word]
