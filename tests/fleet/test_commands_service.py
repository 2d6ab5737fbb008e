"""Commands from the order to the final answer, as one session sees them; the vehicles answer by radio."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from mobility.base.ids import new_id
from mobility.db.tables import OutboxMessage
from mobility.fleet.events import VehicleCommandChanged
from mobility.fleet.rules.commands import Command, CommandTooSoon, CommandUnderWay, Kind, Reply, VehicleMoving
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor, commands
from mobility.fleet.service.commands import BY_RADIO, Taken
from mobility.fleet.service.orders import order
from mobility.fleet.tables import VehicleCommand
from tests.support.fleets import Street

LIMIT = {"speed_limit_kmh": 12}


@pytest.fixture
def by_radio(street: Street) -> Street:
    street.session.info[BY_RADIO] = True
    return street


async def send(
    street: Street, plate: str, kind: Kind, arguments: dict[str, Any] | None = None, **cause: Any
) -> VehicleCommand:
    command = Command(kind, arguments or {})
    return await commands.send(
        street.session, street.clock, street.id(plate), command, **{"actor": Actor.SYSTEM, **cause}
    )


async def reply(street: Street, plate: str, command: UUID, *, done: bool = True, code: str | None = None) -> Taken:
    said = Reply(id=command, done=done, code=code, at=street.clock.now())
    return await commands.confirm(street.session, street.clock, street.id(plate), said)


async def again(street: Street, command: VehicleCommand) -> VehicleCommand:
    return await street.session.get_one(VehicleCommand, command.id, populate_existing=True)


async def told(street: Street) -> list[tuple[str, str]]:
    """Kind and state of what others were told of, oldest first."""
    topic = OutboxMessage.topic == VehicleCommandChanged.topic
    payloads = await street.session.scalars(select(OutboxMessage.payload).where(topic).order_by(OutboxMessage.id))
    changes = [msgspec.convert(payload, VehicleCommandChanged) for payload in payloads]
    return [(change.kind, change.state) for change in changes]


async def sent_to(street: Street, plate: str) -> list[tuple[str, str]]:
    ours = select(VehicleCommand).where(VehicleCommand.vehicle_id == street.id(plate)).order_by(VehicleCommand.id)
    found = await street.session.scalars(ours.execution_options(populate_existing=True))
    return [(command.kind, command.state) for command in found]


async def publish(street: Street) -> list[UUID]:
    return [due.message.id for due in await commands.lease_due(street.session, street.clock)]


async def test_a_vehicle_without_a_radio_does_at_once_what_it_is_told(street: Street) -> None:
    command = await send(street, "B-001", Kind.UNLOCK)
    assert (command.state, command.settled_at) == ("confirmed", street.clock.now())
    assert await told(street) == [("unlock", "confirmed")]
    assert (await street.status("B-001")).locked is False
    assert await publish(street) == []


async def test_a_command_is_on_its_way_until_the_vehicle_confirms_it(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.SET_SPEED_LIMIT, LIMIT)
    assert (command.state, (await by_radio.status("B-001")).speed_limit_kmh) == ("sent", None)
    by_radio.clock.advance(timedelta(seconds=3))  # type: ignore[attr-defined]
    assert await reply(by_radio, "B-001", command.id) is Taken.SETTLED
    assert (command.state, command.settled_at) == ("confirmed", by_radio.clock.now())
    assert (await by_radio.status("B-001")).speed_limit_kmh == 12
    assert await told(by_radio) == [("set_speed_limit", "sent"), ("set_speed_limit", "confirmed")]


async def test_a_vehicle_that_refuses_says_why(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.UNLOCK)
    assert await reply(by_radio, "B-001", command.id, done=False, code="jammed") is Taken.SETTLED
    assert (command.state, command.code) == ("refused", "jammed")
    assert (await by_radio.status("B-001")).locked is True


@pytest.mark.parametrize("second", [True, False])
async def test_a_second_reply_changes_nothing(by_radio: Street, second: bool) -> None:
    command = await send(by_radio, "B-001", Kind.LOCK)
    await reply(by_radio, "B-001", command.id)
    assert await reply(by_radio, "B-001", command.id, done=second) is Taken.REPEATED
    assert ((await again(by_radio, command)).state, command.late_at) == ("confirmed", None)
    assert len(await told(by_radio)) == 2


async def test_nobody_answers_for_another_vehicle_or_what_was_never_sent(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.UNLOCK)
    assert await reply(by_radio, "B-002", command.id) is Taken.UNKNOWN
    assert await reply(by_radio, "B-001", new_id()) is Taken.UNKNOWN
    assert (await again(by_radio, command)).state == "sent"


async def test_a_command_is_published_again_until_it_is_answered_or_its_time_is_over(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.UNLOCK)
    published: list[float] = []
    for second in range(20):
        published += [second] * (await publish(by_radio) == [command.id])
        by_radio.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    assert published == [0, 2, 5, 10]
    assert command.attempts == 4
    assert await commands.expire_due(by_radio.session, by_radio.clock) == 1
    assert await commands.expire_due(by_radio.session, by_radio.clock) == 0
    assert (command.state, await publish(by_radio)) == ("expired", [])


async def test_the_message_says_until_when_it_may_be_carried_out(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.SET_SPEED_LIMIT, LIMIT)
    (due,) = await commands.lease_due(by_radio.session, by_radio.clock)
    assert due.vehicle_id == by_radio.id("B-001")
    assert msgspec.json.decode(msgspec.json.encode(due.message)) == {
        "id": str(command.id),
        "command": "set_speed_limit",
        "arguments": LIMIT,
        "issued_at": "2026-06-15T08:00:00Z",
        "expires_at": "2026-06-15T08:00:30Z",
    }


async def test_a_reply_at_the_deadline_is_late_though_nobody_has_swept_yet(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.HORN)
    by_radio.clock.advance(timedelta(seconds=20))  # type: ignore[attr-defined]
    assert await reply(by_radio, "B-001", command.id) is Taken.LATE
    assert (command.state, command.late_at, command.late_done) == ("expired", by_radio.clock.now(), True)
    assert await reply(by_radio, "B-001", command.id, done=False) is Taken.REPEATED
    assert command.late_done is True
    assert await told(by_radio) == [("horn", "sent"), ("horn", "expired")]


async def test_an_unlock_carried_out_too_late_is_answered_by_a_lock(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.UNLOCK)
    by_radio.clock.advance(timedelta(seconds=15))  # type: ignore[attr-defined]
    assert await reply(by_radio, "B-001", command.id) is Taken.LATE
    assert await reply(by_radio, "B-001", command.id) is Taken.REPEATED
    assert await sent_to(by_radio, "B-001") == [("unlock", "expired"), ("lock", "sent")]


async def test_an_unlock_refused_too_late_needs_no_lock(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.UNLOCK)
    by_radio.clock.advance(timedelta(seconds=15))  # type: ignore[attr-defined]
    await reply(by_radio, "B-001", command.id, done=False)
    assert await sent_to(by_radio, "B-001") == [("unlock", "expired")]


@pytest.mark.parametrize("plate", ["B-001", "P-001"])
async def test_a_late_unlock_locks_no_vehicle_that_somebody_rides_by_now(by_radio: Street, plate: str) -> None:
    command = await send(by_radio, plate, Kind.UNLOCK)
    by_radio.clock.advance(timedelta(seconds=15))  # type: ignore[attr-defined]
    await by_radio.reserve(plate)
    await by_radio.advance(plate, Step.START)
    assert await reply(by_radio, plate, command.id) is Taken.LATE
    assert await sent_to(by_radio, plate) == [("unlock", "expired")]


async def test_a_late_unlock_leaves_the_next_riders_unlock_alone(by_radio: Street) -> None:
    command = await send(by_radio, "B-001", Kind.UNLOCK)
    by_radio.clock.advance(timedelta(seconds=15))  # type: ignore[attr-defined]
    await send(by_radio, "B-001", Kind.UNLOCK, actor=Actor.RIDER, rental_id=new_id())
    assert await reply(by_radio, "B-001", command.id) is Taken.LATE
    assert await sent_to(by_radio, "B-001") == [("unlock", "superseded"), ("unlock", "sent")]


async def test_a_later_command_takes_the_place_of_one_about_the_same_matter(by_radio: Street) -> None:
    lock = await send(by_radio, "B-001", Kind.LOCK)
    horn = await send(by_radio, "B-001", Kind.HORN)
    other = await send(by_radio, "B-002", Kind.LOCK)
    unlock = await send(by_radio, "B-001", Kind.UNLOCK)
    assert [command.state for command in (lock, horn, other, unlock)] == ["superseded", "sent", "sent", "sent"]
    assert await publish(by_radio) == [horn.id, other.id, unlock.id]
    assert await reply(by_radio, "B-001", lock.id) is Taken.LATE
    assert (await by_radio.status("B-001")).locked is True


async def test_who_sent_what_and_why_is_kept(by_radio: Street) -> None:
    operator = new_id()
    command = await order(
        by_radio.session, by_radio.clock, by_radio.id("B-001"), Command(Kind.HORN), operator_id=operator, reason="lost"
    )
    assert (command.actor, command.actor_id, command.reason) == ("operator", operator, "lost")


async def order_(street: Street, plate: str, kind: Kind) -> VehicleCommand:
    return await order(
        street.session, street.clock, street.id(plate), Command(kind), operator_id=new_id(), reason="on the round"
    )


async def moves(street: Street, plate: str, speed_kmh: float) -> None:
    status = await street.status(plate)
    status.speed_kmh, status.reported_at = speed_kmh, street.clock.now()
    await street.session.flush()


@pytest.mark.parametrize("kind", [Kind.LOCK, Kind.IMMOBILISE, Kind.REBOOT])
async def test_a_vehicle_in_a_ride_is_stopped_only_when_it_says_that_it_stands(by_radio: Street, kind: Kind) -> None:
    await by_radio.reserve("B-001")
    await by_radio.advance("B-001", Step.START)
    with pytest.raises(VehicleMoving):
        await order_(by_radio, "B-001", kind)
    await moves(by_radio, "B-001", 0)
    assert (await order_(by_radio, "B-001", kind)).state == "sent"
    by_radio.clock.advance(timedelta(minutes=10))  # type: ignore[attr-defined]
    with pytest.raises(VehicleMoving):
        await order_(by_radio, "B-001", kind)


async def test_a_vehicle_that_moves_without_a_rider_is_not_immobilised(by_radio: Street) -> None:
    await moves(by_radio, "B-001", 18)
    with pytest.raises(VehicleMoving):
        await order_(by_radio, "B-001", Kind.IMMOBILISE)
    assert (await order_(by_radio, "B-001", Kind.HORN)).state == "sent"


async def test_an_operator_does_not_cut_in_on_a_rider_who_waits_for_the_lock(by_radio: Street) -> None:
    await send(by_radio, "B-001", Kind.UNLOCK, actor=Actor.RIDER, rental_id=new_id())
    with pytest.raises(CommandUnderWay) as refused:
        await order_(by_radio, "B-001", Kind.UNLOCK)
    assert refused.value.code == "command_under_way"
    assert (await order_(by_radio, "B-001", Kind.LOCATE)).state == "sent"


async def test_the_horn_is_not_blown_without_a_pause(by_radio: Street) -> None:
    await order_(by_radio, "B-001", Kind.HORN)
    by_radio.clock.advance(timedelta(seconds=6.5))  # type: ignore[attr-defined]
    with pytest.raises(CommandTooSoon) as refused:
        await order_(by_radio, "B-001", Kind.HORN)
    assert (refused.value.code, refused.value.facts["retry_after_s"]) == ("command_too_soon", 4)
    by_radio.clock.advance(timedelta(seconds=3.5))  # type: ignore[attr-defined]
    assert (await order_(by_radio, "B-001", Kind.HORN)).state == "sent"


async def test_commands_are_forgotten_after_more_than_a_year(by_radio: Street) -> None:
    await reply(by_radio, "B-001", (await send(by_radio, "B-001", Kind.HORN)).id)
    pending = await send(by_radio, "B-001", Kind.LOCK)
    by_radio.clock.advance(commands.KEEP)  # type: ignore[attr-defined]
    assert await commands.forget_old(by_radio.session, by_radio.clock) == 0
    by_radio.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    assert await commands.forget_old(by_radio.session, by_radio.clock) == 1
    assert await sent_to(by_radio, "B-001") == [(pending.kind, "sent")]
