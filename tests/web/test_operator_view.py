import re
from pathlib import Path

from playwright.async_api import BrowserContext, expect

from mobility.geo import LonLat, distance_m
from tests.support.service import Service
from tests.web.pages import OperatorPage
from tests.web.people import People


async def test_an_operator_looks_at_a_part_of_the_town_and_still_finds_what_is_to_be_done_elsewhere(
    desk: BrowserContext, service: Service, people: People, operator: str, screens: Path
) -> None:
    vehicles = (await people.ask(operator, "GET", "/v1/cities/bethune/fleet/vehicles?limit=100"))["items"]
    centre = LonLat(**(await people.ask(operator, "GET", "/v1/cities/bethune"))["centre"])
    afar = max(vehicles, key=lambda each: distance_m(centre, LonLat(**each["position"])))
    task = {"vehicle_id": afar["id"], "kind": "check"}
    await people.ask(operator, "POST", "/v1/cities/bethune/tasks", json=task)
    console = await OperatorPage.open(desk, service, screens)
    page = console.page
    await console.sign_in(operator)
    listed = page.get_by_role("region", name="Véhicules").get_by_role("listitem")
    await expect(listed).to_have_count(len(vehicles))

    follows = page.get_by_label("Seulement ce que montre la carte")
    async with page.expect_request(lambda request: "/fleet/live?bbox=" in request.url):
        await follows.check()
    await page.get_by_role("region", name="Carte").hover()
    await page.mouse.wheel(0, -1500)
    await expect(listed).not_to_have_count(len(vehicles))
    await expect(listed.filter(has_text=afar["plate"])).to_have_count(0)
    await expect(page.get_by_text("En direct", exact=True)).to_be_visible()
    await console.tap("Garder cette vue")
    await console.label(re.compile("Nom de la vue")).fill("Le centre")
    await page.keyboard.press("Enter")
    kept = console.button(re.compile("Le centre"))
    await expect(kept.first).to_have_attribute("aria-pressed", "true")
    await console.screen("operator-view")
    await page.keyboard.press("1")
    await expect(follows).not_to_be_checked()
    await page.keyboard.press("1")
    await expect(follows).to_be_checked()

    await page.get_by_role("navigation").get_by_text("Tâches").click()
    await page.get_by_test_id("task").filter(has_text=afar["plate"]).get_by_role("button").first.click()
    await expect(page.get_by_role("heading", name=afar["plate"])).to_be_visible()
    await expect(follows).not_to_be_checked()
    await console.screen("operator-elsewhere")

    await page.get_by_role("navigation").get_by_text("Véhicules").click()
    await page.reload()
    await kept.first.click()
    await expect(follows).to_be_checked()
    assert console.faults == []
