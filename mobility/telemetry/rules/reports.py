"""What a vehicle may say of itself (version 1 of its messages) and how it is read."""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from mobility.base.errors import Malformed, TooLarge, TooMany, Unauthenticated
from mobility.geo import LonLat

# A quarter of an hour of a vehicle that reports every two seconds; larger batches gain nothing measurable per row.
BATCH_MAX = 500

Alarm = Literal["tipped", "crash", "moved", "charging_fault", "tamper", "low_12v"]
Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class WrongVehicleKey(Unauthenticated):
    code = "wrong_vehicle_key"
    fr = "Ce véhicule n'est pas reconnu : l'en-tête attendu est Authorization: Bearer <vehicle_id>.<secret>."
    en = "This vehicle is not recognised: the header expected is Authorization: Bearer <vehicle_id>.<secret>."


class BatchTooLarge(TooLarge):
    code = "batch_too_large"
    fr = "Le lot compte {count} messages ; {longest} au plus sont acceptés."
    en = "The batch holds {count} reports; {longest} at most are taken."


class BatchUnreadable(Malformed):
    code = "batch_unreadable"
    fr = "Le corps n'est pas un objet JSON avec une liste « reports »."
    en = 'The body is no JSON object with a list "reports".'


class ForwardUnreadable(Malformed):
    code = "forward_unreadable"
    fr = "Le corps n'est pas une position que Traccar transmet, avec la clé du véhicule."
    en = "The body is no position that Traccar forwards, with the vehicle's key."


class ReportsTooOften(TooMany):
    code = "reports_too_often"
    fr = "Ce véhicule envoie plus qu'il ne peut mesurer ; il peut reprendre dans {retry_after_s} s."
    en = "This vehicle sends more than it can measure; it may go on in {retry_after_s} s."


class Refusal(StrEnum):
    """Why one report was not taken; the others of its batch are."""

    UNREADABLE = "unreadable"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_ALARM = "unknown_alarm"
    UNKNOWN_VEHICLE = "unknown_vehicle"
    BATCH_TOO_LARGE = "batch_too_large"
    TOO_OFTEN = "reports_too_often"
    NUMBER_REUSED = "number_reused"
    POSITION_OUT_OF_RANGE = "position_out_of_range"
    POSITION_SWAPPED = "position_swapped"
    POSITION_WITHOUT_FIX = "position_without_fix"
    POSITION_LEAPT = "position_leapt"
    ACCURACY_OUT_OF_RANGE = "accuracy_out_of_range"
    HEADING_OUT_OF_RANGE = "heading_out_of_range"
    CLOCK_AHEAD = "clock_ahead"
    TOO_OLD = "too_old"
    CHARGE_OUT_OF_RANGE = "charge_out_of_range"
    RANGE_OUT_OF_RANGE = "range_out_of_range"
    ODOMETER_OUT_OF_RANGE = "odometer_out_of_range"
    SPEED_OUT_OF_RANGE = "speed_out_of_range"
    SIGNAL_OUT_OF_RANGE = "signal_out_of_range"


