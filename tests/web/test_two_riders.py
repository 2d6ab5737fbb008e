"""Two browsers at once; one of them has no mouse."""

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.support.service import Service
from tests.web.conftest import TOWN_CENTRE
from tests.web.pages import ResidentPage
from tests.web.people import People

FOCUSED = """() => {
  const { activeElement: at } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  return [(at.getAttribute("aria-label") ?? at.innerText).trim(), outlineStyle !== "none" && outlineWidth !== "0px"];
}"""
STEPS_MAX = 150  # more than a page has


async def test_what_a_rider_takes_without_a_mouse_is_gone_from_another_s_map_until_it_is_given_back(
    phone: BrowserContext,
    desk: BrowserContext,
    service: Service,
    people: People,
    lea: str,
    operator: str,
    screens: Path,
) -> None:
    await people.may_ride(lea, operator=operator)
    await desk.grant_permissions(["geolocation"])
    await desk.set_geolocation(TOWN_CENTRE)  # a ride may end there, wherever the first moped of the list stands
    await desk.add_cookies([{"name": "mobility_session", "value": await people.token(lea), "url": service.url}])
    watcher = await ResidentPage.open(phone, service, screens)
    rows = watcher.page.get_by_role("listitem").filter(has_text="Scooter Atlas")
    await expect(rows.first).to_be_visible()
    free = await rows.count()

    rider = await ResidentPage.open(desk, service, screens)
    await expect(rider.page.get_by_role("listitem").filter(has_text="Scooter Atlas").first).to_be_visible()
    await press(rider.page, "Scooter Atlas")
    await expect(rider.page.get_by_text("Prix, taxes comprises")).to_be_visible()
    await press(rider.page, "Réserver")
    await rider.heading(re.compile("Réservé pour vous jusqu’à"))
    await expect(rows).to_have_count(free - 1)
    await press(rider.page, "Déverrouiller")
    await rider.heading("En route")
    await press(rider.page, "Terminer")
    await rider.heading(re.compile("Où est garé le véhicule"))
    await press(rider.page, "Terminer ici")
    await rider.sees("Trajet terminé")
    await expect(rows).to_have_count(free)
    assert rider.faults == []
    assert watcher.faults == []


async def press(page: Page, name: str) -> None:
    """Step by Tab to the control whose name begins so, see that it shows that it has the focus, and press Enter."""
    for _ in range(STEPS_MAX):
        await page.keyboard.press("Tab")
        said, is_shown = await page.evaluate(FOCUSED)
        if said.startswith(name):
            assert is_shown, f"nobody sees that {name} has the focus"
            await page.keyboard.press("Enter")
            return
    pytest.fail(f"the keyboard does not come to {name}")
