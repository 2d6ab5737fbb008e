"""Who works tonight, and in which crew."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.fleet.rules.tasks import AssigneeNotCrew
from mobility.fleet.service.task_lists import is_staff
from mobility.rebalancing.rules.refusals import UnknownCrew
from mobility.rebalancing.service.nights import described, lock_night
from mobility.rebalancing.tables import NightCrewMember
from mobility.riders.tables import Account


async def set_roster(session: AsyncSession, clock: Clock, night_id: UUID, members: Mapping[UUID, str]) -> None:
    """Who works tonight: the crew of each account; whoever is not named does not.

    Raises
    ------
    UnknownNight, NightOver, UnknownCrew, AssigneeNotCrew
    """
    night = await lock_night(session, clock, night_id)
    crews = {crew.code for crew in described(await get_city(session, night.city_id)).crews}
    for account_id, crew_code in members.items():
        if crew_code not in crews:
            raise UnknownCrew
        if not await is_staff(session, night.city_id, account_id):
            raise AssigneeNotCrew
    await session.execute(delete(NightCrewMember).where(NightCrewMember.night_id == night_id))
    session.add_all(
        NightCrewMember(night_id=night_id, account_id=account_id, crew_code=crew_code)
        for account_id, crew_code in members.items()
    )
    await session.flush()


async def list_roster(session: AsyncSession, night_id: UUID) -> Sequence[tuple[NightCrewMember, Account]]:
    """Whoever works tonight, by crew."""
    found = await session.execute(
        select(NightCrewMember, Account)
        .join(Account, Account.id == NightCrewMember.account_id)
        .where(NightCrewMember.night_id == night_id)
        .order_by(NightCrewMember.crew_code, Account.id)
    )
    return [(member, account) for member, account in found]
