from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.booking.rules.looks import MINUTES_DEFAULT, MINUTES_MAX, LookState, Purpose, is_told
from mobility.booking.service.drivers import Driver
from mobility.booking.service.looks import state_at
from mobility.booking.tables import AccessLogEntry, Assistance, Rental
from mobility.fleet.tables import Sighting
from mobility.geo import LonLat

Reason = Annotated[
    str,
    Meta(min_length=3, max_length=500, description="Why, for the access log", examples=["Fine 2026-1187, red light"]),
]


class AssistanceRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    purpose: Annotated[
        Purpose,
        Meta(
            description="assistance: the rider needs help and is told at once; theft: the vehicle is believed stolen, "
            "and the rider is told when the look is over"
        ),
    ]
    reason: Reason
    minutes: Annotated[int, Meta(ge=1, le=MINUTES_MAX, description="How long it stays open")] = MINUTES_DEFAULT


class AssistanceView(Struct, kw_only=True):
    """A look at where a rented vehicle is; the position itself is asked for apart."""

    id: UUID
    vehicle_id: UUID
    purpose: Purpose
    reason: str
    state: Annotated[
        Literal["asked", "open", "over"], Meta(description="asked: a second person has to open it; over: for good")
    ]
    asked_by: UUID
    asked_at: datetime
    approved_by: UUID | None
    opened_at: datetime | None
    until: Annotated[datetime, Meta(description="When it is over by itself; until opened, when the request lapses")]
    closed_at: datetime | None
    closed_by: Annotated[UUID | None, Meta(description="null when the time was up or the ride ended")]

    @classmethod
    def of(cls, found: Assistance, now: datetime) -> Self:
        return cls(
            id=found.id,
            vehicle_id=found.vehicle_id,
            purpose=Purpose(found.purpose),
            reason=found.reason,
            state=state_at(found, now).value,
            asked_by=found.asked_by,
            asked_at=found.asked_at,
            approved_by=found.approved_by,
            opened_at=found.opened_at,
            until=found.until,
            closed_at=found.closed_at,
            closed_by=found.closed_by,
        )


class AssistanceList(Struct, kw_only=True):
    """The latest asked for first."""

    items: Sequence[AssistanceView]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]


class SightingView(Struct, kw_only=True):
    """Where the vehicle was when it last said so; only this is kept, and only while the look is open."""

    position: Annotated[LonLat | None, Meta(description="null until the vehicle says where it is")]
    at: Annotated[datetime | None, Meta(description="By the vehicle's clock")]
    speed_kmh: float | None

    @classmethod
    def of(cls, seen: Sighting | None) -> Self:
        if seen is None or seen.lon is None or seen.lat is None:
            return cls(position=None, at=None, speed_kmh=None)
        return cls(position=LonLat(seen.lon, seen.lat), at=seen.at, speed_kmh=seen.speed_kmh)


class DriverView(Struct, kw_only=True):
    """Who had a vehicle, as the authority that fines asks for it."""

    rental_id: UUID
    account_id: UUID
    name: str
    email: str | None
    phone: str | None
    started_at: datetime
    ended_at: Annotated[datetime | None, Meta(description="null while the ride goes on")]

    @classmethod
    def of(cls, driver: Driver) -> Self:
        rental, account = driver.rental, driver.account
        return cls(
            rental_id=rental.id,
            account_id=account.id,
            name=account.name,
            email=account.email,
            phone=account.phone,
            started_at=rental.started_at or rental.requested_at,
            ended_at=rental.ended_at,
        )


class AccessView(Struct, kw_only=True):
    """Somebody of the staff looked at who rode, or at where a rider was."""

    id: int
    at: datetime
    account_id: Annotated[UUID, Meta(description="Who looked")]
    kind: Annotated[Literal["driver", "position"], Meta(description="driver: at who rode; position: at where")]
    vehicle_id: UUID
    rental_id: Annotated[UUID | None, Meta(description="null when nobody rode")]
    assistance_id: UUID | None
    about: Annotated[datetime, Meta(description="The instant that was asked about")]
    reason: str

    @classmethod
    def of(cls, entry: AccessLogEntry) -> Self:
        return cls(
            id=entry.id,
            at=entry.at,
            account_id=entry.account_id,
            kind=entry.kind,  # type: ignore[arg-type]  # the table's check constraint
            vehicle_id=entry.vehicle_id,
            rental_id=entry.rental_id,
            assistance_id=entry.assistance_id,
            about=entry.about,
            reason=entry.reason,
        )


class AccessList(Struct, kw_only=True):
    """The latest first."""

    items: Sequence[AccessView]
    next: Annotated[int | None, Meta(description="`after` of the next page; null on the last")]


class LocatedView(Struct, kw_only=True):
    """The service looked at where the rider's vehicle was: two of its people had leave to, for a time."""

    purpose: Purpose
    opened_at: datetime
    until: Annotated[datetime, Meta(description="When it is or was over")]
    is_open: bool
    looks: Annotated[int, Meta(description="How often they looked")]

    @classmethod
    def told(cls, rental: Rental, now: datetime) -> list[Self]:
        """Those of a ride that its rider is told of by now."""
        found = ((each, state_at(each, now)) for each in rental.assistances)
        return [
            cls(
                purpose=Purpose(each.purpose),
                opened_at=each.opened_at,
                until=each.closed_at or each.until,
                is_open=state is LookState.OPEN,
                looks=len(each.looks),
            )
            for each, state in found
            if each.opened_at is not None and is_told(each.purpose, state)
        ]
