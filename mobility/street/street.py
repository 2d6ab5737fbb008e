import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

import httpx
import msgspec
from msgspec import Struct

from mobility.base.clock import Clock
from mobility.geo import LonLat
from mobility.street.client import Client
from mobility.street.device import Device
from mobility.street.faults import NONE, Faults
from mobility.street.garage import Garage
from mobility.street.life import Life
from mobility.street.memory import Memory, keep, recall
from mobility.street.mqtt import Broker, MqttRadio
from mobility.street.radio import HttpRadio, Radio
from mobility.street.reporting import Rhythm, report_all
from mobility.street.rider import Persona, first_card, persona
from mobility.street.signing_in import Desk, Mailbox
from mobility.street.tally import Tally
from mobility.street.town import Town, read_town
from mobility.street.vehicle import Vehicle
from mobility.street.wallet import Wallet

KEEP_EVERY_S = 10.0
# Riders come to the street one by one, not in one instant.
ARRIVE_WITHIN_S = 15.0
CONNECTIONS = 40
# Of them, what vehicles that report may take; the others are the riders'.
REPORTING_MAX = 30
ANSWER_WITHIN_S = 15.0
CHARGE_PERCENT_FIRST = (20.0, 100.0)


class VehicleKey(Struct, frozen=True):
    """A line of the vehicles file that loading a city writes: who a vehicle is and how it proves it."""

    vehicle_id: str
    plate: str
    type: str
    secret: str
    position: LonLat


class Plan(Struct, frozen=True, kw_only=True):
    """What a street is made of.

    `rides_per_minute` is what all riders together begin, waiting times drawn at random; `speed` is how many seconds of
    driving, walking and charging pass per second of the world. Vehicles speak over MQTT to `broker`, over HTTP without.
    """

    city: str
    keys: Sequence[VehicleKey]
    mailbox: Path | None
    memory: Path
    riders: int
    seed: int
    speed: float
    rides_per_minute: float
    operator_email: str = ""
    broker: Broker | None = None
    faults: Faults = NONE
    with_alarms: bool = False
    rhythm: Rhythm = Rhythm()


def read_keys(path: Path) -> list[VehicleKey]:
    """The vehicles file; a line that cannot be read is a msgspec.ValidationError."""
    return [msgspec.json.decode(line, type=VehicleKey) for line in path.read_bytes().splitlines()]


async def run(plan: Plan, http: httpx.AsyncClient, clock: Clock, tally: Tally) -> None:
    """Let vehicles report and riders ride until cancelled; `tally` is kept up to date meanwhile."""
    street = await Street.open(plan, http, clock, tally)
    try:
        async with asyncio.TaskGroup() as together:
            together.create_task(street.report())
            together.create_task(street.remember())
            for number in range(plan.riders):
                together.create_task(street.live(number))
    finally:
        street.keep()
        await street.close()


class Street:
    """The vehicles and riders of one plan and what they share."""

    def __init__(
        self, plan: Plan, http: httpx.AsyncClient, clock: Clock, tally: Tally, town: Town, memory: Memory
    ) -> None:
        self._plan, self._http, self._clock, self._tally, self._town = plan, http, clock, tally, town
        keys = [key for key in plan.keys if key.type in town.classes]
        self._garage = Garage(town, [_vehicle(key, town, memory, plan.seed) for key in keys], speed=plan.speed)
        self._door = asyncio.Semaphore(REPORTING_MAX)
        # Above every number of an earlier run: seconds pass faster than boxes restart.
        boot = int(clock.now().timestamp())
        self._radios = dict(self._equipped(key, boot) for key in keys)
        self._personas = [persona(plan.seed, number) for number in range(plan.riders)]
        self._clients = {each.email: self._client(memory.tokens.get(each.email, "")) for each in self._personas}
        operator = self._client() if plan.operator_email else None
        self._desk = Desk(Mailbox(plan.mailbox), city=plan.city, operator=operator, operator_email=plan.operator_email)

    @classmethod
    async def open(cls, plan: Plan, http: httpx.AsyncClient, clock: Clock, tally: Tally) -> "Street":
        """Ask the service for the town; waits for a service that is still starting."""
        guest = Client(http, on_repeat=tally.count_repeat)
        city = await guest.get(f"/v1/cities/{plan.city}")
        town = read_town(city, await guest.get(f"/v1/cities/{plan.city}/map"))
        return cls(plan, http, clock, tally, town, recall(plan.memory))

    async def report(self) -> None:
        await report_all(self._garage, self._radios, self._tally, self._plan.rhythm)

    async def close(self) -> None:
        await asyncio.gather(*(radio.close() for radio in self._radios.values()))

    async def remember(self) -> None:
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            self.keep()

    def keep(self) -> None:
        """Write down where everything is."""
        vehicles = [self._garage.vehicle(device.plate) for device in self._radios]
        keep(self._plan.memory, vehicles, {email: client.token for email, client in self._clients.items()})

    async def live(self, number: int) -> None:
        """One rider, out again and again."""
        random = Random(f"{self._plan.seed}/{number}/life")
        mean_wait_s = 60 * self._plan.riders / self._plan.rides_per_minute
        await asyncio.sleep(random.uniform(0, min(ARRIVE_WITHIN_S, mean_wait_s)))
        life = self._life(self._personas[number], random)
        while True:
            await life.go_out()
            await asyncio.sleep(random.expovariate(1 / mean_wait_s))

    def _life(self, who: Persona, random: Random) -> Life:
        client = self._clients[who.email]
        card = first_card(Random(f"{self._plan.seed}/{who.email}/card"))
        return Life(
            who,
            client,
            self._desk,
            Wallet(client, self._http, self._tally, first_card=card),
            city=self._plan.city,
            town=self._town,
            garage=self._garage,
            tally=self._tally,
            random=random,
        )

    def _equipped(self, key: VehicleKey, boot: int) -> tuple[Device, Radio]:
        device = Device(
            key.plate,
            self._garage,
            self._clock,
            self._tally,
            boot=boot,
            seed=self._plan.seed,
            faults=self._plan.faults,
            with_alarms=self._plan.with_alarms,
        )
        if self._plan.broker is None:
            return device, HttpRadio(self._client(f"{key.vehicle_id}.{key.secret}"), self._tally, self._door)
        return device, MqttRadio(self._plan.broker, key.vehicle_id, key.secret, obey=device.obey, tally=self._tally)

    def _client(self, token: str = "") -> Client:
        return Client(self._http, token=token, on_repeat=self._tally.count_repeat)


def _vehicle(key: VehicleKey, town: Town, memory: Memory, seed: int) -> Vehicle:
    """A vehicle where it was left, or where the city file put it, with a charge drawn from the seed."""
    if left := memory.vehicles.get(key.plate):
        return Vehicle(key.plate, town.classes[key.type], left.position, left.charge_percent, left.odometer_m)
    charge_percent = Random(f"{seed}/{key.plate}").uniform(*CHARGE_PERCENT_FIRST)
    return Vehicle(key.plate, town.classes[key.type], key.position, charge_percent)
