"""The demo's first night: a visitor finds a plan to open, whatever the hour, and a crew that has work."""

import time
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.cli.demo_city import LOGINS
from mobility.cli.session import in_transaction
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.service import nights, plans, roster
from mobility.rebalancing.tables import NightPlan
from mobility.riders.service import get_or_create_account
from mobility.settings import Settings

LOOK_EVERY_S = 3.0
SILENT_SHARE = 0.1
"""Of the fleet: a vehicle may be out of reach for minutes."""


class FirstNight:
    """Asks for a plan when the vehicles have said what charge they have; the demo's crew becomes the busiest one."""

    def __init__(self, settings: Settings, city_id: str) -> None:
        self.settings, self.city_id = settings, city_id
        self.is_done, self.has_asked, self.look_at = False, False, 0.0

    def look(self) -> None:
        """Called again and again; looks every few seconds until all is done."""
        if self.is_done or time.monotonic() < self.look_at:
            return
        # A database that is busy for a moment is no reason to end the demo.
        with suppress(DBAPIError):
            self.is_done = in_transaction(self.step, self.settings)
        self.look_at = time.monotonic() + LOOK_EVERY_S

    async def step(self, session: AsyncSession, clock: Clock) -> bool:
        """What is next, if its time has come; whether nothing is left."""
        if (await get_city(session, self.city_id)).file.night is None:
            return True
        night = await nights.open_night(session, clock, self.city_id)
        versions = await plans.list_plans(session, night.id, limit=1)
        is_waited_for = bool(versions) and versions[0].state in plans.WAITING
        # In the evening the worker has asked already, of vehicles that had said nothing yet.
        if not versions or not (is_waited_for or self.has_asked or _has_work(versions)):
            if await _silent_share(session, self.city_id) <= SILENT_SHARE:
                await plans.ask(session, clock, night, plans.Wish(because="evening"))
                self.has_asked = True
            return False
        if versions[0].document is not None and not await roster.list_roster(session, night.id):
            await _send_to_work(session, clock, night.id, msgspec.convert(versions[0].document, PlanDocument))
        return not is_waited_for


def _has_work(versions: Sequence[NightPlan]) -> bool:
    document = versions[0].document if versions else None
    return document is not None and any(tour.tasks for tour in msgspec.convert(document, PlanDocument).tours)


async def _silent_share(session: AsyncSession, city_id: str) -> float:
    """Of a city's vehicles, those that have not reported since they were loaded."""
    heard = (VehicleStatus.report_boot > 0) | (VehicleStatus.report_seq > 0)
    of_city = select(func.count(), func.count().filter(heard)).join(Vehicle, Vehicle.id == VehicleStatus.vehicle_id)
    vehicles, spoken = (await session.execute(of_city.where(Vehicle.city_id == city_id))).one()
    return 1 - spoken / vehicles if vehicles else 0.0


async def _send_to_work(session: AsyncSession, clock: Clock, night_id: UUID, plan: PlanDocument) -> None:
    busiest = max(plan.tours, key=lambda tour: len(tour.tasks), default=None)
    if busiest is not None:
        account = await get_or_create_account(session, clock, LOGINS["crew"])
        await roster.set_roster(session, clock, night_id, {account.id: busiest.crew})
