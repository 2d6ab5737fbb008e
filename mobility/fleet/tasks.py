import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.tables import City
from mobility.db.session import Sessions, transaction
from mobility.fleet.ports import RadioUnavailable, VehicleRadio
from mobility.fleet.service import alerts, commands

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


async def watch_fleets(sessions: Sessions, clock: Clock) -> int:
    """Judge each city's vehicles by its alert rules, then do to them what their alerts ask; how many changed.

    The vehicles are changed one by one: none waits for another, and no rider for a whole fleet.
    """
    changed = 0
    async with transaction(sessions) as session:
        cities = (await session.scalars(select(City.id).order_by(City.id))).all()
    for city_id in cities:
        async with transaction(sessions) as session:
            changed += await alerts.evaluate(session, clock, city_id)
        async with transaction(sessions) as session:
            due = await alerts.list_due(session, city_id)
        for vehicle_id in due:
            async with transaction(sessions) as session:
                changed += await alerts.turn(session, clock, vehicle_id)
    return changed


async def _publish(radio: VehicleRadio, due: commands.Due) -> bool:
    try:
        await radio.publish(due.vehicle_id, due.message)
    except RadioUnavailable:
        log.warning("command_not_published", command_id=str(due.message.id), command=due.message.command)
        return False
    return True
