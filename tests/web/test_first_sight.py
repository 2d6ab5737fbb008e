"""What somebody sees who has never heard of the service, and the papers beside it."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.conftest import ROOT
from tests.support.service import Service
from tests.web.faces import Say
from tests.web.pages import Watched

DIST = ROOT / "web/dist"
FIRST_LOAD_MAX_BYTES = 150_000
CONSOLE_MAX_BYTES = 200_000  # on a desk, all day


@pytest.mark.face("fr", "desk")
async def test_the_landing_page_shows_the_live_town_and_a_way_in_for_everybody(
    face: BrowserContext, say: Say, service: Service, screens: Path
) -> None:
    seen = await Watched.open_at(face, service, screens, "/", say)
    await seen.page.locator("[data-idle]").wait_for()
    ways = seen.page.get_by_role("navigation").get_by_role("link")
    assert [await way.get_attribute("href") for way in await ways.all()] == ["/app", "/operator", "/crew", "/city"]
    await expect(seen.page.locator(".mopeds dd")).to_have_text(re.compile(r"^\d+$"))
    await seen.screen("landing")
    feed = await seen.page.locator("link[rel=gbfs]").get_attribute("href")
    answer = await seen.page.request.get(service.url + str(feed))
    assert answer.ok
    for path in ("accessibility", "privacy", "legal"):
        await seen.page.locator(f"footer a[href='/about/{path}']").click()
        await expect(seen.page.get_by_role("main").get_by_role("heading", level=2).first).to_be_visible()
        await seen.screen(f"about-{path}")
        await seen.page.go_back()
    await ways.first.click()
    await expect(seen.page.get_by_role("heading", level=1)).to_be_visible()
    assert seen.faults == []


@pytest.mark.face("en", "desk")
async def test_every_component_is_shown_in_all_its_states_by_day_and_by_night(
    face: BrowserContext, say: Say, service: Service, screens: Path
) -> None:
    seen = await Watched.open_at(face, service, screens, "/catalogue", say)
    themes = seen.page.locator(".theme")
    await expect(themes).to_have_count(2)
    for theme in await themes.all():
        await expect(theme.get_by_role("heading", name="Button", exact=True)).to_be_visible()
    await seen.screen("catalogue")
    assert seen.faults == []


@pytest.mark.parametrize("page", sorted(path.stem for path in (ROOT / "web").glob("*.html")))
def test_the_first_load_is_light_without_the_map_library(page: str) -> None:
    document = (DIST / f"{page}.html").read_text(encoding="utf-8")
    files = [DIST / name for name in sorted(set(re.findall(r"/(assets/[\w.-]+)", document)))]
    weight = sum(len(gzip.compress(file.read_bytes())) for file in (DIST / f"{page}.html", *files))
    assert not any("CityMap" in file.name for file in files)
    assert weight <= (CONSOLE_MAX_BYTES if page == "operator" else FIRST_LOAD_MAX_BYTES)
