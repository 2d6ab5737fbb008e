"""Tasks as crews and operators page through them, the latest first."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.rules.tasks import CLOSED, UnknownTask
from mobility.fleet.tables import Task, Vehicle
from mobility.riders.tables import Account, AccountRole

DESK = ("operator", "admin")
STAFF = ("crew", *DESK)


async def list_tasks(
    session: AsyncSession,
    city_id: str,
    *,
    state: str | None,
    kind: str | None,
    vehicle_id: UUID | None,
    assigned_to: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[Task, Vehicle]]:
    """Those that are to be done, or those in `state`, with their vehicles."""
    asked = {Task.kind: kind, Task.vehicle_id: vehicle_id, Task.assigned_to: assigned_to}
    tasks = (
        select(Task, Vehicle)
        .join(Vehicle, Vehicle.id == Task.vehicle_id)
        .where(Task.city_id == city_id, Task.state.not_in(CLOSED) if state is None else Task.state == state)
        .where(*(column == value for column, value in asked.items() if value is not None))
        .order_by(Task.id.desc())
        .limit(limit)
    )
    if after is not None:
        tasks = tasks.where(Task.id < after)
    return [(task, vehicle) for task, vehicle in await session.execute(tasks)]


async def get_task(session: AsyncSession, task_id: UUID) -> tuple[Task, Vehicle]:
    """A task and its vehicle; raises `UnknownTask`."""
    task = select(Task, Vehicle).join(Vehicle, Vehicle.id == Task.vehicle_id).where(Task.id == task_id)
    row = (await session.execute(task)).one_or_none()
    if row is None:
        raise UnknownTask
    return row[0], row[1]


async def list_staff(
    session: AsyncSession, city_id: str, roles: Collection[str] = STAFF, *, after: UUID | None, limit: int
) -> Sequence[Account]:
    """Who may be given work in a city: its crews and its desk, or those of them with one of the roles."""
    staff = _staff(city_id, roles).order_by(Account.id).limit(limit)
    if after is not None:
        staff = staff.where(Account.id > after)
    return (await session.scalars(staff)).all()


async def is_staff(session: AsyncSession, city_id: str, account_id: UUID, roles: Collection[str] = STAFF) -> bool:
    return await session.scalar(_staff(city_id, roles).where(Account.id == account_id)) is not None


def _staff(city_id: str, roles: Collection[str]) -> Select[Account]:
    at_home = or_(AccountRole.city_id.is_(None), AccountRole.city_id == city_id)
    works = exists().where(AccountRole.account_id == Account.id, AccountRole.role.in_(roles), at_home)
    return select(Account).where(works, Account.blocked_at.is_(None))
