"""Alerts: raised, kept, escalated and ended; what they turn into."""

from mobility.fleet.service.alerts.desk import acknowledge, assign, resolve, snooze
from mobility.fleet.service.alerts.evaluation import evaluate
from mobility.fleet.service.alerts.noting import note, settle
from mobility.fleet.service.alerts.retention import forget
from mobility.fleet.service.alerts.turning import list_due, turn

__all__ = ["acknowledge", "assign", "evaluate", "forget", "list_due", "note", "resolve", "settle", "snooze", "turn"]
