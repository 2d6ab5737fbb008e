"""Whole rides told over HTTP and MQTT, badly: no coordinate of them is kept, said or written anywhere.

Real processes on a database of their own. That the search finds what is there is shown by the positions before and
after the rides.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

import httpx
import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import func, select, text

from mobility.base.clock import SystemClock
from mobility.city.rules.city_file import CityFile, OpeningHours
from mobility.cli.loading import keep_keys, load
from mobility.db.embedded import EmbeddedBroker, Servers
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER
from mobility.fleet.service.keys import broker_passwords
from mobility.fleet.tables import Vehicle
from mobility.geo import LonLat
from mobility.street.client import Client
from mobility.street.mqtt import MqttRadio, read_broker
from mobility.street.radio import HttpRadio
from mobility.street.street import read_keys
from mobility.street.tally import Tally
from mobility.telemetry.tables import TelemetryReport
from tests.scenarios.test_kills import settled
from tests.support import traces
from tests.support.fleets import signed_in
from tests.support.rides import add_rider
from tests.support.service import Service
from tests.support.travellers import CANARIES, LONG_BEFORE, RIDDEN, Shout, Traveller, Watch

FEEDS = ("/gbfs/v3/gbfs.json", "/gbfs/v2/gbfs.json")
CONSOLE = "/v1/cities/{city}/fleet/live"
NEWS = "/v1/cities/{city}/vehicles/live"  # says only that something has changed
RINGS = "/v1/cities/{city}/isochrones"
"""A hundred numbers around the asked place, near to any by chance: made of streets and of the question alone."""
EVER = (OpeningHours(days=("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"), opens="00:00", closes="24:00"),)
# One of each kind of place there is: near the start, in a slow zone, in one without rides, out of the city.
PLACES = [LonLat(175.0155, -40.0045), LonLat(175.005, -40.005), LonLat(174.9725, -39.9725), LonLat(175.06, -40.05)]
FOUND = {"B-001": LonLat(175.0112349, -40.0012349), "P-001": LonLat(174.9994321, -39.9994321)}
PARKED = {"B-001": LonLat(175.0212345, -39.9812345), "P-001": LonLat(175.0103457, -40.0003457)}
WITHIN_S = 60


@dataclass(frozen=True)
class World:
    """The running service and who may ask it what."""

    service: Service
    sessions: Sessions
    valkey: Redis
    http: httpx.AsyncClient
    operator: dict[str, str]
    riders: dict[str, str]
    """Token by the plate of the vehicle they ride."""
    broker: EmbeddedBroker | None

    def connect(self, traveller: Traveller) -> None:
        """Give the vehicle a radio: MQTT where there is a broker."""
        key = traveller.key
        if self.broker is None:
            traveller.connect(*over_http(self.http, f"{key.vehicle_id}.{key.secret}"))
        else:
            address = read_broker(self.broker.url)
            obey = traveller.device.obey
            radio = MqttRadio(address, key.vehicle_id, key.secret, obey=obey, tally=Tally())
            traveller.connect(radio, radio.say)

    def stop(self) -> dict[str, bytes]:
        """Stop the processes and give what they have written, the broker's store included."""
        self.service.stop()
        if self.broker is not None:
            self.broker.stop()
        return traces.files(self.service.folder)

    async def everything(self) -> dict[str, bytes]:
        """All that the service keeps, would answer to anybody, and has written."""
        kept = await traces.tables(self.sessions) | await traces.keys(self.valkey)
        kept |= await traces.feeds(self.http, *FEEDS)
        for key in read_keys(self.service.vehicles):
            if token := self.riders.get(key.plate):
                kept |= await self._answers(self.operator, key.vehicle_id, f"operator, {key.plate}")
                kept |= await self._answers({"Authorization": f"Bearer {token}"}, key.vehicle_id, f"rider, {key.plate}")
        return kept | traces.files(self.service.folder) | traces.files(*await self._server_logs())

    async def _answers(self, headers: Mapping[str, str], vehicle_id: str, whose: str) -> dict[str, bytes]:
        rentals = (await self.http.get("/v1/rentals", headers=headers)).json().get("items", [])
        known = {"city": self.service.city, "vehicle_id": vehicle_id, "lon": "175.0", "lat": "-40.0", "query": "rider"}
        if rentals:
            known["rental_id"] = rentals[0]["id"]
        answers = await traces.answers(self.http, known, headers, without=[CONSOLE, NEWS, RINGS])
        return {f"{name} ({whose})": content for name, content in answers.items()}

    async def _server_logs(self) -> list[Path]:
        """Where the servers of this machine write; nowhere for those of another machine."""
        async with self.sessions() as session:
            data = Path(await session.scalar(text("SHOW data_directory")) or "")
        return list(data.parent.parent.glob("*/log"))

    async def travellers(self) -> list[Traveller]:
        """Each vehicle that is ridden, with its rider."""
        async with self.sessions() as session:
            public_ids = dict((await session.execute(select(Vehicle.plate, Vehicle.public_id))).all())
        return [
            Traveller(
                key,
                Client(self.http, token=self.riders[key.plate]),
                public_id=public_ids[key.plate],
                found=FOUND[key.plate],
                parked=PARKED[key.plate],
                seed=number,
            )
            for number, key in enumerate(read_keys(self.service.vehicles))
            if key.plate in PARKED
        ]

    @asynccontextmanager
    async def overheard(self) -> AsyncIterator[dict[str, bytearray]]:
        """Every command that Valkey is given and every event of the console meanwhile."""
        heard = {"valkey": bytearray(), "console": bytearray()}

        async def listen_to_valkey() -> None:
            async with self.valkey.monitor() as monitor:
                while True:
                    heard["valkey"] += repr(await monitor.next_command()).encode() + b"\n"

        async def listen_to_console() -> None:
            path = CONSOLE.format(city=self.service.city)
            async with self.http.stream("GET", path, headers=self.operator) as console:
                async for chunk in console.aiter_bytes():
                    heard["console"] += chunk

        listening = [asyncio.create_task(listen_to_valkey()), asyncio.create_task(listen_to_console())]
        try:
            yield heard
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)

    async def heard_out(self, travellers: Sequence[Traveller]) -> None:
        """Wait until the last that each vehicle said is in its table, and so all before it wherever it goes."""
        last = {(UUID(each.key.vehicle_id), each.last["boot"], each.last["seq"]) for each in travellers}
        rows = select(TelemetryReport.vehicle_id, TelemetryReport.boot, TelemetryReport.seq)
        async with asyncio.timeout(WITHIN_S):
            while True:
                async with self.sessions() as session:
                    if last <= set((await session.execute(rows)).all()):
                        return
                await asyncio.sleep(0.1)


