"""Vehicles at the end of a bad line: commands get lost, answers come late, twice or not at all."""

from dataclasses import dataclass, field
from uuid import UUID

from mobility.fleet.ports import RadioUnavailable
from mobility.fleet.rules.commands import CommandMessage
from tests.histories.faults import Faults, Killed, Trouble


@dataclass(frozen=True)
class Said:
    """A vehicle's answer on its way to us."""

    vehicle_id: UUID
    command_id: UUID
    done: bool


@dataclass
class Air:
    """A `VehicleRadio`."""

    faults: Faults
    on_the_way: list[Said] = field(default_factory=list)
    answered: dict[UUID, bool] = field(default_factory=dict)

    async def publish(self, vehicle_id: UUID, message: CommandMessage) -> None:
        trouble = self.faults.trouble()
        if trouble is Trouble.NOT_ASKED:
            raise RadioUnavailable
        if trouble is Trouble.DIED_ASKING:
            raise Killed
        if not self.faults.happens(0.15):
            # A vehicle that hears a command again says again what it said.
            done = self.answered.setdefault(message.id, not self.faults.happens(0.1))
            self.on_the_way.append(Said(vehicle_id, message.id, done))
        if trouble is Trouble.DIED_HEARING:
            raise Killed
