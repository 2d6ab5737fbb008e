import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.tables import City
from mobility.db.session import Sessions, transaction
from mobility.fleet.ports import PhotoStore, RadioUnavailable, VehicleRadio
from mobility.fleet.service import alerts, commands, parking_photos, photos, riding
from mobility.fleet.service.upkeep import open_due_orders

# No request lasts so long: a picture that has no row by then never gets one.
ORPHAN_AFTER = timedelta(hours=1)

log = structlog.get_logger()


async def publish_commands(sessions: Sessions, clock: Clock, radio: VehicleRadio) -> int:
    """Publish the commands that are due; how many are on the air.

    Dying at any point loses nothing: what was leased and not published is due again seconds later.
    """
    async with transaction(sessions) as session:
        due = await commands.lease_due(session, clock)
    return sum(await asyncio.gather(*(_publish(radio, each) for each in due)))


async def expire_commands(session: AsyncSession, clock: Clock) -> int:
    """Give the commands that no vehicle answered in time their final answer; how many."""
    return await commands.expire_due(session, clock)


async def forget_commands(session: AsyncSession, clock: Clock) -> int:
    """Forget the commands that nobody will ask about any more; how many."""
    return await commands.forget_old(session, clock)


async def forget_alerts(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Forget the alerts and tasks that were over longer ago than that; how many."""
    return await alerts.forget(session, clock, timedelta(days=kept_days))


async def forget_zones(session: AsyncSession, clock: Clock) -> int:
    """Forget in which zones rides were; how many notices and speed limits."""
    return await riding.forget(session, clock)


async def watch_fleets(sessions: Sessions, clock: Clock) -> int:
    """Judge each city's vehicles by its alert rules, then do to them what their alerts ask; how many changed.

    The vehicles are changed one by one: none waits for another, and no rider for a whole fleet.
    """
    changed = 0
    for city_id in await _city_ids(sessions):
        async with transaction(sessions) as session:
            changed += await alerts.evaluate(session, clock, city_id)
        async with transaction(sessions) as session:
            due = await alerts.list_due(session, city_id)
        for vehicle_id in due:
            async with transaction(sessions) as session:
                changed += await alerts.turn(session, clock, vehicle_id)
    return changed


async def open_work_orders(sessions: Sessions, clock: Clock) -> int:
    """Make each city's work orders that have come due; how many."""
    opened = 0
    for city_id in await _city_ids(sessions):
        async with transaction(sessions) as session:
            opened += await open_due_orders(session, clock, city_id)
    return opened


async def forget_closed_damage(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Drop photos and reporters of damage closed longer ago than that; of how many reports."""
    return await photos.forget_closed(session, clock, timedelta(days=kept_days))


async def forget_parking_photos(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Drop the photos of rides that ended longer ago than that; how many."""
    return await parking_photos.forget_old(session, clock, timedelta(days=kept_days))


async def sweep_photos(sessions: Sessions, clock: Clock, store: PhotoStore) -> int:
    """Remove the pictures that no row names any more, or never did; how many."""
    swept = 0
    async for names in store.names_before(clock.now() - ORPHAN_AFTER):
        async with transaction(sessions) as session:
            orphans = await photos.list_orphans(session, names)
        await store.remove(orphans)
        swept += len(orphans)
    return swept


async def _publish(radio: VehicleRadio, due: commands.Due) -> bool:
    try:
        await radio.publish(due.vehicle_id, due.message)
    except RadioUnavailable:
        log.warning("command_not_published", command_id=str(due.message.id), command=due.message.command)
        return False
    return True


async def _city_ids(sessions: Sessions) -> Sequence[str]:
    async with transaction(sessions) as session:
        return (await session.scalars(select(City.id).order_by(City.id))).all()
