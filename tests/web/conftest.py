"""A real headless browser against the whole service; the screens it saw are kept where `MOBILITY_SCREENS` says."""

import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from sqlalchemy import select

from mobility.base.clock import SystemClock
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import hash_of
from mobility.city.tables import City
from mobility.db.embedded import Servers
from mobility.db.session import Sessions, create_engine, create_sessions, transaction
from mobility.geo import LonLat
from mobility.rebalancing.rules.plan_document import Stop
from mobility.rebalancing.service import plans, roster
from mobility.riders.tables import Account
from tests.support.databases import copy_database, url_of
from tests.support.night_work import Piece, write_plan
from tests.support.pushes import HERE, PUSH_KEY
from tests.support.service import Service
from tests.web.faces import DESK, PHONE, Face, Say, Texts, chosen
from tests.web.people import People, somebody

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--enable-unsafe-swiftshader",  # WebGL without a graphics card
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Between the town hall and the railway station of Béthune.
TOWN_CENTRE = {"longitude": 2.6392, "latitude": 50.5287}
DATABASE = "mobility_web"
AFTERNOON_HOUR = 14
NEXT_PLATE = count(21)
PATIENCE_MS = 60_000  # costs nothing where the machine is quick
expect.set_options(timeout=PATIENCE_MS)
HALL = Stop(code="hotel-de-ville", name={"fr": "Hôtel de ville", "en": "Town hall"}, position=LonLat(2.63825, 50.53049))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faces", choices=("one", "all"), default="one", help="languages and sizes of each journey")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "look" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("face")
        every = metafunc.config.getoption("--faces", "one") == "all"
        faces = chosen(Face(*marked.args) if marked else Face(), every=every)
        metafunc.parametrize("look", faces, ids=str)


@pytest.fixture(scope="package")
def texts() -> Texts:
    return Texts.read()


@pytest.fixture
def say(look: Face, texts: Texts) -> Say:
    return Say(texts if look.language == "en" else None)


@pytest.fixture
async def face(browser: Browser, look: Face) -> AsyncIterator[BrowserContext]:
    """Somebody's phone or desk, in the language, size and theme of the run."""
    context = await browser.new_context(
        **look.context(), geolocation=TOWN_CENTRE, permissions=["geolocation"], service_workers="block"
    )
    await context.add_init_script(f"localStorage.setItem('mobility.locale', '{look.language}')")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest.fixture(scope="package")
async def service(
    running_servers: Servers, loaded_template: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    """One service for all pages: it takes longer to start than a journey lasts, and each has people of its own."""
    url = url_of(running_servers, DATABASE)
    await copy_database(running_servers, loaded_template[0], DATABASE)
    await make_it_afternoon(url)
    pushes = {"MOBILITY_PUSH_KEY": PUSH_KEY, "MOBILITY_PUSH_SERVICES": HERE}
    service = Service(
        url, running_servers.redis_url, tmp_path_factory.mktemp("web"), "bethune", more_environment=pushes
    )
    shutil.copy(loaded_template[1], service.vehicles)
    try:
        service.start("serve", "worker")
        yield service
    finally:
        service.stop()


async def make_it_afternoon(url: str) -> None:
    """Put the town where it is two in the afternoon now: no page depends on the hour at which the tests run.

    Real services have no clock to set, and in the evening nights are planned, worked and published by themselves.
    """
    engine = create_engine(url)
    async with transaction(create_sessions(engine)) as session:
        city = await session.get_one(City, "bethune")
        city.time_zone = f"Etc/GMT{datetime.now(UTC).hour - AFTERNOON_HOUR:+d}"  # west is plus
        city.document = {**city.document, "time_zone": city.time_zone}
        # A process that has prepared the town by its own clocks knows it by its hash.
        city.document_hash = hash_of(msgspec.convert(city.document, CityFile))
    await engine.dispose()


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Chromium of this machine; a missing one fails the tests that need it."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail("the browser tests need Chromium: sudo apt-get install chromium", pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A French rider's phone that has agreed to share its position."""
    context = await browser.new_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        locale="fr-FR",
        geolocation=TOWN_CENTRE,
        permissions=["geolocation"],
        service_workers="block",  # what a test routes must not be answered by the device
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest.fixture
async def kept_phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A phone that keeps pages for a time without network."""
    context = await browser.new_context(
        viewport=PHONE, locale="fr-FR", geolocation=TOWN_CENTRE, permissions=["geolocation"]
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest.fixture
async def desk(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=DESK, locale="fr-FR", service_workers="block")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest.fixture
def screens(tmp_path: Path) -> Path:
    """Where pictures go."""
    folder = Path(os.environ.get("MOBILITY_SCREENS", tmp_path / "screens"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
async def people(service: Service) -> AsyncIterator[People]:
    async with People(service) as people:
        yield people


@pytest.fixture
def lea() -> str:
    """A newcomer's address, never seen before."""
    return f"lea-{uuid4().hex[:8]}@example.org"


@pytest.fixture
async def operator(sessions_of_pages: Sessions) -> str:
    """The address of somebody who runs the fleet."""
    return await somebody(sessions_of_pages, "operator")


@pytest.fixture
async def sessions_of_pages(service: Service) -> AsyncIterator[Sessions]:
    engine = create_engine(service.database_url)
    yield create_sessions(engine)
    await engine.dispose()


@pytest.fixture
def two_plates() -> tuple[str, str]:
    """Mopeds that no other test's night has worked on."""
    return f"A-{next(NEXT_PLATE):03d}", f"A-{next(NEXT_PLATE):03d}"


@pytest.fixture
async def two_swaps(sessions_of_pages: Sessions, two_plates: tuple[str, str]) -> UUID:
    """The night, whose plan in force has the crew Nord swap two batteries."""
    clock = SystemClock()
    async with transaction(sessions_of_pages) as session:
        first, second = two_plates
        swaps = [Piece("swap", [plate], HALL, at_min=at, crew="nord") for at, plate in ((30, first), (60, second))]
        plan = await write_plan(session, clock, *swaps, city="bethune")
        await plans.publish(session, clock, plan.id, operator_id=None)
        return plan.night_id


@pytest.fixture
async def crew(sessions_of_pages: Sessions, two_swaps: UUID) -> str:
    """The address of somebody in the crew Nord, with two swaps before them."""
    address = await somebody(sessions_of_pages, "crew")
    async with transaction(sessions_of_pages) as session:
        account = (await session.scalars(select(Account.id).where(Account.email == address))).one()
        await roster.set_roster(session, SystemClock(), two_swaps, {account: "nord"})
    return address
