"""Alerts: raised, kept, escalated and ended; what they turn into."""

from mobility.fleet.service.alerts.noting import note, settle

__all__ = ["note", "settle"]
