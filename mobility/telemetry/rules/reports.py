"""What a vehicle may say of itself, and what is not believed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from mobility.base.errors import Malformed, TooLarge, Unauthenticated
from mobility.fleet.rules.rentals import CLOCK_TOLERANCE, Span, in_rental
from mobility.geo import Bounds, LonLat, PositionOutOfRange

# A quarter of an hour of a vehicle that reports every two seconds; larger batches gain nothing measurable per row.
BATCH_MAX = 500
AGE_MAX = timedelta(hours=24)  # a day on a dead network is repeated once it is back; older stories are noise

CHARGE_PERCENT = (0, 100)
SPEED_KMH = (0, 200)
RANGE_M = (0, 1_000_000)
ODOMETER_M = (0, 10_000_000_000)


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


class Refusal(StrEnum):
    """Why one report of a batch was not taken; the others are."""

    UNREADABLE = "unreadable"
    UNKNOWN_FIELD = "unknown_field"
    POSITION_OUT_OF_RANGE = "position_out_of_range"
    POSITION_SWAPPED = "position_swapped"
    POSITION_WITHOUT_FIX = "position_without_fix"
    CLOCK_AHEAD = "clock_ahead"
    TOO_OLD = "too_old"
    CHARGE_OUT_OF_RANGE = "charge_out_of_range"
    RANGE_OUT_OF_RANGE = "range_out_of_range"
    ODOMETER_OUT_OF_RANGE = "odometer_out_of_range"
    SPEED_OUT_OF_RANGE = "speed_out_of_range"


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a vehicle says at one instant. A value it does not know is left out."""

    seq: Annotated[
        int,
        Meta(ge=0, le=2**63 - 1, description="Number of the report, never used twice by a vehicle", examples=[4711]),
    ]
    at: Annotated[datetime, Meta(tz=True, description="Time by the vehicle's clock, with its offset")]
    position: Annotated[LonLat | None, Meta(description="WGS 84 degrees; never stored during a rental")] = None
    charge_percent: Annotated[float | None, Meta(description="State of charge, 0 to 100", examples=[82.5])] = None
    range_m: Annotated[int | None, Meta(description="Metres left, 0 to 1,000,000", examples=[57750])] = None
    odometer_m: Annotated[int | None, Meta(description="Metres ever driven, from 0", examples=[1204300])] = None
    speed_kmh: Annotated[float | None, Meta(description="Speed in km/h, 0 to 200", examples=[0])] = None
    locked: Annotated[bool | None, Meta(description="Whether the vehicle is locked")] = None


class RawBatch(Struct, frozen=True, forbid_unknown_fields=True):
    reports: list[msgspec.Raw]


BATCH: Final = msgspec.json.Decoder(RawBatch)
REPORT: Final = msgspec.json.Decoder(Report)


def read_batch(body: bytes) -> list[msgspec.Raw]:
    """The reports of a batch, each still unread, so that a bad one cannot spoil the others.

    Raises
    ------
    BatchUnreadable, BatchTooLarge
    """
    try:
        reports = BATCH.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BatchUnreadable from None
    if len(reports.reports) > BATCH_MAX:
        raise BatchTooLarge(count=len(reports.reports), longest=BATCH_MAX)
    return reports.reports


def read_report(raw: msgspec.Raw, *, now: datetime, bounds: Bounds) -> Report | Refusal:
    """One report, or why it is not believed; `bounds` are the city's."""
    try:
        report = REPORT.decode(raw)
    except PositionOutOfRange:
        return Refusal.POSITION_OUT_OF_RANGE
    except msgspec.DecodeError as error:
        return Refusal.UNKNOWN_FIELD if "unknown field" in str(error) else Refusal.UNREADABLE
    return _implausible(report, now=now, bounds=bounds) or report


def by_number(reports: Sequence[Report]) -> list[Report]:
    """The reports in the order of their numbers; of two with one number the first said counts."""
    first_said = {report.seq: report for report in reversed(reports)}
    return sorted(first_said.values(), key=lambda report: report.seq)


def without_trail(report: Report, rentals: Sequence[Span]) -> Report:
    """The report without its position if the vehicle was rented when it was made."""
    if report.position is None or not in_rental(rentals, report.at):
        return report
    return msgspec.structs.replace(report, position=None)


def _implausible(report: Report, *, now: datetime, bounds: Bounds) -> Refusal | None:
    position = report.position
    found = {
        Refusal.CLOCK_AHEAD: report.at > now + CLOCK_TOLERANCE,
        Refusal.TOO_OLD: report.at < now - AGE_MAX,
        Refusal.POSITION_SWAPPED: position is not None and bounds.looks_swapped(position),
        # What receivers say before they have found a satellite.
        Refusal.POSITION_WITHOUT_FIX: position == LonLat(0, 0),
        Refusal.CHARGE_OUT_OF_RANGE: _outside(report.charge_percent, CHARGE_PERCENT),
        Refusal.RANGE_OUT_OF_RANGE: _outside(report.range_m, RANGE_M),
        Refusal.ODOMETER_OUT_OF_RANGE: _outside(report.odometer_m, ODOMETER_M),
        Refusal.SPEED_OUT_OF_RANGE: _outside(report.speed_kmh, SPEED_KMH),
    }
    return next((refusal for refusal, is_so in found.items() if is_so), None)


def _outside(value: float | None, limits: tuple[float, float]) -> bool:
    return value is not None and not limits[0] <= value <= limits[1]
