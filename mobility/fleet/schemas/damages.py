from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from msgspec import Meta, Struct

from mobility.city.rules.city_file import MaintenanceRule
from mobility.fleet.rules.damages import WORDS_LENGTH_MAX, DamageState, Kind, ReporterRole, Said, Severity
from mobility.fleet.rules.photos import UPLOAD_BYTES_MAX
from mobility.fleet.tables import Damage, DamagePhoto, DamageReport, Vehicle, WorkOrder
from mobility.geo import LonLat

JPEG = "image/jpeg"
# Who sent a picture looks at it again within the hour; nobody between us and them may keep it.
PRIVATE = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'"}

DamageKind = Annotated[Kind, Meta(examples=["brake"])]
HowBad = Annotated[
    Severity,
    Meta(description="minor: it looks bad; major: it disturbs the ride; critical: nobody may ride", examples=["major"]),
]
Words = (
    Annotated[
        str,
        Meta(
            max_length=WORDS_LENGTH_MAX,
            description="In the reporter's own words",
            examples=["The left lever is loose"],
        ),
    ]
    | None
)
Note = Annotated[str, Meta(max_length=WORDS_LENGTH_MAX, description="For colleagues", examples=["New pads"])] | None


class DamageSaid(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is wrong with a vehicle."""

    kind: DamageKind
    severity: HowBad
    words: Words = None

    @property
    def said(self) -> Said:
        return Said(kind=self.kind, severity=self.severity, words=self.words)


class DamageSaidBeside(DamageSaid, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is wrong with the vehicle that the reporter stands beside, named by its plate or its public id."""

    plate: (
        Annotated[str, Meta(min_length=1, max_length=40, description="Label on the vehicle", examples=["AT-017"])]
        | None
    ) = None
    vehicle_id: Annotated[UUID | None, Meta(description="Public id, as a search gives it")] = None
    position: Annotated[LonLat, Meta(description="Where the reporter stands; compared, and not kept")]


class PhotoView(Struct, kw_only=True, frozen=True):
    id: Annotated[UUID, Meta(description="Read the picture at /v1/damage-photos/{id}")]
    width_px: Annotated[int, Meta(examples=[1600])]
    height_px: Annotated[int, Meta(examples=[1200])]

    @classmethod
    def of(cls, photo: DamagePhoto) -> Self:
        return cls(id=photo.id, width_px=photo.width_px, height_px=photo.height_px)


class DamageReportView(Struct, kw_only=True, frozen=True):
    """What one person said, and what became of it."""

    id: UUID
    kind: DamageKind
    severity: HowBad
    words: Words
    reported_at: datetime
    state: Annotated[DamageState, Meta(description="Of the damage, which others may have reported too")]
    photos: list[PhotoView]

    @classmethod
    def of(cls, report: DamageReport) -> Self:
        return cls(
            id=report.id,
            kind=report.damage.kind,  # type: ignore[arg-type]  # the table's check constraint
            severity=report.severity,  # type: ignore[arg-type]
            words=report.words,
            reported_at=report.reported_at,
            state=DamageState(report.damage.state),
            photos=[PhotoView.of(photo) for photo in report.photos],
        )


class DamageReportList(Struct, kw_only=True, frozen=True):
    """Newest first."""

    items: list[DamageReportView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class DamageAccount(Struct, kw_only=True, frozen=True):
    """A report as operators read it: by whom is told as a role, not as a name."""

    id: UUID
    role: ReporterRole
    severity: HowBad
    words: Words
    reported_at: datetime
    photos: list[PhotoView]

    @classmethod
    def of(cls, report: DamageReport) -> Self:
        return cls(
            id=report.id,
            role=report.role,  # type: ignore[arg-type]  # the table's check constraint
            severity=report.severity,  # type: ignore[arg-type]
            words=report.words,
            reported_at=report.reported_at,
            photos=[PhotoView.of(photo) for photo in report.photos],
        )


class DamageView(Struct, kw_only=True, frozen=True):
    """Something wrong with a vehicle; reports of the same kind while it is not closed are reports of it."""

    id: UUID
    vehicle_id: UUID
    plate: Annotated[str, Meta(examples=["AT-017"])]
    kind: DamageKind
    severity: Annotated[
        Severity, Meta(description="The worst that was said, or what an operator decided", examples=["major"])
    ]
    state: DamageState
    opened_at: datetime
    decided_at: datetime | None
    closed_at: datetime | None
    note: Note
    reports: Annotated[list[DamageAccount], Meta(description="The first 20, oldest first")]

    @classmethod
    def of(cls, damage: Damage, vehicle: Vehicle, reports: list[DamageReport]) -> Self:
        return cls(
            id=damage.id,
            vehicle_id=vehicle.id,
            plate=vehicle.plate,
            kind=damage.kind,  # type: ignore[arg-type]  # the table's check constraint
            severity=damage.severity,  # type: ignore[arg-type]
            state=DamageState(damage.state),
            opened_at=damage.opened_at,
            decided_at=damage.decided_at,
            closed_at=damage.closed_at,
            note=damage.note,
            reports=[DamageAccount.of(report) for report in reports],
        )


class DamageList(Struct, kw_only=True, frozen=True):
    """Newest first."""

    items: list[DamageView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class DamageConfirmation(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """It is so."""

    severity: Annotated[
        Severity | None, Meta(description="How bad it is; left out, as bad as was said", examples=["critical"])
    ] = None
    note: Note = None


class DamageClosing(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """It is none, or no more."""

    note: Note = None


class WorkOrderView(Struct, kw_only=True, frozen=True):
    """Work due on a vehicle: by its odometer, by the calendar or for a damage."""

    id: UUID
    vehicle_id: UUID
    plate: Annotated[str, Meta(examples=["AT-017"])]
    cause: Annotated[Literal["odometer", "date", "damage"], Meta(examples=["odometer"])]
    rule: Annotated[str | None, Meta(description="Code of the city's maintenance rule", examples=["service"])]
    name: Annotated[
        dict[str, str] | None,
        Meta(description="Of the rule, by language; null once it left the city file", examples=[{"en": "Service"}]),
    ]
    due_odometer_m: Annotated[int | None, Meta(description="Metres", examples=[5_000_000])]
    due_on: Annotated[date | None, Meta(description="A day of the city's calendar")]
    damage_id: UUID | None
    damage_kind: Annotated[Kind | None, Meta(examples=["brake"])]
    holds: Annotated[bool, Meta(description="Whether the vehicle is not for rent until it is done")]
    state: Literal["open", "in_progress", "done", "cancelled"]
    created_at: datetime
    started_at: datetime | None
    done_at: datetime | None
    odometer_m: Annotated[int | None, Meta(description="When it was done, metres", examples=[5_012_300])]
    note: Note

    @classmethod
    def of(cls, order: WorkOrder, vehicle: Vehicle, damage_kind: str | None, rules: Sequence[MaintenanceRule]) -> Self:
        by_date: Literal["odometer", "date"] = "date" if order.due_on else "odometer"
        return cls(
            id=order.id,
            vehicle_id=vehicle.id,
            plate=vehicle.plate,
            cause="damage" if order.damage_id else by_date,
            rule=order.rule_code,
            name=next((rule.name for rule in rules if rule.code == order.rule_code), None),
            due_odometer_m=order.due_odometer_m,
            due_on=order.due_on,
            damage_id=order.damage_id,
            damage_kind=damage_kind,  # type: ignore[arg-type]  # the table's check constraint
            holds=order.done_at is None and (order.holds or order.state == "in_progress"),
            state=order.state,  # type: ignore[arg-type]
            created_at=order.created_at,
            started_at=order.started_at,
            done_at=order.done_at,
            odometer_m=order.odometer_m,
            note=order.note,
        )


class WorkOrderList(Struct, kw_only=True, frozen=True):
    """Newest first."""

    items: list[WorkOrderView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class WorkDone(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What was done."""

    odometer_m: (
        Annotated[
            int, Meta(ge=1, le=10_000_000_000, description="As read off, metres; left out, what the vehicle last said")
        ]
        | None
    ) = None
    note: Note = None


@dataclass
class PhotoOperation(Operation):
    """Publishes a body that the handler takes as bytes: one photo."""

    def __post_init__(self) -> None:
        photo: Any = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
        self.request_body = RequestBody(
            required=True,
            description=f"One photo, {UPLOAD_BYTES_MAX // 1_000_000} MB at most; known by its bytes, not by its header",
            content=dict.fromkeys(("image/jpeg", "image/png", "image/webp"), photo),
        )
