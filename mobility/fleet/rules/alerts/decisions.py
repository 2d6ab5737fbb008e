from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mobility.city.rules.alert_rules import SEVERITIES, Rule, Severity
from mobility.fleet.rules.alerts.readings import Grade


class AlertState(StrEnum):
    """A pending alert waits out its rule's delay and is told to nobody."""

    PENDING = "pending"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    CLEARED = "cleared"


STANDS = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.SNOOZED})
"""What people see in the list of what is wrong now."""


class Change(StrEnum):
    """What becomes of an alert; `await` to `relapse` are the evaluation's own, the rest is history that people read."""

    AWAIT = "await"
    FORGET = "forget"
    RECOVER = "recover"
    RELAPSE = "relapse"
    RAISE = "raised"
    ESCALATE = "escalated"
    ACKNOWLEDGE = "acknowledged"
    ASSIGN = "assigned"
    SNOOZE = "snoozed"
    RETURN = "returned"
    CLEAR = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An alert of a vehicle that is not cleared: since when it is bad, and since when it is well again, if it is."""

    state: AlertState
    severity: Severity
    since: datetime
    raised_at: datetime | None = None
    well_since: datetime | None = None
    escalated_at: datetime | None = None
    snoozed_until: datetime | None = None


def decide(rule: Rule, grade: Grade, alert: Standing | None, now: datetime) -> Change | None:
    """What changes now; None for nothing. At most one alert of a kind stands for a vehicle, so `alert` is all of them.

    Delays are half-open: what has lasted exactly as long as its rule asks has lasted long enough.
    """
    if alert is None:
        return _unheard_of(rule, grade)
    if alert.state is AlertState.PENDING:
        return _pending(rule, grade, alert, now)
    return _recovery(rule, grade, alert, now) or _return(alert, now) or _escalation(rule, alert, now)


def graver(severity: Severity) -> Severity:
    return SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]


def _unheard_of(rule: Rule, grade: Grade) -> Change | None:
    if not rule.enabled or grade is not Grade.BAD:
        return None
    return Change.AWAIT if rule.raise_after_s else Change.RAISE


def _pending(rule: Rule, grade: Grade, alert: Standing, now: datetime) -> Change | None:
    if not rule.enabled or grade in (Grade.GOOD, Grade.BETWEEN):
        return Change.FORGET
    lasted = now - alert.since >= timedelta(seconds=rule.raise_after_s)
    return Change.RAISE if grade is Grade.BAD and lasted else None


def _recovery(rule: Rule, grade: Grade, alert: Standing, now: datetime) -> Change | None:
    if not rule.enabled:
        return Change.CLEAR
    if rule.latched or grade is Grade.UNKNOWN:
        return None
    if grade is not Grade.GOOD:
        return Change.RELAPSE if alert.well_since else None
    if now - (alert.well_since or now) >= timedelta(seconds=rule.clear_after_s):
        return Change.CLEAR
    return None if alert.well_since else Change.RECOVER


def _return(alert: Standing, now: datetime) -> Change | None:
    is_over = alert.state is AlertState.SNOOZED and alert.snoozed_until is not None and now >= alert.snoozed_until
    return Change.RETURN if is_over else None


def _escalation(rule: Rule, alert: Standing, now: datetime) -> Change | None:
    if not rule.escalate_after_min or alert.state is not AlertState.OPEN or alert.well_since or not alert.raised_at:
        return None
    # One that cannot get graver is told once more, and then left.
    if alert.escalated_at and alert.severity == SEVERITIES[-1]:
        return None
    # Whoever snoozed it asked for quiet until then, and for its patience anew afterwards.
    last = max(at for at in (alert.raised_at, alert.escalated_at, alert.snoozed_until) if at)
    due_at = last + timedelta(minutes=rule.escalate_after_min)
    return Change.ESCALATE if now >= due_at else None
