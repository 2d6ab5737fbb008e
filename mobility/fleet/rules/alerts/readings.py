"""What is known of a vehicle, and how bad that is by a rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from mobility.city.rules.alert_rules import ALARMS, NOTED, OF_CITIES, SCALES, AlertKind, Rule
from mobility.fleet.rules.rentals import RENTED

MEASURED = tuple(kind for kind in SCALES if kind not in OF_CITIES)
PARKED = frozenset({"available", "non_operational", "reserved"})
OFF_THE_STREET = frozenset({"removed"})

Fact = str | int | float | bool


class Grade(Enum):
    """How a vehicle stands by a rule; what lies between the thresholds, or is not known, changes nothing."""

    BAD = "bad"
    BETWEEN = "between"
    GOOD = "good"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a vehicle at an instant.

    Parameters
    ----------
    moved_m
        How far it stands from where it was parked; None while that is not known.
    elsewhere_m
        How far from where a rider's phone left it the vehicle first says to be; None before and after that.
    outside_m
        How far outside every service zone of its class it stands, 0 inside.
    accuracy_m
        By how much its position may be wrong: the distances above count only beyond it.
    """

    state: str
    charge_percent: float
    heard_at: datetime
    alarms: frozenset[str] = frozenset()
    moved_m: float | None = None
    elsewhere_m: float | None = None
    outside_m: float | None = None
    accuracy_m: float = 0.0


def kinds_to_judge(seen: Seen, standing: Iterable[AlertKind]) -> Iterable[AlertKind]:
    """The kinds that may change: what is measured, what the vehicle itself raises, and what already stands."""
    return dict.fromkeys((*MEASURED, *sorted(ALARMS & seen.alarms), *standing))


def grade(kind: AlertKind, rule: Rule, seen: Seen, now: datetime) -> Grade:
    """How bad it is. A vehicle taken off the street has nothing wrong that a report could tell."""
    if kind in NOTED or kind in OF_CITIES:
        return Grade.UNKNOWN
    if seen.state in OFF_THE_STREET:
        return Grade.GOOD
    if kind in ALARMS:
        return Grade.BAD if kind in seen.alarms else Grade.GOOD
    if kind == "low_charge" or kind == "silent":
        return by_scale(kind, rule, measure(kind, seen, now))
    return _of_place(kind, rule, seen, now)


def measure(kind: AlertKind, seen: Seen, now: datetime) -> float | None:
    """What the thresholds of the kind are compared with, in the unit of its scale."""
    if kind == "low_charge":
        return seen.charge_percent
    if kind == "silent":
        return (now - seen.heard_at) / timedelta(minutes=1)
    metres = {
        "moved_without_rental": seen.moved_m,
        "parked_elsewhere": seen.elsewhere_m,
        "left_zone": seen.outside_m,
    }.get(kind)
    return None if metres is None else max(0.0, metres - seen.accuracy_m)


def facts_of(kind: AlertKind, seen: Seen, now: datetime) -> dict[str, Fact]:
    """What an alert tells beside its kind: how much, never where."""
    value = measure(kind, seen, now)
    if value is None:
        return {}
    unit = SCALES[kind].unit
    return {"charge_percent" if unit == "percent" else unit: round(value, 1)}


def _of_place(kind: AlertKind, rule: Rule, seen: Seen, now: datetime) -> Grade:
    """Where a rented vehicle is nobody's business, and a ride makes good what was wrong with the place before."""
    if seen.state in RENTED:
        return Grade.GOOD
    if seen.state not in PARKED:
        return Grade.UNKNOWN
    if kind == "moved_without_rental" and "moved" in seen.alarms:
        return Grade.BAD
    return by_scale(kind, rule, measure(kind, seen, now))


def by_scale(kind: AlertKind, rule: Rule, value: float | None) -> Grade:
    """Where a value lies between the thresholds of its kind."""
    if value is None or rule.raise_at is None:
        return Grade.UNKNOWN
    below = SCALES[kind].worse == "below"
    # A charge of exactly the least is enough; a silence of exactly so many minutes is too long.
    if value < rule.raise_at if below else value >= rule.raise_at:
        return Grade.BAD
    if rule.clear_at is None:
        return Grade.UNKNOWN
    is_good = value >= rule.clear_at if below else value <= rule.clear_at
    return Grade.GOOD if is_good else Grade.BETWEEN
