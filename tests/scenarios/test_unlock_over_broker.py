"""A tap on a phone reaches a vehicle over the broker, and its answer the phone: API, worker, consumer as processes."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import msgspec
import pytest
from gmqtt import Client
from sqlalchemy import update

from mobility.base.clock import FixedClock
from mobility.city.rules.city_file import CityFile
from mobility.cli.loading import load
from mobility.db.embedded import EmbeddedBroker, Servers
from mobility.db.heartbeat import is_worker_gone
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER, Channel, topic
from mobility.fleet.service import NewVehicle
from mobility.fleet.service.keys import broker_passwords
from mobility.fleet.tables import VehicleCommand
from tests.support.rides import LIGHTHOUSE, Phone, add_rider
from tests.support.service import Service

WITHIN_S = 120


@dataclass
class Lock:
    """A vehicle's box at the broker that does what it is told, unless it jams or says nothing of it."""

    vehicle: NewVehicle
    told: dict[str, str] = field(default_factory=dict)
    """Commands by their id: on a slow day one may come twice."""
    is_jammed: bool = False
    is_mute: bool = False

    async def connect(self, broker_url: str) -> None:
        address, listens = urlsplit(broker_url), asyncio.Event()
        self._client = Client(str(self.vehicle.id))
        self._client.set_auth_credentials(str(self.vehicle.id), self.vehicle.secret)
        self._client.on_message = self._obey
        self._client.on_subscribe = lambda *_: listens.set()
        await self._client.connect(address.hostname, address.port)
        self._client.subscribe(topic(self.vehicle.id, Channel.COMMAND), qos=1)
        await listens.wait()

    async def close(self) -> None:
        await self._client.disconnect()

    def _obey(self, client: Client, _: str, payload: bytes, *__: Any) -> int:
        command = msgspec.json.decode(payload)
        self.told[command["id"]] = command["command"]
        if self.is_mute:
            return 0
        code = "jammed" if self.is_jammed else None
        reply = {"id": command["id"], "done": not code, "code": code, "at": datetime.now(UTC).isoformat()}
        client.publish(topic(self.vehicle.id, Channel.REPLY), reply, qos=1)
        return 0


@dataclass(frozen=True)
class Town:
    phone: Phone
    lock: Lock
    public_id: UUID
    service: Service
    sessions: Sessions

    async def starts(self) -> Any:
        rental = await self.phone.ride(self.public_id)
        assert rental["state"] == "unlocking"
        return rental

    async def outcome(self, rental: Any) -> Any:
        """The ride once there is a final answer."""
        async with asyncio.timeout(WITHIN_S):
            while rental["state"] == "unlocking":
                await asyncio.sleep(0.1)
                rental = (await self.phone.get(f"/v1/rentals/{rental['id']}")).json()
        return rental

    async def is_told(self, command: str) -> None:
        async with asyncio.timeout(WITHIN_S):
            while command not in self.lock.told.values():
                await asyncio.sleep(0.1)

    async def answer_is_awaited_for(self, time: timedelta) -> None:
        """Not for the seconds that it is: on a busy machine a process takes longer to start."""
        awaited = update(VehicleCommand).where(VehicleCommand.state == "sent")
        async with transaction(self.sessions) as session:
            await session.execute(awaited.values(expires_at=datetime.now(UTC) + time))


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mobility-unlock-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def town(
    running_servers: Servers,
    database_url: str,
    sessions: Sessions,
    valkey: object,
    town_file: CityFile,
    folder: Path,
) -> AsyncIterator[Town]:
    now = FixedClock(datetime.now(UTC))
    async with transaction(sessions) as session:
        vehicles = await load(session, now, never_closed(town_file))
        rider = add_rider(session, now)
        passwords = await broker_passwords(session, {SERVICE_USER: "service"})
    (moped,) = (vehicle for vehicle in vehicles if vehicle.plate == "B-001")
    with EmbeddedBroker(folder, access=ACCESS, passwords=passwords, durable=False) as broker:
        url = broker.url.replace("://", f"://{SERVICE_USER}:service@")
        service = Service(database_url, running_servers.redis_url, folder, "lakeport", mqtt_url=url)
        lock = Lock(moped)
        await lock.connect(broker.url)
        try:
            service.start("worker", "consumer", "serve")
            async with asyncio.timeout(WITHIN_S):
                while "broker_heard" not in (folder / "consumer.log").read_text() or await no_worker(sessions):
                    await asyncio.sleep(0.1)
            async with httpx.AsyncClient(base_url=service.url, timeout=WITHIN_S) as client:
                name = await public_id(client, rider.headers)
                yield Town(Phone(client, rider), lock, name, service, sessions)
        finally:
            service.stop()
            await lock.close()


async def no_worker(sessions: Sessions) -> bool:
    async with sessions() as session:
        return await is_worker_gone(session, datetime.now(UTC))


def never_closed(town: CityFile) -> CityFile:
    """Its processes run by the real clock."""
    days = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
    always = msgspec.structs.replace(town.opening_hours[0], days=days, opens="00:00", closes="24:00")
    return msgspec.structs.replace(town, opening_hours=(always,))


async def public_id(client: httpx.AsyncClient, headers: dict[str, str]) -> UUID:
    """The name of the moped B-001, which a hold shows and its end does not change."""
    around = await client.get("/v1/cities/lakeport/vehicles/nearby", params={"lon": 175.01, "lat": -40.0})
    for offer in around.json()["items"]:
        hold = await client.post(
            "/v1/holds",
            json={"vehicle_id": offer["vehicle_id"]},
            headers=headers | {"Idempotency-Key": offer["vehicle_id"]},
        )
        await client.delete(f"/v1/holds/{hold.json()['id']}", headers=headers)
        if hold.json()["vehicle"]["plate"] == "B-001":
            return UUID(offer["vehicle_id"])
    raise LookupError(around.text)


async def test_a_vehicle_at_the_broker_opens_for_its_rider_or_says_why_not(town: Town) -> None:
    town.lock.is_jammed = True
    failed = await town.outcome(await town.starts())
    assert (failed["state"], failed["failure"]["code"], failed["started_at"]) == ("failed", "unlock_refused", None)
    town.lock.is_jammed = False
    riding = await town.outcome(await town.starts())
    assert riding["state"] == "riding"
    assert riding["started_at"] > riding["requested_at"]
    parked = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
    ended = await town.phone.post(f"/v1/rentals/{riding['id']}/end", parked)
    assert ended.json()["state"] == "ended"
    await town.is_told("lock")
    assert list(town.lock.told.values()) == ["unlock", "unlock", "lock"]


async def test_a_worker_killed_while_a_vehicle_unlocks_leaves_nobody_waiting_once_another_is_there(town: Town) -> None:
    town.lock.is_mute = True
    waiting = await town.starts()
    await town.is_told("unlock")
    town.service.kill("worker")
    await town.answer_is_awaited_for(timedelta(0))
    town.service.start("worker")
    failed = await town.outcome(waiting)
    assert (failed["state"], failed["failure"]["code"], failed["payment"]) == ("failed", "unlock_unanswered", None)

    town.lock.is_mute = False
    town.service.kill("worker")
    unheard = await town.starts()
    await town.answer_is_awaited_for(timedelta(minutes=10))
    town.service.start("worker")
    assert (await town.outcome(unheard))["state"] == "riding"
