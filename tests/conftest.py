"""Real servers for tests that ask: one embedded PostgreSQL and Valkey a run, fresh databases where commits matter."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import absl.logging
import httpx
import hypothesis
import pytest
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from mobility.base.clock import FixedClock, SystemClock
from mobility.city.rules.city_file import CityFile
from mobility.city.service import read_city_file
from mobility.cli.loading import keep_keys, load
from mobility.db.embedded import Servers, servers
from mobility.db.limits import SERVER_SETTINGS
from mobility.db.live import Live
from mobility.db.migrations import upgrade
from mobility.db.session import Sessions, create_engine, create_sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.settings import Settings, asyncpg_url
from tests.support.apps import api_on
from tests.support.databases import Stock, copy_database, url_of
from tests.support.pushes import HERE, PUSH_KEY
from tests.support.service import Service

ROOT = Path(__file__).parents[1]
BETHUNE = ROOT / "cities/bethune/city.toml"
TOWN = ROOT / "tests/support/cities/lakeport/city.toml"
TEMPLATE = "mobility_template"
MORNING = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)

# A slow machine is no falsifying example.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
# Nor a reason why a crowd that takes a row in turn should give up.
SERVER_SETTINGS.update(lock_timeout="60000", statement_timeout="120000")

# OR-Tools imports absl: its log handler closes the stderr it was born with, here pytest's, when logging is set up anew.
absl.logging.get_absl_handler().python_handler.stream = sys.__stderr__


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fixture decides the mark."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "running_servers" in fixtures:
            item.add_marker("db")
        if "browser" in fixtures:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def running_servers() -> Iterator[Servers]:
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        yield Servers(asyncpg_url(os.environ["DATABASE_URL"]), os.environ["REDIS_URL"])
        return
    with tempfile.TemporaryDirectory(prefix="mobility-tests-") as folder:
        Path(folder).chmod(0o755)  # closed to `nobody`, root's servers would keep their data elsewhere for good
        with servers(Path(folder), durable=False) as running:
            yield running


@pytest.fixture(scope="session")
def template(running_servers: Servers) -> str:
    """A migrated, empty database that others are copied from; its name."""
    asyncio.run(copy_database(running_servers, "template1", TEMPLATE))
    upgrade(url_of(running_servers, TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
async def town_template(running_servers: Servers, template: str) -> tuple[str, list[NewVehicle]]:
    """A database with the fictional city in it, that others are copied from: its name, and its vehicles' keys."""
    name = "mobility_town"
    await copy_database(running_servers, template, name)
    engine = create_engine(url_of(running_servers, name))
    async with transaction(create_sessions(engine)) as session:
        vehicles = await load(session, FixedClock(MORNING), read_city_file(TOWN))
    await engine.dispose()
    return name, vehicles


@pytest.fixture(scope="session")
def stock(running_servers: Servers) -> Stock:
    return Stock(running_servers)


@pytest.fixture
async def database_url(request: pytest.FixtureRequest, stock: Stock, template: str) -> AsyncIterator[str]:
    """A migrated database for real commits, nobody else's meanwhile; the city is in it where `town` is asked for."""
    if "town_template" in request.fixturenames:
        template, _ = request.getfixturevalue("town_template")
    async with stock.lent(template) as url:
        yield url


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = create_engine(database_url)
    yield create_sessions(engine)
    await engine.dispose()


@pytest.fixture(scope="session")
async def shared_engine(running_servers: Servers, template: str) -> AsyncIterator[AsyncEngine]:
    """On a migrated database that stays empty: its tests roll back."""
    await copy_database(running_servers, template, "mobility_shared")
    engine = create_async_engine(url_of(running_servers, "mobility_shared"))
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(shared_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with shared_engine.connect() as connection:
        outer = await connection.begin()
        yield connection
        await outer.rollback()


@pytest.fixture
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A session in a transaction that is rolled back at the end, whatever it commits."""
    async with AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
async def valkey(running_servers: Servers) -> AsyncIterator[Redis]:
    client = Redis.from_url(running_servers.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
def live(valkey: Redis) -> Live:
    return Live(valkey)


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """Where the app under test sends its sign-in codes."""
    return tmp_path / "mailbox.jsonl"


@pytest.fixture
async def app(
    database_url: str, running_servers: Servers, valkey: Redis, clock: FixedClock, mailbox: Path
) -> AsyncIterator[Litestar]:
    """The whole API on a database of its own, with real commits; its clock stands still until the test moves it."""
    settings = Settings(
        database_url=database_url,
        redis_url=running_servers.redis_url,
        mobility_mailbox=mailbox,
        mobility_photos=mailbox.with_name("photos"),
        mobility_push_key=PUSH_KEY,
        mobility_push_services=f"push.example {HERE}",
    )
    async with api_on(settings, clock) as app:
        yield app


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://mobility.test", timeout=60) as client:
        yield client


@pytest.fixture
def town_file() -> CityFile:
    """The fictional city of the tests."""
    return read_city_file(TOWN)


@pytest.fixture
def town(town_template: tuple[str, list[NewVehicle]], database_url: str) -> list[NewVehicle]:
    """The fictional city loaded and committed, with its vehicles on the street and their keys."""
    return list(town_template[1])


@pytest.fixture(scope="session")
async def loaded_template(
    running_servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A database with Béthune loaded, that others are copied from: its name, and its vehicles' keys."""
    name, keys = "mobility_loaded", tmp_path_factory.mktemp("loaded") / "vehicles.jsonl"
    await copy_database(running_servers, template, name)
    engine = create_engine(url_of(running_servers, name))
    async with transaction(create_sessions(engine)) as session:
        keep_keys(keys, await load(session, SystemClock(), read_city_file(BETHUNE)))
    await engine.dispose()
    return name, keys


@pytest.fixture
async def loaded_database_url(stock: Stock, loaded_template: tuple[str, Path]) -> AsyncIterator[str]:
    async with stock.lent(loaded_template[0]) as url:
        yield url


@pytest.fixture
def service(
    running_servers: Servers,
    loaded_template: tuple[str, Path],
    loaded_database_url: str,
    tmp_path: Path,
) -> Iterator[Service]:
    """API and worker as processes, with Béthune loaded."""
    service = Service(loaded_database_url, running_servers.redis_url, tmp_path, "bethune")
    shutil.copy(loaded_template[1], service.vehicles)
    try:
        service.start("serve", "worker")
        yield service
    finally:
        service.stop()


@pytest.fixture
async def service_sessions(loaded_database_url: str) -> AsyncIterator[Sessions]:
    """Sessions on the database that `service` runs on."""
    engine = create_engine(loaded_database_url)
    yield create_sessions(engine)
    await engine.dispose()
