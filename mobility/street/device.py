"""The telematics of one vehicle: measures, keeps on board, sends, and does what it is told."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random
from time import monotonic
from typing import Any

import msgspec

from mobility.base.clock import Clock
from mobility.street.alarms import alarms
from mobility.street.box import Box, Report
from mobility.street.commands import Command, Obedience, read_command
from mobility.street.faults import Faults, Network
from mobility.street.garage import Garage
from mobility.street.radio import Radio
from mobility.street.tally import Tally
from mobility.street.vehicle import Vehicle

# A receiver with a free sky, and a town's mobile network.
ACCURACY_M, SIGNAL_DBM = 4.0, (-110, -70)
EFFECTS: dict[str, dict[str, Any]] = {
    "unlock": {"locked": False},
    "lock": {"locked": True},
    "immobilise": {"immobilised": True},
    "mobilise": {"immobilised": False},
}


class Device:
    """What sits in one vehicle and speaks for it.

    Parameters
    ----------
    boot
        Number of the box's restarts so far; above that of every earlier run.
    seed
        Of this vehicle's faults and alarms, together with its plate.
    """

    def __init__(
        self,
        plate: str,
        garage: Garage,
        clock: Clock,
        tally: Tally,
        *,
        boot: int,
        seed: int,
        faults: Faults,
        with_alarms: bool = False,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.plate, self._garage, self._clock, self._tally, self._now = plate, garage, clock, tally, now
        self._seed, self._faults, self._with_alarms = seed, faults, with_alarms
        self._random = Random(f"{seed}/{plate}/device")
        self._skew = timedelta(seconds=self._random.uniform(-faults.skew_s, faults.skew_s))
        self._box = Box(boot=boot)
        self._network = Network[Report](faults, Random(f"{seed}/{plate}/network"))
        self._obedience = Obedience(faults, Random(f"{seed}/{plate}/commands"))
        self.sending = self.asked = False

    def note(self) -> None:
        """Measure now, and keep it on board until it is acknowledged."""
        self.asked = False
        overwritten = self._box.overwritten
        self._box.keep(self._measured())
        self._tally.reports_overwritten += self._box.overwritten - overwritten

    async def send(self, radio: Radio) -> None:
        """Send what is on board, as far as the network carries it."""
        self.sending = True
        try:
            await self._send(radio)
        finally:
            self.sending = False

    async def obey(self, payload: bytes) -> bytes | None:
        """Do what a command says and give the reply when it is time to; None for never."""
        command = read_command(payload)
        if command is None:
            return None
        answer = self._obedience.answer(command, self._clock.now())
        if answer.obeyed:
            self._do(command)
        self._tally.commands[answer.reply.code or "done" if answer.reply else "unanswered"] += 1
        await asyncio.sleep(answer.delay_s)
        return msgspec.json.encode(answer.reply) if answer.reply else None

    async def _send(self, radio: Radio) -> None:
        if self._random.random() < self._faults.restarts:
            self._box.restart()
        if self._network.breaks():
            await radio.reconnect()
        crossing = self._network.carry(self._box.waiting(), self._now())
        if crossing.arrives:
            await radio.send(crossing.arrives)
            self._box.acknowledge(crossing.acknowledged)

    def _do(self, command: Command) -> None:
        match command.command:
            case "reboot":
                self._box.restart()
            case "set_speed_limit":
                self._garage.change(self.plate, speed_limit_kmh=command.arguments.get("speed_limit_kmh"))
            case "locate":
                self.asked = True
            case name:
                self._garage.change(self.plate, **EFFECTS.get(name, {}))

    def _measured(self) -> dict[str, Any]:
        vehicle, at = self._garage.vehicle(self.plate), self._clock.now()
        in_use, plugged_in = self.plate in self._garage.in_use, self.plate in self._garage.plugged_in
        said = report(vehicle) | {"at": (at + self._skew).isoformat(), "ignition": in_use, "charging": plugged_in}
        noise = self._random.uniform(-1, 1) * self._faults.charge_noise_percent
        said["charge_percent"] = round(min(100.0, max(0.0, vehicle.charge_percent + noise)), 1)
        said["network"] = {"technology": "lte", "signal_dbm": self._random.randint(*SIGNAL_DBM)}
        if self._with_alarms:
            said["alarms"] = alarms(self._seed, self.plate, at, in_use=in_use, plugged_in=plugged_in)
        return said


def report(vehicle: Vehicle) -> dict[str, Any]:
    """What a vehicle is. The position is said during a ride too: it is the service that must forget it."""
    here = vehicle.position
    heading = vehicle.heading_deg
    return {
        "position": {"lon": round(here.lon, 6), "lat": round(here.lat, 6), "accuracy_m": ACCURACY_M},
        "range_m": int(vehicle.range_m),
        "odometer_m": int(vehicle.odometer_m),
        "speed_kmh": round(vehicle.speed_kmh, 1),
        "locked": vehicle.locked,
        **({} if heading is None else {"heading_deg": round(heading, 1)}),
    }
