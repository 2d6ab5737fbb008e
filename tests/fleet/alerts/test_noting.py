"""Alerts that something which happened raises."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError

from mobility.base.ids import new_id
from mobility.city.rules.city_file import AlertRule
from mobility.city.service import load_city
from mobility.db.tables import OutboxMessage
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.service import alerts
from mobility.fleet.tables import Alert, AlertEvent, Task
from tests.support.fleets import Street, lakeport


async def test_what_happened_is_noted_once_and_counted(street: Street) -> None:
    first = await alerts.note(street.session, street.clock, street.id("B-001"), "unlock_failed", {"attempt": 1})
    again = await alerts.note(street.session, street.clock, street.id("B-001"), "unlock_failed", {"attempt": 2})
    assert first is not None
    assert again is first
    assert (first.state, first.severity, first.times_noted, first.facts) == ("open", "warning", 2, {"attempt": 2})
    assert [event.change for event in await street.session.scalars(select(AlertEvent))] == ["raised"]


async def test_a_raised_alert_is_told_and_asks_a_crew_until_it_is_settled(street: Street) -> None:
    await alerts.note(street.session, street.clock, street.id("B-001"), "unlock_failed", {})
    task = (await street.session.scalars(select(Task))).one()
    assert (task.kind, task.state, task.due_at) == ("check", "open", street.clock.now() + timedelta(days=1))
    assert await alerts.settle(street.session, street.clock, street.id("B-001"), "unlock_failed")
    assert not await alerts.settle(street.session, street.clock, street.id("B-001"), "unlock_failed")
    assert (await street.session.scalars(select(Alert.state))).all() == ["cleared"]
    assert (await street.session.scalars(select(Task.state))).all() == ["cancelled"]
    topics = select(OutboxMessage.topic, OutboxMessage.payload["state"].astext).where(
        OutboxMessage.topic != "vehicle_state_changed", OutboxMessage.topic != "city_loaded"
    )
    assert (await street.session.execute(topics.order_by(OutboxMessage.id))).all() == [
        *(("alert_changed", "open"), ("task_changed", "open")),
        *(("alert_changed", "cleared"), ("task_changed", "cancelled")),
    ]


async def test_after_the_end_the_same_may_happen_again(street: Street) -> None:
    for _ in range(2):
        await alerts.note(street.session, street.clock, street.id("B-001"), "command_expired", {})
        await alerts.settle(street.session, street.clock, street.id("B-001"), "command_expired")
    assert await street.session.scalar(select(func.count()).select_from(Alert)) == 2


async def test_a_kind_that_the_city_does_not_want_is_not_raised(street: Street) -> None:
    quiet = msgspec.structs.replace(
        lakeport(), alerts=(AlertRule(kind="command_expired", vehicle_types=("breeze",), enabled=False),)
    )
    await load_city(street.session, street.clock, quiet)
    assert await alerts.note(street.session, street.clock, street.id("B-001"), "command_expired", {}) is None
    assert await alerts.note(street.session, street.clock, street.id("P-001"), "command_expired", {}) is not None


@pytest.mark.parametrize("key", ["lon", "lat", "position"])
async def test_the_facts_of_an_alert_hold_no_position(street: Street, key: str) -> None:
    with pytest.raises(ValueError, match="no position"):
        await alerts.note(street.session, street.clock, street.id("B-001"), "unlock_failed", {key: 1.0})


async def test_an_unknown_vehicle_has_no_alerts(street: Street) -> None:
    with pytest.raises(UnknownVehicle):
        await alerts.note(street.session, street.clock, new_id(), "unlock_failed", {})


async def test_the_history_of_alerts_is_append_only(street: Street) -> None:
    await alerts.note(street.session, street.clock, street.id("B-001"), "unlock_failed", {})
    with pytest.raises(DBAPIError):
        await street.session.execute(delete(AlertEvent))
