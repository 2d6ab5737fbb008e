"""The whole API with a street of ten thousand vehicles, and beside it the same bytes from memory."""

import socket
import time
from pathlib import Path

import uvicorn
from litestar import Litestar, Response, get
from litestar.di import NamedDependency
from sqlalchemy import text

from mobility.app import create_app
from mobility.app.logs import configure_logs
from mobility.base.clock import SystemClock
from mobility.city.service import read_city_file
from mobility.cli.loading import load
from mobility.db.session import create_engine, create_sessions, transaction
from mobility.feeds.rules.documents import FileKey
from mobility.feeds.service import Feeds
from mobility.settings import Settings

CITY = Path("cities/bethune/city.toml")
ALONE = {"anonymous": True, "precompressed": True}

VEHICLES = """
    INSERT INTO vehicle (id, city_id, type_code, plate, public_id, key_hash, state, state_seq, state_since, created_at)
    SELECT gen_random_uuid(), 'bethune', 'atlas-moped', 'X-' || number, gen_random_uuid(), ''::bytea, 'available', 0,
        now(), now()
    FROM generate_series(1, :missing) number
"""
STATUSES = """
    INSERT INTO vehicle_status (vehicle_id, lon, lat, charge_percent, range_m, odometer_m, locked, report_seq,
        position_at, reported_at, heard_at)
    SELECT id, 2.6 + random() / 10, 50.5 + random() / 10, 20 + random() * 80, (10000 + random() * 60000)::int, 0, true,
        0, now(), now(), now()
    FROM vehicle WHERE plate LIKE 'X-%'
"""


async def fill(database_url: str, vehicles: int) -> None:
    engine = create_engine(database_url)
    async with transaction(create_sessions(engine)) as session:
        new = await load(session, SystemClock(), read_city_file(CITY))
        await session.execute(text(VEHICLES), {"missing": vehicles - len(new)})
        await session.execute(text(STATUSES))
    await engine.dispose()


def serve(settings: Settings, listener: socket.socket) -> None:
    configure_logs("warning")
    uvicorn.Server(uvicorn.Config(app(settings), log_config=None, access_log=False)).run(sockets=[listener])


def app(settings: Settings) -> Litestar:
    kept: dict[str, bytes] = {}

    @get("/keep", opt=ALONE)
    async def keep(feeds: NamedDependency[Feeds]) -> int:
        served = await feeds.find(None, FileKey("v3", "vehicle_status"))
        kept.update(plain=served.body, gzip=served.gzipped)
        kept["304"] = b""
        return len(served.body)

    @get("/static/{name:str}", opt=ALONE, sync_to_thread=False)
    def static(name: str) -> Response[bytes]:
        return Response(kept[name], media_type="application/json")

    @get("/cpu", opt=ALONE, sync_to_thread=False)
    def cpu() -> float:
        return time.process_time()

    whole = create_app(settings)
    for handler in (keep, static, cpu):
        whole.register(handler)
    return whole
