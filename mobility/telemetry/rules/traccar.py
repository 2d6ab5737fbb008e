"""Traccar's position forwarding (`forward.type` json): one position of one tracker a request.

Speeds are knots, distances metres, the charge a percentage; names are those of Traccar's `Position` and `Device`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from mobility.telemetry.rules.reports import ForwardUnreadable

KMH_PER_KNOT: Final = 1.852
ALARMS: Final[Mapping[str, str]] = {
    "accident": "crash",
    "fallDown": "tipped",
    "movement": "moved",
    "tow": "moved",
    "tampering": "tamper",
    "removing": "tamper",
    "powerCut": "tamper",
    "lowPower": "low_12v",
}


class Attributes(Struct, frozen=True, rename="camel"):
    """What the tracker said beside the position; all else is left aside."""

    battery_level: float | None = None
    odometer: float | None = None
    total_distance: float | None = None
    ignition: bool | None = None
    charge: bool | None = None
    lock: bool | None = None
    alarm: str | None = None


class RadioNetwork(Struct, frozen=True, rename="camel"):
    radio_type: str | None = None


class Position(Struct, frozen=True, rename="camel"):
    fix_time: Annotated[datetime, Meta(tz=True)]
    latitude: float
    longitude: float
    id: int = 0
    device_time: Annotated[datetime, Meta(tz=True)] | None = None
    valid: bool = True
    outdated: bool = False
    speed: Annotated[float | None, Meta(description="Knots")] = None
    course: float | None = None
    accuracy: Annotated[float | None, Meta(description="Metres; 0 where the tracker does not say")] = None
    attributes: Attributes = Attributes()
    network: RadioNetwork | None = None


class DeviceAttributes(Struct, frozen=True, rename="camel"):
    vehicle_key: Annotated[str, Meta(description="`<vehicle_id>.<secret>`, entered by the operator in Traccar")]


class Device(Struct, frozen=True, rename="camel"):
    attributes: DeviceAttributes


class Forward(Struct, frozen=True):
    """The body of a request of Traccar's."""

    position: Position
    device: Device


def read_forward(body: bytes) -> Forward:
    """Raises `ForwardUnreadable`."""
    try:
        return msgspec.json.decode(body, type=Forward)
    except msgspec.DecodeError as broken:
        raise ForwardUnreadable from broken


def report_of(position: Position) -> bytes:
    """The position as a report of ours, version 1, in JSON; its number is Traccar's, or its time if it has none."""
    said, is_new = position.attributes, position.valid and not position.outdated
    at = position.fix_time if is_new else position.device_time or position.fix_time
    report = {
        "v": 1,
        "seq": position.id if position.id > 0 else int(at.timestamp() * 1000),
        "at": at,
        "position": _fix(position) if is_new else None,
        "heading_deg": position.course if is_new else None,
        "speed_kmh": position.speed * KMH_PER_KNOT if is_new and position.speed is not None else None,
        "charge_percent": said.battery_level,
        "odometer_m": _odometer_m(said),
        "locked": said.lock,
        "ignition": said.ignition,
        "charging": said.charge,
        "alarms": _alarms(said.alarm),
        "network": {"technology": position.network.radio_type}
        if position.network and position.network.radio_type
        else None,
    }
    return msgspec.json.encode({name: value for name, value in report.items() if value is not None})


def _fix(position: Position) -> dict[str, Any]:
    fix = {"lon": position.longitude, "lat": position.latitude}
    return fix | ({"accuracy_m": position.accuracy} if position.accuracy else {})


def _odometer_m(said: Attributes) -> int | None:
    metres = said.odometer if said.odometer is not None else said.total_distance
    return None if metres is None else round(metres)


def _alarms(alarm: str | None) -> list[str] | None:
    """Of a list with commas, those that we know; None, which changes nothing, when it names none."""
    return sorted({ALARMS[each] for each in (alarm or "").split(",") if each in ALARMS}) or None
