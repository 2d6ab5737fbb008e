"""Damage: said by riders, operators and crews, decided by operators, closed by whoever repaired it."""

from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.fleet import queries
from mobility.fleet.rules.damages import (
    ALONE,
    CLOSED,
    DANGEROUS,
    SEVERITIES,
    DamageState,
    ReporterRole,
    Said,
    Severity,
    UnknownDamage,
    UnknownDamageReport,
    Word,
    decide,
)
from mobility.fleet.service import alerts
from mobility.fleet.service.off_road import bring_back, take_off_road
from mobility.fleet.service.work_orders import close_order_of, open_order_for
from mobility.fleet.tables import Damage, DamageReport, Vehicle


async def report(
    session: AsyncSession,
    clock: Clock,
    vehicle_id: UUID,
    said: Said,
    *,
    role: ReporterRole,
    reporter_id: UUID,
    rental_id: UUID | None = None,
) -> DamageReport:
    """Keep what somebody says of a vehicle; said before of the same kind, it is the same damage.

    A dangerous damage takes the vehicle out of service at once, whoever says so: a moped too many at the workshop
    costs less than a brake too few on the road.

    Raises
    ------
    UnknownVehicle
    """
    vehicle = await queries.get_vehicle(session, vehicle_id)
    damage = await _damage_of(session, clock, vehicle, said)
    heard = DamageReport(
        damage_id=damage.id,
        role=role,
        reporter_id=reporter_id,
        rental_id=rental_id,
        severity=said.severity,
        words=said.words,
        reported_at=clock.now(),
    )
    session.add(heard)
    await session.flush()
    if damage.severity == DANGEROUS:
        await take_off_road(session, clock, vehicle_id, "damage")
    facts = {"damage_id": str(damage.id), "damage": damage.kind, "damage_severity": damage.severity}
    await alerts.note(session, clock, vehicle_id, "open_damage", facts)
    return await get_report(session, heard.id, reporter_id)


async def get_report(session: AsyncSession, report_id: UUID, reporter_id: UUID) -> DamageReport:
    """A person's own report with its damage and photos; raises `UnknownDamageReport`, for anybody else's too."""
    own = select(DamageReport).where(DamageReport.id == report_id, DamageReport.reporter_id == reporter_id)
    found = await session.scalar(
        own.options(joinedload(DamageReport.damage), selectinload(DamageReport.photos)).execution_options(
            populate_existing=True
        )
    )
    if found is None:
        raise UnknownDamageReport
    return found


async def get_damage(session: AsyncSession, damage_id: UUID) -> Damage:
    """Raises `UnknownDamage`."""
    damage = await session.get(Damage, damage_id)
    if damage is None:
        raise UnknownDamage
    return damage


async def confirm(
    session: AsyncSession,
    clock: Clock,
    damage_id: UUID,
    *,
    operator_id: UUID,
    severity: Severity | None,
    note: str | None,
) -> Damage:
    """It is so, and as bad as `severity` says if the operator knows better: a crew is ordered to repair it.

    Raises
    ------
    UnknownDamage, DamageClosed
    """
    damage = await _decided(session, clock, damage_id, Word.CONFIRM, operator_id, note)
    damage.severity = severity or damage.severity
    await session.flush()
    await open_order_for(session, clock, damage)
    if damage.severity == DANGEROUS:
        await take_off_road(session, clock, damage.vehicle_id, "damage")
    else:
        await bring_back(session, clock, damage.vehicle_id)
    return damage


async def dismiss(
    session: AsyncSession, clock: Clock, damage_id: UUID, *, operator_id: UUID, note: str | None
) -> Damage:
    """It is none. Raises `UnknownDamage`, `DamageClosed`."""
    return await _close(session, clock, damage_id, Word.DISMISS, operator_id, note)


async def repair(
    session: AsyncSession,
    clock: Clock,
    damage_id: UUID,
    *,
    by: UUID,
    note: str | None,
    odometer_m: int | None = None,
) -> Damage:
    """It is no more, and its work order is done. Raises `UnknownDamage`, `DamageClosed`, `OdometerImplausible`."""
    return await _close(session, clock, damage_id, Word.REPAIR, by, note, odometer_m)


async def _close(
    session: AsyncSession,
    clock: Clock,
    damage_id: UUID,
    word: Word,
    by: UUID,
    note: str | None,
    odometer_m: int | None = None,
) -> Damage:
    damage = await _decided(session, clock, damage_id, word, by, note)
    await close_order_of(session, clock, damage, by=by, odometer_m=odometer_m)
    await bring_back(session, clock, damage.vehicle_id)
    others = exists().where(Damage.vehicle_id == damage.vehicle_id, Damage.closed_at.is_(None))
    if not await session.scalar(select(others)):
        await alerts.settle(session, clock, damage.vehicle_id, "open_damage")
    return damage


async def _decided(
    session: AsyncSession, clock: Clock, damage_id: UUID, word: Word, by: UUID, note: str | None
) -> Damage:
    damage = await _lock(session, damage_id)
    before, damage.state = damage.state, decide(damage.state, word)
    if before != damage.state:
        damage.decided_at, damage.decided_by = clock.now(), by
        damage.closed_at = clock.now() if damage.state in CLOSED else None
    damage.note = note or damage.note
    await session.flush()
    return damage


async def _lock(session: AsyncSession, damage_id: UUID) -> Damage:
    """The damage, kept from others until the transaction ends; always locked before its order and its vehicle."""
    damage = await session.get(Damage, damage_id, with_for_update={"key_share": True}, populate_existing=True)
    if damage is None:
        raise UnknownDamage
    return damage


async def _damage_of(session: AsyncSession, clock: Clock, vehicle: Vehicle, said: Said) -> Damage:
    """The open damage of the kind, made worse if that is what is said; a new one where there is none."""
    row = insert(Damage).values(
        id=new_id(),
        vehicle_id=vehicle.id,
        city_id=vehicle.city_id,
        kind=said.kind,
        severity=said.severity,
        state=DamageState.OPEN,
        opened_at=clock.now(),
    )
    if said.kind != ALONE:
        worse = _rank(row.excluded.severity) > _rank(Damage.severity)
        row = row.on_conflict_do_update(
            index_elements=["vehicle_id", "kind"],
            index_where=text("closed_at IS NULL AND kind <> 'other'"),
            set_={"severity": case((worse, row.excluded.severity), else_=Damage.severity)},
        )
    written = select(Damage).from_statement(row.returning(Damage)).execution_options(populate_existing=True)
    damage: Damage = (await session.scalars(written)).one()
    return damage


def _rank(severity: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[int]:
    return case({each: rank for rank, each in enumerate(SEVERITIES)}, value=severity)