@pytest.fixture
async def world(
    over: str, running_servers: Servers, database_url: str, sessions: Sessions, valkey: Redis, town_file: CityFile
) -> AsyncIterator[World]:
    """The fictional city, open around the clock, with a rider for each vehicle that is ridden."""
    clock = Watch(behind=LONG_BEFORE * 2)
    async with transaction(sessions) as session:
        new = await load(session, clock, msgspec.structs.replace(town_file, opening_hours=EVER))
        riders = {plate: add_rider(session, SystemClock()).token for plate in PARKED}
        passwords = await broker_passwords(session, {SERVICE_USER: "service"})
    operator = await signed_in(sessions, SystemClock(), city="lakeport")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="mobility-rides-")))
        folder.chmod(0o755)  # closed to `nobody`, root's broker would keep its data elsewhere for good
        service = Service(database_url, running_servers.redis_url, folder, "lakeport")
        keep_keys(service.vehicles, new)
        broker = None
        if over == "mqtt":
            broker = stack.enter_context(EmbeddedBroker(folder, access=ACCESS, passwords=passwords))
            service.mqtt_url = broker.url.replace("://", f"://{SERVICE_USER}:service@")
        stack.callback(service.stop)
        service.start("serve", "worker", *(["consumer"] if broker else []))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=service.url, timeout=60))
        yield World(service, sessions, valkey, http, operator, riders, broker)


