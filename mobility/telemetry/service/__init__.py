"""Reports of vehicles checked, stored once, and told on without a rental's trail."""

from mobility.telemetry.service.fan_out import tell
from mobility.telemetry.service.ingest import ingest, keep, lock_and_read
from mobility.telemetry.service.keys import authenticate
from mobility.telemetry.service.watching import watch_apart

__all__ = ["authenticate", "ingest", "keep", "lock_and_read", "tell", "watch_apart"]