class Fix(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Where a receiver believes to be, WGS 84 degrees."""

    # `gc=False` here and below: none can be part of a cycle, and thousands live while a batch is being stored. No
    # `LonLat`, which checks in Python what is checked here while it is read.
    lon: Annotated[float, Meta(ge=-180, le=180, description="Degrees east", examples=[2.64])]
    lat: Annotated[float, Meta(ge=-90, le=90, description="Degrees north", examples=[50.53049])]
    accuracy_m: Annotated[
        Annotated[float, Meta(ge=0, le=100_000)] | None,
        Meta(description="Radius in metres that holds the true position, as the receiver estimates"),
    ] = None

    @property
    def place(self) -> LonLat:
        return LonLat(self.lon, self.lat)


class Network(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    technology: Annotated[
        str, Meta(pattern=r"^[0-9A-Za-z .+/-]{1,16}$", description="Radio in use", examples=["lte-m"])
    ]
    signal_dbm: Annotated[
        Annotated[int, Meta(ge=-200, le=0)] | None, Meta(description="Strength of the signal", examples=[-95])
    ] = None


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What a vehicle says at one instant. A value it does not know is left out."""

    v: Annotated[Literal[1], Meta(description="Version of this form")] = 1
    boot: Annotated[
        Number, Meta(description="Restarts of the device so far; its numbers may begin anew with each", examples=[12])
    ] = 0
    seq: Annotated[
        Number, Meta(description="Number of the report, never used twice between two restarts", examples=[4711])
    ]
    at: Annotated[datetime, Meta(tz=True, description="Time by the vehicle's clock, with its offset")]
    position: Annotated[Fix | None, Meta(description="Never stored during a rental")] = None
    heading_deg: Annotated[
        Annotated[float, Meta(ge=0, le=360)] | None, Meta(description="Degrees clockwise from north", examples=[270])
    ] = None
    speed_kmh: Annotated[
        Annotated[float, Meta(ge=0, le=200)] | None, Meta(description="Speed in km/h", examples=[0])
    ] = None
    charge_percent: Annotated[
        Annotated[float, Meta(ge=0, le=100)] | None, Meta(description="State of charge", examples=[82.5])
    ] = None
    range_m: Annotated[
        Annotated[int, Meta(ge=0, le=1_000_000)] | None, Meta(description="Metres left", examples=[57750])
    ] = None
    odometer_m: Annotated[
        Annotated[int, Meta(ge=0, le=10_000_000_000)] | None, Meta(description="Metres ever driven", examples=[1204300])
    ] = None
    locked: Annotated[bool | None, Meta(description="Whether the vehicle is locked")] = None
    ignition: Annotated[bool | None, Meta(description="Whether it is switched on")] = None
    charging: Annotated[bool | None, Meta(description="Whether it is being charged")] = None
    alarms: Annotated[
        Annotated[list[Alarm], Meta(max_length=8)] | None,
        Meta(description="What is wrong now; an empty list ends every alarm", examples=[["tipped"]]),
    ] = None
    network: Annotated[Network | None, Meta(description="How the vehicle is connected")] = None


class Doubt(NamedTuple):
    """Why a report was not taken; `detail` names the field and what was expected, never a value that was sent."""

    code: Refusal
    detail: str = ""


class RawBatch(Struct, frozen=True, forbid_unknown_fields=True):
    reports: msgspec.Raw


BATCH: Final = msgspec.json.Decoder(RawBatch)
PARTS: Final = msgspec.json.Decoder(list[msgspec.Raw])
REPORT: Final = msgspec.json.Decoder(Report)
MESSAGE: Final = msgspec.json.Decoder(Report | list[Report])
NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

FIELD = re.compile(r"`\$\.(\w+)(?:\.(\w+))?")
OUT_OF_RANGE: Final = {
    "position": Refusal.POSITION_OUT_OF_RANGE,
    "position.accuracy_m": Refusal.ACCURACY_OUT_OF_RANGE,
    "heading_deg": Refusal.HEADING_OUT_OF_RANGE,
    "speed_kmh": Refusal.SPEED_OUT_OF_RANGE,
    "charge_percent": Refusal.CHARGE_OUT_OF_RANGE,
    "range_m": Refusal.RANGE_OUT_OF_RANGE,
    "odometer_m": Refusal.ODOMETER_OUT_OF_RANGE,
    "network.signal_dbm": Refusal.SIGNAL_OUT_OF_RANGE,
}
NOT_IN_LIST: Final = {"v": Refusal.UNKNOWN_VERSION, "alarms": Refusal.UNKNOWN_ALARM}


def read_batch(body: bytes) -> bytes:
    """The list of reports in the body of a request, as it was sent.

    Raises
    ------
    BatchUnreadable, BatchTooLarge
    """
    try:
        reports = bytes(BATCH.decode(body).reports)
        count = len(PARTS.decode(reports))
    except NOT_JSON:
        raise BatchUnreadable from None
    if count > BATCH_MAX:
        raise BatchTooLarge(count=count, longest=BATCH_MAX)
    return reports


def split(payload: bytes) -> list[msgspec.Raw]:
    """The reports of a message, each unread; a message is one report or a list of them."""
    return PARTS.decode(payload) if payload.lstrip()[:1] == b"[" else [msgspec.Raw(payload)]


def read_together(payloads: Sequence[bytes]) -> Sequence[Report | list[Report] | None]:
    """What each of many messages says; None where something in one is not well, which `read_reports` tells apart."""
    try:
        said = list(map(MESSAGE.decode, payloads))
    except NOT_JSON:
        return [_read_well(payload) for payload in payloads]
    return [None if isinstance(each, list) and len(each) > BATCH_MAX else each for each in said]


def _read_well(payload: bytes) -> Report | list[Report] | None:
    try:
        said = MESSAGE.decode(payload)
    except NOT_JSON:
        return None
    return None if isinstance(said, list) and len(said) > BATCH_MAX else said


def read_reports(payload: bytes) -> list[Report | Doubt] | Doubt:
    """The reports of a message; a bad one does not spoil the others. One doubt alone is about the whole message."""
    try:
        parts = split(payload)
    except NOT_JSON:
        return Doubt(Refusal.UNREADABLE, "no JSON")
    if len(parts) > BATCH_MAX:
        return Doubt(Refusal.BATCH_TOO_LARGE, f"{len(parts)} reports")
    return [read_report(part) for part in parts]


def read_report(raw: msgspec.Raw) -> Report | Doubt:
    """One report, or why it cannot be taken."""
    try:
        return REPORT.decode(raw)
    except msgspec.ValidationError as error:
        return _doubt(str(error))
    except NOT_JSON:
        return Doubt(Refusal.UNREADABLE, "no JSON")


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a message."""
    form = msgspec.json.schema(Report | list[Report])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Telemetry message, version 1", **form}


def _doubt(sentence: str) -> Doubt:
    """What msgspec's sentence means; the field is named in it as `$.position.lon`."""
    field = FIELD.search(sentence)
    names = [name for name in (field.groups() if field else ()) if name]
    if "unknown field" in sentence:
        # The field's name is the sender's own word: it is not repeated.
        return Doubt(Refusal.UNKNOWN_FIELD)
    if "enum value" in sentence and names:
        return Doubt(NOT_IN_LIST.get(names[0], Refusal.UNREADABLE), ".".join(names))
    if ("<=" in sentence or ">=" in sentence) and names:
        whole = ".".join(names)
        return Doubt(OUT_OF_RANGE.get(whole) or OUT_OF_RANGE.get(names[0], Refusal.UNREADABLE), sentence)
    return Doubt(Refusal.UNREADABLE, sentence.partition(" - at ")[2] or "not of this form")
