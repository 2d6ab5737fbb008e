"""Alerts and tasks are forgotten in their time, and nothing before it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.fleet.service import alerts, crew_tasks
from mobility.fleet.tables import Alert, AlertEvent, Task
from mobility.fleet.tasks import forget_alerts
from tests.support.fleets import RIDER, Street

YEAR = timedelta(days=365)


async def left(session: AsyncSession) -> tuple[int, ...]:
    """How many alerts, events and tasks there are."""
    counts = [select(func.count()).select_from(table) for table in (Alert, AlertEvent, Task)]
    return tuple([(await session.execute(each)).scalar_one() for each in counts])


async def over(street: Street) -> Alert:
    """An alert with its task, both over."""
    raised = await alerts.note(street.session, street.clock, street.id("B-001"), "unlock_failed", {})
    assert raised is not None
    task_id = (await street.session.scalars(select(Task.id))).one()
    await crew_tasks.finish(street.session, street.clock, task_id, account_id=RIDER, note="Works again")
    return raised


async def test_what_was_over_a_year_ago_is_forgotten_with_its_history(
    street: Street, session: AsyncSession, clock: FixedClock
) -> None:
    await over(street)
    clock.advance(YEAR)
    assert await forget_alerts(session, clock, kept_days=365) == 0
    clock.advance(timedelta(seconds=1))
    assert await forget_alerts(session, clock, kept_days=365) == 2
    assert await left(session) == (0, 0, 0)


async def test_what_still_stands_or_is_still_to_be_done_is_never_forgotten(
    street: Street, session: AsyncSession, clock: FixedClock
) -> None:
    await alerts.note(session, clock, street.id("B-001"), "unlock_failed", {})
    clock.advance(10 * YEAR)
    assert await forget_alerts(session, clock, kept_days=365) == 0
    assert await left(session) == (1, 1, 1)


async def test_an_alert_stays_while_what_it_did_to_its_vehicle_is_not_undone(
    street: Street, session: AsyncSession, clock: FixedClock
) -> None:
    alert = await over(street)
    await session.execute(update(Alert).where(Alert.id == alert.id).values(out_seq=2))
    clock.advance(2 * YEAR)
    assert await forget_alerts(session, clock, kept_days=365) == 1
    assert await left(session) == (1, 2, 0)


@pytest.mark.parametrize("change", [delete(AlertEvent), text("UPDATE alert_event SET note = 'nothing'")])
async def test_outside_of_its_time_nobody_changes_or_deletes_what_happened(
    street: Street, session: AsyncSession, clock: FixedClock, change: object
) -> None:
    clock.instant = datetime(2020, 1, 1, tzinfo=UTC)
    await over(street)
    with pytest.raises(IntegrityError):
        await session.execute(change)  # type: ignore[call-overload]
