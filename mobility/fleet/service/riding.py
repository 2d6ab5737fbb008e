"""Vehicles in a rental and the zones they ride through: speed limits, and what rider and desk are told.

A zone's code is the most that is kept of where a ride was, and no longer than `KEPT`.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet.rules.commands import Command, Kind, State
from mobility.fleet.rules.rentals import RENTED
from mobility.fleet.rules.riding import ALERTS, Declined, Notice, Ridden
from mobility.fleet.service import alerts, commands
from mobility.fleet.service.states import Actor
from mobility.fleet.tables import RideNotice, VehicleCommand

# As long as a rider may complain of a ride that was slowed down.
KEPT = timedelta(days=7)
BY_ZONE = "zone"

OPEN = RideNotice.until.is_(None)

RIDDEN = """
    SELECT vehicle.id, ride.rental_id, status.speed_limit_kmh,
        desk.kmh AS desk_kmh, told.state, (told.arguments ->> 'speed_limit_kmh')::int AS told_kmh, told.issued_at,
        (
            SELECT jsonb_agg(jsonb_build_array(notice.kind, notice.zone_code)) FROM ride_notice AS notice
            WHERE notice.rental_id = ride.rental_id AND notice.until IS NULL
        ) AS notices
    FROM unnest(CAST(:vehicle_ids AS uuid[]), CAST(:rental_ids AS uuid[])) AS ride (vehicle_id, rental_id)
    JOIN vehicle ON vehicle.id = ride.vehicle_id AND vehicle.state = ANY (:rented)
    JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
    LEFT JOIN LATERAL (
        SELECT state, arguments, issued_at FROM vehicle_command AS command
        WHERE command.vehicle_id = vehicle.id AND command.kind = 'set_speed_limit'
        ORDER BY command.id DESC LIMIT 1
    ) AS told ON true
    LEFT JOIN LATERAL (
        SELECT (arguments ->> 'speed_limit_kmh')::int AS kmh FROM vehicle_command AS command
        WHERE command.vehicle_id = vehicle.id AND command.kind = 'set_speed_limit'
            AND command.actor = 'operator' AND command.state = 'confirmed'
        ORDER BY command.id DESC LIMIT 1
    ) AS desk ON true
    ORDER BY vehicle.id
"""
# One that another consumer is at work on will be looked at again with its next report.
LOCKED = " FOR NO KEY UPDATE OF status SKIP LOCKED"


async def list_ridden(
    session: AsyncSession, rentals: Mapping[UUID, UUID | None], *, locked: bool = False
) -> dict[UUID, Ridden]:
    """Of vehicles with their rentals those that are still rented; if `locked`, kept from other consumers till the end.

    A vehicle that somebody else keeps is then left out.
    """
    asked = {"vehicle_ids": list(rentals), "rental_ids": list(rentals.values()), "rented": sorted(RENTED)}
    rows = await session.execute(text(RIDDEN + LOCKED if locked else RIDDEN), asked)
    return {row.id: _ridden(row) for row in rows}


async def list_notices(session: AsyncSession, rental_ids: Collection[UUID]) -> dict[UUID, list[RideNotice]]:
    """What the riders of these rentals are told at the moment, oldest first; those told nothing are left out."""
    notices: dict[UUID, list[RideNotice]] = {}
    if rental_ids:
        held = select(RideNotice).where(RideNotice.rental_id.in_(rental_ids), OPEN).order_by(RideNotice.since)
        for notice in await session.scalars(held):
            notices.setdefault(notice.rental_id, []).append(notice)
    return notices


async def limit_speed(session: AsyncSession, clock: Clock, ridden: Ridden, limit_kmh: int | None) -> VehicleCommand:
    """Tell a vehicle how fast it may go, None for as fast as its class. Which zone asks for it is not kept."""
    command = Command(Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": limit_kmh})
    cause = {"rental_id": ridden.rental_id, "reason": BY_ZONE}
    return await commands.send(session, clock, ridden.vehicle_id, command, actor=Actor.SYSTEM, **cause)  # type: ignore[arg-type]


async def tell_rider(session: AsyncSession, clock: Clock, ridden: Ridden, notices: frozenset[Notice]) -> None:
    """Begin the notices that hold of a ride now, and end those that do not any more; the desk has an alert of each."""
    if ridden.rental_id is None:
        return
    for notice in sorted(ridden.notices - notices):
        await _end(session, clock, RideNotice.rental_id == ridden.rental_id, RideNotice.kind == notice.kind)
        await alerts.settle(session, clock, ridden.vehicle_id, ALERTS[notice.kind])
    for notice in sorted(notices - ridden.notices):
        row = {"rental_id": ridden.rental_id, "vehicle_id": ridden.vehicle_id, **notice._asdict()}
        await session.execute(insert(RideNotice).values(**row, since=clock.now()).on_conflict_do_nothing())
        facts = {"zone": notice.zone_code} if notice.zone_code else {}
        await alerts.note(session, clock, ridden.vehicle_id, ALERTS[notice.kind], facts)


async def end_notices(session: AsyncSession, clock: Clock, vehicle_id: UUID) -> None:
    """The ride is over: whatever its rider was told holds no more."""
    held = select(RideNotice.kind).where(RideNotice.vehicle_id == vehicle_id, OPEN)
    kinds = (await session.scalars(held)).all()
    if kinds:
        await _end(session, clock, RideNotice.vehicle_id == vehicle_id)
    for kind in kinds:
        await alerts.settle(session, clock, vehicle_id, ALERTS[kind])  # type: ignore[index]  # the table's check


async def forget(session: AsyncSession, clock: Clock) -> int:
    """Delete what says where rides were, by zone or by speed limit, once nobody can ask about it any more; how many."""
    before = clock.now() - KEPT
    by_zone = VehicleCommand.kind == Kind.SET_SPEED_LIMIT, VehicleCommand.reason == BY_ZONE
    old = (
        delete(RideNotice).where(RideNotice.until < before).returning(RideNotice.id),
        delete(VehicleCommand).where(*by_zone, VehicleCommand.settled_at < before).returning(VehicleCommand.id),
    )
    return sum([len((await session.scalars(rows)).all()) for rows in old])


async def _end(session: AsyncSession, clock: Clock, *which: Any) -> None:
    await session.execute(update(RideNotice).where(OPEN, *which).values(until=clock.now()))


def _ridden(row: Row[Any]) -> Ridden:
    is_on_its_way = row.state == State.SENT
    was_declined = row.state in (State.REFUSED, State.EXPIRED)
    return Ridden(
        vehicle_id=row.id,
        rental_id=row.rental_id,
        speed_limit_kmh=row.told_kmh if is_on_its_way else row.speed_limit_kmh,
        desk_limit_kmh=row.desk_kmh,
        declined=Declined(row.told_kmh, row.issued_at) if was_declined else None,
        notices=frozenset(Notice(*each) for each in row.notices or ()),
    )
