"""Open Vehicle Monitoring System, version 3 (Renault Twizy and others): single metrics gathered into reports.

A box publishes each metric that changed under `ovms/<user>/<vehicle>/metric/v/b/soc`, as plain text in its native unit
and without a time, in bursts; its user at the broker is the vehicle's id. Names and units are those of the firmware's
`metrics_standard` and its server v3.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

OVMS_FILTER: Final = "ovms/+/+/metric/#"
# A burst is over: latitude and longitude come one after the other, and only what changed comes at all.
QUIET = timedelta(seconds=1)
WAIT_MAX = timedelta(seconds=5)

Value = float | bool | str


def _flag(text: str) -> bool:
    return {"yes": True, "no": False}[text]


READERS: Final[Mapping[str, Callable[[str], Value]]] = {
    "v/p/latitude": float,
    "v/p/longitude": float,
    "v/p/gpslock": _flag,
    "v/p/direction": float,
    "v/p/speed": float,
    "v/p/odometer": float,
    "v/b/soc": float,
    "v/b/range/est": float,
    "v/e/locked": _flag,
    "v/e/on": _flag,
    "v/e/alarm": _flag,
    "v/c/charging": _flag,
    "v/c/state": str,
    "v/b/12v/voltage/alert": _flag,
    "m/net/type": str,
    "m/net/sq": float,
}
"""The metrics that a report is made of, and how each is read."""


@dataclass(slots=True)
class Heard:
    values: dict[str, Value] = field(default_factory=dict)
    since: datetime | None = None
    last: datetime | None = None


@dataclass(slots=True)
class Gatherer:
    """What boxes said last, and since when it waits to be told on."""

    _heard: dict[UUID, Heard] = field(default_factory=dict)

    def hear(self, vehicle_id: UUID, metric: str, text: bytes, now: datetime) -> bool:
        """Take one metric; False when it is one of ours and cannot be read."""
        read = READERS.get(metric)
        if read is None:
            return True
        try:
            value = read(text.decode().strip())
        except (ValueError, KeyError):
            return False
        heard = self._heard.setdefault(vehicle_id, Heard())
        heard.values[metric] = value
        heard.since, heard.last = heard.since or now, now
        return True

    def due(self, now: datetime) -> list[tuple[UUID, bytes]]:
        """Reports, as version 1 of ours in JSON, of the vehicles whose burst is over or goes on for too long."""
        reports = []
        for vehicle_id, heard in self._heard.items():
            if heard.since is None or heard.last is None:
                continue
            if now - heard.last >= QUIET or now - heard.since >= WAIT_MAX:
                reports.append((vehicle_id, msgspec.json.encode(report_of(heard.values, heard.last))))
                heard.since = None
        return reports


def read_ovms_topic(name: str) -> tuple[UUID, str] | None:
    """Vehicle and metric of a topic; None when it is none of a box of ours."""
    parts = name.split("/", 4)
    if len(parts) != 5 or parts[0] != "ovms" or parts[3] != "metric":
        return None
    try:
        vehicle_id = UUID(parts[1])
    except ValueError:
        return None
    return (vehicle_id, parts[4]) if str(vehicle_id) == parts[1] else None


def report_of(values: Mapping[str, Value], at: datetime) -> dict[str, Any]:
    """What is known as a report made at `at`. Its number is that time: boxes number nothing."""
    said = {
        "v": 1,
        "seq": int(at.timestamp() * 1000),
        "at": at,
        "position": _position(values),
        "heading_deg": values.get("v/p/direction"),
        "speed_kmh": values.get("v/p/speed"),
        "charge_percent": values.get("v/b/soc"),
        "range_m": _metres(values.get("v/b/range/est")),
        "odometer_m": _metres(values.get("v/p/odometer")),
        "locked": values.get("v/e/locked"),
        "ignition": values.get("v/e/on"),
        "charging": values.get("v/c/charging"),
        "alarms": _alarms(values),
        "network": _network(values),
    }
    return {name: value for name, value in said.items() if value is not None}


def _position(values: Mapping[str, Value]) -> dict[str, Value] | None:
    lon, lat = values.get("v/p/longitude"), values.get("v/p/latitude")
    if lon is None or lat is None or values.get("v/p/gpslock") is False:
        return None
    return {"lon": lon, "lat": lat}


def _metres(kilometres: Value | None) -> int | None:
    return None if kilometres is None else round(float(kilometres) * 1000)


def _alarms(values: Mapping[str, Value]) -> list[str] | None:
    raised = {
        "tamper": values.get("v/e/alarm"),
        "low_12v": values.get("v/b/12v/voltage/alert"),
        "charging_fault": None if "v/c/state" not in values else values["v/c/state"] == "stopped",
    }
    known = {alarm: is_raised for alarm, is_raised in raised.items() if is_raised is not None}
    return [alarm for alarm, is_raised in known.items() if is_raised] if known else None


def _network(values: Mapping[str, Value]) -> dict[str, Any] | None:
    technology, signal = values.get("m/net/type"), values.get("m/net/sq")
    if not technology:
        return None
    return {"technology": technology} | ({} if signal is None else {"signal_dbm": round(float(signal))})
