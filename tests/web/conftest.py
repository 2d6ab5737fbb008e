"""A real headless browser against the whole service; the screens it saw are kept where `MOBILITY_SCREENS` says."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from mobility.db.embedded import Servers
from tests.conftest import ROOT
from tests.support.databases import copy_database, url_of
from tests.support.service import Service
from tests.web.people import People

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
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
# Between the town hall and the railway station of Béthune.
TOWN_CENTRE = {"longitude": 2.6392, "latitude": 50.5287}
DATABASE = "mobility_web"


@pytest.fixture(scope="package")
async def service(
    running_servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    """One service for all pages: it takes longer to start than a journey lasts, and each has people of its own."""
    await copy_database(running_servers, template, DATABASE)
    service = Service(
        url_of(running_servers, DATABASE), running_servers.redis_url, tmp_path_factory.mktemp("web"), "bethune"
    )
    service.run("city", "load", str(ROOT / "cities/bethune/city.toml"), "--keys", str(service.vehicles))
    try:
        service.start("serve", "worker")
        yield service
    finally:
        service.stop()


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
        device_scale_factor=2 if "MOBILITY_SCREENS" in os.environ else 1,  # sharp pictures take twice the time
        is_mobile=True,
        has_touch=True,
        locale="fr-FR",
        geolocation=TOWN_CENTRE,
        permissions=["geolocation"],
    )
    yield context
    await context.close()


@pytest.fixture
async def desk(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=DESK, locale="fr-FR")
    yield context
    await context.close()


@pytest.fixture
def screens(tmp_path: Path) -> Path:
    """Where screenshots go."""
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
def operator(service: Service) -> str:
    """The address of somebody who runs the fleet."""
    address = f"operator-{uuid4().hex[:8]}@example.org"
    service.run("accounts", "grant", address, "operator")
    return address
