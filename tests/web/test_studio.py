"""The drawing table: a station drawn with the mouse and the keyboard, scenarios compared, a day watched, a report."""

import re
from pathlib import Path

from playwright.async_api import BrowserContext, Locator, Page, expect

from mobility.db.session import Sessions
from tests.support.service import Service
from tests.web.pages import Watched
from tests.web.people import somebody

LONG_MS = 600_000  # a first simulation compiles its kernels


async def enter(context: BrowserContext, service: Service, screens: Path, planner: str) -> Watched:
    table = Watched(await context.new_page(), service, screens)
    await table.page.goto(f"{service.url}/studio")
    await table.page.get_by_label("E-mail ou téléphone").fill(planner)
    await table.page.get_by_role("button", name="Recevoir le code").click()
    code = table.page.get_by_label("Code à six chiffres")
    await code.wait_for()
    await code.fill(service.last_code(planner))
    await table.page.locator("[data-idle]").wait_for()
    return table


def residents(page: Page) -> Locator:
    return page.get_by_test_id("figures").locator("dd").first


async def drag(page: Page, chosen: Locator) -> None:
    """The chosen station stands in the middle of the map: held, pulled away, let go."""
    box = await page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    async with page.expect_response("**/studio/evaluations"):
        await page.mouse.move(x + 60, y - 40, steps=4)
    await page.mouse.up()


async def test_the_city_draws_a_station_compares_watches_a_day_and_prints(
    desk: BrowserContext, service: Service, sessions_of_pages: Sessions, screens: Path
) -> None:
    table = await enter(desk, service, screens, await somebody(sessions_of_pages, "city"))
    page = table.page
    await expect(page.get_by_test_id("basis")).to_contain_text("Le réseau des rues n’est pas importé")
    await table.screen("studio")
    before = await residents(page).inner_text()
    await page.get_by_role("button", name="Dessiner à partir d’ici").click()
    async with page.expect_response("**/studio/evaluations"):
        await page.get_by_role("button", name="Ajouter une station").click()
    chosen = page.get_by_role("button", name=re.compile("Station 1"))
    await expect(chosen).to_have_attribute("aria-pressed", "true")
    place = page.get_by_text(re.compile(r" N, .* E"))
    first = await place.inner_text()
    await drag(page, chosen)
    await expect(place).not_to_have_text(first)
    dragged = await place.inner_text()
    await chosen.focus()
    async with page.expect_response(lambda answer: answer.request.method == "PUT" and "drawings" in answer.url):
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("ArrowLeft")
    await expect(place).not_to_have_text(dragged)
    await expect(residents(page)).not_to_have_text(before)
    await table.screen("studio-drawing")
    for opened in ("Aujourd’hui", "Scénario 1"):  # each of the chart's scenarios opens its map
        await page.get_by_role("button", name=re.compile(f"{opened}.*k€")).click()
        await expect(page.get_by_role("button", name=opened, exact=True)).to_have_attribute("aria-current", "page")
    await page.get_by_role("button", name="Gare de Béthune").first.click()
    await page.get_by_role("button", name="Gare de Béthune").first.press("Delete")
    await expect(page.get_by_text("fermée").first).to_be_visible()
    await page.get_by_label("Comparer avec").select_option(label="Aujourd’hui")
    await expect(page.get_by_test_id("compare")).to_contain_text("Différence")
    await table.screen("studio-compare")
    await page.get_by_label("Comparer avec").select_option(label="Aucun autre")
    await page.get_by_role("button", name="Rejouer une journée").click()
    slider = page.get_by_label("Heure de la journée")
    await expect(slider).to_be_visible(timeout=LONG_MS)
    await slider.fill(str(17 * 3_600))
    await expect(page.get_by_test_id("replay")).to_contain_text("17 h")
    await table.screen("studio-replay")
    await page.get_by_role("button", name="Fermer la journée").click()
    await page.get_by_role("button", name="Imprimer le rapport").click()
    await page.get_by_role("button", name="Annuler").click()
    await expect(page.get_by_text("Calcul annulé")).to_be_visible()
    await page.emulate_media(color_scheme="dark")
    await page.get_by_role("button", name="Gare de Béthune").first.click()
    await table.screen("studio-dark")
    await page.get_by_role("button", name="Supprimer").click()
    await page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    await expect(page.get_by_role("button", name="Scénario 1")).to_have_count(0)
    assert table.faults == []
