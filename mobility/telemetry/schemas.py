from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody
from msgspec import Meta, Struct

from mobility.geo import LonLat
from mobility.telemetry.rules.messages import Outcome
from mobility.telemetry.rules.reports import BATCH_MAX, Refusal, Report
from mobility.telemetry.rules.traccar import Forward
from mobility.telemetry.tables import TelemetryReport


class TelemetryBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What vehicles send; the handler reads it report by report, so that a bad one does not refuse the others."""

    reports: Annotated[list[Report], Meta(max_length=BATCH_MAX, description="In any order, late and repeated ones too")]


class RefusedReport(Struct, frozen=True):
    index: Annotated[int, Meta(description="Place of the report in the batch, from 0")]
    code: Annotated[Refusal, Meta(description="Why it was not taken; do not send it again")]


class BatchResult(Struct, frozen=True):
    accepted: Annotated[int, Meta(description="Reports stored now", examples=[498])]
    repeated: Annotated[int, Meta(description="Reports stored before, by their `boot` and `seq`", examples=[1])]
    refused: list[RefusedReport]

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        refused = [RefusedReport(each.index or 0, each.code) for each in outcome.refused]
        return cls(outcome.accepted, outcome.repeated, refused)


class ReportView(Struct, frozen=True, kw_only=True):
    """A report as it is kept; what the vehicle did not say is null."""

    boot: Annotated[int, Meta(description="Restarts of the device so far")]
    seq: Annotated[int, Meta(description="Number of the report", examples=[4711])]
    at: Annotated[datetime, Meta(description="Time by the vehicle's clock")]
    received_at: datetime
    position: Annotated[LonLat | None, Meta(description="Null as well when it was made during a rental")]
    accuracy_m: float | None
    heading_deg: float | None
    speed_kmh: float | None
    charge_percent: Annotated[float | None, Meta(description="As the vehicle said, believed or not")]
    range_m: int | None
    odometer_m: int | None
    locked: bool | None
    ignition: bool | None
    charging: bool | None
    alarms: list[str] | None
    network_technology: str | None
    signal_dbm: int | None

    @classmethod
    def of(cls, report: TelemetryReport) -> Self:
        lon, lat = report.lon, report.lat
        plain = {name: getattr(report, name) for name in cls.__struct_fields__ if name != "position"}
        return cls(position=None if lon is None or lat is None else LonLat(lon, lat), **plain)


class VehicleDay(Struct, frozen=True):
    day: Annotated[date, Meta(description="In the city's time zone")]
    items: Annotated[list[ReportView], Meta(description="In the order of their numbers")]
    next: Annotated[str | None, Meta(description="Pass as `after` for the rest of the day")]


class SilentVehicle(Struct, frozen=True):
    id: UUID
    plate: Annotated[str, Meta(examples=["AT-017"])]
    heard_at: datetime


class TelemetryHealth(Struct, frozen=True, kw_only=True):
    """What became of a city's reports on a day (UTC). Counters may lose a little when a process is killed."""

    day: date
    accepted: Annotated[int, Meta(description="Reports stored", examples=[861_204])]
    repeated: Annotated[int, Meta(description="Reports that were stored before", examples=[93])]
    refused: Annotated[dict[str, int], Meta(description="By code", examples=[{"position_without_fix": 12}])]
    strangers: Annotated[
        dict[str, int],
        Meta(description="What came in the name of no vehicle of any city, by code", examples=[{"unknown_vehicle": 3}]),
    ]
    last_heard_at: Annotated[datetime | None, Meta(description="When any vehicle was last heard, by our clock")]
    silent_since: Annotated[datetime, Meta(description="Vehicles not heard since then count as silent")]
    silent: Annotated[list[SilentVehicle], Meta(description="At most 100, the longest silent first")]


@dataclass
class BytesOperation(Operation):
    """Publishes the schema of a body that the handler takes as bytes."""

    read_as: ClassVar[type[Struct]]

    def __post_init__(self) -> None:
        schema, parts = msgspec.json.schema_components([self.read_as])
        body: Any = _inline(schema[0], parts)
        self.request_body = RequestBody(required=True, content={"application/json": OpenAPIMediaType(schema=body)})


class BatchOperation(BytesOperation):
    read_as = TelemetryBatch


class ForwardOperation(BytesOperation):
    read_as = Forward


def _inline(schema: Any, parts: dict[str, Any]) -> Any:
    """The schema with its references replaced by what they name."""
    if isinstance(schema, dict):
        named = parts[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
        own = {key: value for key, value in schema.items() if key != "$ref"}
        return {key: _inline(value, parts) for key, value in {**named, **own}.items()}
    return [_inline(each, parts) for each in schema] if isinstance(schema, list) else schema
