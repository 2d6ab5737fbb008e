"""Pages that were opened once open again without a network."""

from pathlib import Path

from playwright.async_api import BrowserContext, Page, expect

from tests.support.service import Service
from tests.web.pages import ResidentPage, Watched

IS_KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== "activated" || !navigator.serviceWorker.controller) return false;
  return (await caches.keys()).some((name) => name.includes("precache"));
}"""


async def test_a_resident_without_a_network_sees_the_town_and_is_told_what_is_missing(
    kept_phone: BrowserContext, service: Service, screens: Path
) -> None:
    rider = await ResidentPage.open(kept_phone, service, screens)
    await _is_kept(rider.page)
    await rider.page.reload()  # the city's facts are kept from the first visit that the worker sees
    await rider.wait_for_map()
    await kept_phone.set_offline(True)
    await rider.page.reload()
    await rider.wait_for_map()
    await rider.sees("Pas de connexion")
    await rider.screen("resident-opened-offline")
    await kept_phone.set_offline(False)
    await rider.tap("Réessayer")
    await expect(rider.page.get_by_role("button", name="Scooter Atlas").first).to_be_visible(timeout=60_000)


async def test_a_crew_that_opens_its_page_without_a_network_has_its_tasks(
    kept_phone: BrowserContext, service: Service, crew: str, two_plates: tuple[str, str], screens: Path
) -> None:
    seen = Watched(await kept_phone.new_page(), service, screens)
    await seen.page.goto(f"{service.url}/crew")
    await seen.page.get_by_label("E-mail ou téléphone").fill(crew)
    await seen.page.get_by_role("button", name="Recevoir le code").click()
    field = seen.page.get_by_label("Code à six chiffres")
    await field.wait_for()
    await field.fill(service.last_code(crew))
    task = seen.page.get_by_test_id("crew-task")
    await expect(task).to_contain_text(two_plates[0])
    await _is_kept(seen.page)
    await kept_phone.set_offline(True)
    await seen.page.reload()
    await expect(task).to_contain_text(two_plates[0])
    await expect(seen.page.get_by_test_id("net")).to_contain_text("Hors ligne")
    await seen.screen("crew-opened-offline")


async def _is_kept(page: Page) -> None:
    await page.wait_for_function(IS_KEPT)
