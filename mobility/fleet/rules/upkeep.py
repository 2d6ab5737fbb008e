"""Work on vehicles: when it is due by a city's maintenance rules, and what becomes of an order."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from mobility.base.errors import Conflict, Invalid, NotFound
from mobility.city.rules.city_file import MaintenanceRule

ODOMETER_APART_M: Final = 100_000
"""More than a vehicle drives while its radio is broken; a digit too many is far more."""
NOTE_LENGTH_MAX: Final = 1_000


class OrderState(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


class Word(StrEnum):
    """What happens to an order; it is called off when its damage turns out to be none."""

    START = "start"
    FINISH = "finish"
    CALL_OFF = "call_off"


S, W = OrderState, Word

TRANSITIONS: Final[Mapping[tuple[OrderState, Word], OrderState]] = {
    (S.OPEN, W.START): S.IN_PROGRESS,
    (S.IN_PROGRESS, W.START): S.IN_PROGRESS,
    (S.OPEN, W.FINISH): S.DONE,
    (S.IN_PROGRESS, W.FINISH): S.DONE,
    (S.DONE, W.FINISH): S.DONE,
    (S.OPEN, W.CALL_OFF): S.CANCELLED,
    (S.IN_PROGRESS, W.CALL_OFF): S.CANCELLED,
}


class UnknownWorkOrder(NotFound):
    code = "unknown_work_order"
    fr = "Cet ordre de travail n'existe pas."
    en = "There is no such work order."


class WorkOrderClosed(Conflict):
    code = "work_order_closed"
    fr = "Cet ordre de travail est déjà clos : « {state} »."
    en = 'This work order is closed already: "{state}".'


class OdometerImplausible(Invalid):
    code = "odometer_implausible"
    fr = "Ce compteur ne peut pas être juste : le véhicule a dit {odometer_m} m. Vérifiez le chiffre."
    en = "This odometer cannot be right: the vehicle said {odometer_m} m. Check the figure."


@dataclass(frozen=True, slots=True)
class Served:
    """When a rule's work was last done on a vehicle; for a new one, as it came."""

    odometer_m: int
    on: date


@dataclass(frozen=True, slots=True)
class Due:
    """The point that was reached: an odometer [m] or a day."""

    odometer_m: int | None = None
    on: date | None = None


def due(rule: MaintenanceRule, served: Served, *, odometer_m: int, today: date) -> Due | None:
    """Which point of a rule a vehicle has reached; None while it has reached none.

    The next point counts from when the work was done, not from when it was due.
    """
    if rule.every_km is not None and odometer_m >= (point_m := served.odometer_m + rule.every_km * 1000):
        return Due(odometer_m=point_m)
    if rule.every_months is not None and today >= (day := _months_after(served.on, rule.every_months)):
        return Due(on=day)
    return None


def decide(state: str, word: Word) -> OrderState:
    """What an order becomes.

    Raises
    ------
    WorkOrderClosed
    """
    known = OrderState(state)
    if (known, word) not in TRANSITIONS:
        raise WorkOrderClosed(state=known.value)
    return TRANSITIONS[known, word]


def refuse_implausible(odometer_m: int, *, heard_m: int) -> None:
    """What a mechanic reads off against what the vehicle last said of itself.

    Raises
    ------
    OdometerImplausible
    """
    if abs(odometer_m - heard_m) > ODOMETER_APART_M:
        raise OdometerImplausible(odometer_m=heard_m)


def _months_after(day: date, months: int) -> date:
    """The same day of the month, or the last one that a shorter month has."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
