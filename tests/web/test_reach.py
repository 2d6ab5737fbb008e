"""What is within 5, 10 and 15 minutes on foot, as residents and operators see it on their maps."""

import re
from pathlib import Path

from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage, ResidentPage

RINGS = re.compile("5, 10 et 15 min à pied")
STRAIGHT = "À vol d’oiseau, × 1,3"


async def test_a_resident_reads_by_what_the_rings_around_them_were_found_and_takes_them_away(
    phone: BrowserContext, service: Service, screens: Path
) -> None:
    rider = await ResidentPage.open(phone, service, screens)
    rings = rider.page.get_by_role("button", name=RINGS)
    await expect(rings).to_have_attribute("aria-pressed", "true")
    await expect(rings).to_contain_text(STRAIGHT)
    await rider.screen("resident-reach")
    await rings.click()
    await expect(rings).to_have_attribute("aria-pressed", "false")
    await expect(rings).not_to_contain_text(STRAIGHT)
    await rider.screen("resident-reach-away")
    assert rider.faults == []


async def test_an_operator_sees_what_is_within_a_walk_of_a_station(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    station = console.page.get_by_label(RINGS)
    async with console.page.expect_response(re.compile("/isochrones")):
        await station.select_option(label="Gare de Béthune")
    await expect(console.page.get_by_text(STRAIGHT)).to_be_visible()
    await console.screen("operator-reach")
    await station.select_option(label="Aucune station")
    await expect(console.page.get_by_text(STRAIGHT)).to_have_count(0)
    assert console.faults == []