async def canaries(world: World, count_: int) -> list[LonLat]:
    """Positions in every kind of place whose numbers stand nowhere yet, and that keep seven decimals."""
    ends = "\n".join(f"{at.lon} {at.lat}" for at in (*FOUND.values(), *PARKED.values())).encode()
    known = await traces.tables(world.sessions) | await traces.feeds(world.http, *FEEDS) | {"ends": ends}
    for seed in count():
        chosen = [drawn(Random(f"{seed}/{number}"), PLACES[number % len(PLACES)]) for number in range(count_)]
        if not traces.Search(chosen).find_in(known):
            return chosen
    raise AssertionError


def drawn(random: Random, centre: LonLat) -> LonLat:
    """A position nearby without a zero in the fourth and seventh decimals: it would go when a number is cut there."""
    while True:
        degrees = [round(each + random.uniform(-0.002, 0.002), 7) for each in (centre.lon, centre.lat)]
        if all("0" not in f"{each:.7f}"[-4::3] for each in degrees):
            return LonLat(*degrees)


def over_http(http: httpx.AsyncClient, token: str) -> tuple[HttpRadio, Shout]:
    async def shout(raw: bytes) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        await http.post("/v1/telemetry", content=raw, headers=headers)

    return HttpRadio(Client(http, token=token), Tally(), asyncio.Semaphore()), shout


@pytest.mark.parametrize("over", ["http", "mqtt"])
async def test_no_coordinate_of_a_ride_is_anywhere(world: World) -> None:
    travellers = await world.travellers()
    secret = await canaries(world, CANARIES * len(travellers))
    async with world.overheard() as heard:
        async with asyncio.TaskGroup() as rides:
            for at, traveller in enumerate(travellers):
                world.connect(traveller)
                rides.create_task(traveller.ride(secret[CANARIES * at : CANARIES * (at + 1)]))
        await world.heard_out(travellers)
        await settled(world.sessions)
        sources = await world.everything()
    sources |= world.stop() | {f"overheard {name}": bytes(said) for name, said in heard.items()}
    assert traces.Search(secret).find_in(sources) == {}
    # What was searched is not empty, and the search sees: where the rides began and ended is everywhere it may be.
    found = traces.Search([*FOUND.values(), *PARKED.values()]).find_in(sources)
    for kind in ("table", "answer", "feed", "overheard valkey", "overheard console"):
        assert any(name.startswith(kind) for name in found), kind
    written = [
        name for name, kept in sources.items() if name.endswith(("serve.log", "postgres/log", "valkey/log")) and kept
    ]
    assert len(written) == 3, written
    assert sources["table public.telemetry_quarantine"].count(b"\n") > len(travellers) * CANARIES
    async with world.sessions() as session:
        without = select(func.count()).where(TelemetryReport.lon.is_(None))
        assert (await session.scalar(without) or 0) >= len(travellers) * RIDDEN


HERE = LonLat(175.0123457, -40.0765432)


@pytest.mark.parametrize(
    "kept",
    [
        b'{"lon":175.0123457,"lat":0}',
        b"(7,175.0123,t)",
        b"[175.01235, 0]",
        b"-40.07654",
        b"POINT(175.012346 -40.076543)",
        b"(\\x7b226c6f6e223a3137352e303132333435377d)",
        b"eyJsb24iOjE3NS4wMTIzNDU3LCJsYXQiOi00MC4wNzY1NDMyfQ==",
        b"1750123457",
        b"175012346",
        b"\x00" + struct.pack("<d", HERE.lon),
        f"\\x0101000000{struct.pack('<dd', HERE.lon, HERE.lat).hex()}".encode(),
        struct.pack(">f", HERE.lat),
    ],
)
def test_a_coordinate_is_found_in_every_form(kept: bytes) -> None:
    assert traces.Search([HERE]).find(kept)


@pytest.mark.parametrize(
    "kept", [b"175.01, -40.08", b"2026-06-15T08:03:40.076543Z", b"175.0133, 40.0763", b"9175.0123457", b"40.07a"]
)
def test_other_numbers_are_no_coordinates(kept: bytes) -> None:
    assert not traces.Search([HERE]).find(kept)
