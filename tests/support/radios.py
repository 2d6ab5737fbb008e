"""Vehicles that answer as a test tells them to, and the worker's turns that bring commands to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.db import heartbeat
from mobility.db.live import Live
from mobility.db.outbox import deliver_one
from mobility.db.session import Sessions, transaction
from mobility.fleet.ports import RadioUnavailable, VehicleRadio
from mobility.fleet.rules.commands import CommandMessage, Kind, Reply
from mobility.fleet.service import commands
from mobility.fleet.service.commands import Taken
from mobility.fleet.tables import VehicleCommand
from mobility.fleet.tasks import expire_commands, publish_commands
from mobility.worker import subscriptions

YES, NO = (True, None), (False, "jammed")
Answers = Sequence[tuple[bool, str | None]]


@dataclass
class ScriptedRadio:
    """A `VehicleRadio`: each command is answered as `script` says for its kind; by one yes where it says nothing."""

    sessions: Sessions
    clock: FixedClock
    script: dict[Kind, Answers] = field(default_factory=dict)
    heard: list[CommandMessage] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    is_off: bool = False

    async def publish(self, vehicle_id: UUID, message: CommandMessage) -> None:
        if self.is_off:
            raise RadioUnavailable
        self.heard.append(message)
        for done, code in self.script.get(Kind(message.command), (YES,)):
            await self.reply(vehicle_id, message.id, done=done, code=code)

    async def reply(self, vehicle_id: UUID, command_id: UUID, *, done: bool = True, code: str | None = None) -> Taken:
        """What the consumer does with a vehicle's reply."""
        async with transaction(self.sessions) as session:
            said = Reply(id=command_id, done=done, code=code, at=self.clock.now())
            self.taken.append(await commands.confirm(session, self.clock, vehicle_id, said))
        return self.taken[-1]


@dataclass(frozen=True)
class Worker:
    """The worker's turns, one at a time."""

    sessions: Sessions
    clock: FixedClock
    live: Live
    radio: ScriptedRadio

    async def beat(self) -> None:
        async with transaction(self.sessions) as session:
            await heartbeat.beat(session, self.clock)

    async def publish(self) -> int:
        radio: VehicleRadio = self.radio
        return await publish_commands(self.sessions, self.clock, radio)

    async def expire(self) -> int:
        async with transaction(self.sessions) as session:
            return await expire_commands(session, self.clock)

    async def tell(self) -> None:
        heard = subscriptions(self.live)
        while await deliver_one(self.sessions, self.clock, heard):
            pass

    async def work(self) -> None:
        await self.publish()
        await self.expire()
        await self.tell()

    async def sent(self, vehicle_id: UUID) -> list[tuple[str, str]]:
        """Kind and state of the commands to a vehicle, oldest first."""
        ours = select(VehicleCommand).where(VehicleCommand.vehicle_id == vehicle_id).order_by(VehicleCommand.id)
        async with self.sessions() as session:
            return [(command.kind, command.state) for command in await session.scalars(ours)]
