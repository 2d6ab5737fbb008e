"""Pages that were opened once open again without a network."""

import asyncio
import json
from pathlib import Path

from playwright.async_api import BrowserContext, Page, expect

from tests.support.service import Service
from tests.web.conftest import TOWN_CENTRE
from tests.web.pages import ResidentPage, Watched
from tests.web.people import People

HERE = {"lon": TOWN_CENTRE["longitude"], "lat": TOWN_CENTRE["latitude"]}

IS_KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== "activated" || !navigator.serviceWorker.controller) return false;
  return (await caches.keys()).some((name) => name.includes("precache"));
}"""

IS_SHOWN = """async ([title, path]) => {
  const shown = await (await navigator.serviceWorker.ready).getNotifications();
  return shown.some((each) => each.title === title && each.data.path === path);
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
    await kept_phone.set_offline(False)  # the page notices by itself
    await expect(rider.page.get_by_role("button", name="Scooter Atlas").first).to_be_visible(timeout=60_000)


async def test_an_end_that_is_asked_for_without_a_network_is_kept_told_and_sent_when_it_is_back(
    kept_phone: BrowserContext, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    await people.ride(lea, operator=operator, near=HERE)
    await kept_phone.add_cookies([{"name": "mobility_session", "value": await people.token(lea), "url": service.url}])
    rider = await ResidentPage.open(kept_phone, service, screens)
    await _is_kept(rider.page)
    await rider.page.reload()  # the city's facts are kept from the first visit that the worker sees
    await rider.heading("En route")
    await rider.wait_for_map()
    await _pushed(rider.page, {"key": "b:1", "title": "Rappel", "body": "À 14 h", "opens": "ahead"})
    await kept_phone.set_offline(True)
    await rider.tap("Terminer")
    await rider.tap("Terminer ici")
    await rider.heading("Fin demandée, pas encore confirmée")
    await rider.page.reload()
    await rider.heading("Fin demandée, pas encore confirmée")
    await rider.sees("Le trajet continue tant que nous n’avons pas confirmé.")
    await rider.screen("resident-late-end")
    await kept_phone.set_offline(False)
    await rider.sees("Trajet terminé")
    await expect(rider.page.get_by_test_id("total")).to_contain_text("€")


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


async def _pushed(page: Page, message: dict[str, str]) -> None:
    """What a push service would bring is shown, and knows the page it is about."""
    await page.context.grant_permissions(["notifications", "geolocation"])
    devtools, found = await page.context.new_cdp_session(page), asyncio.Queue[str]()
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: [found.put_nowait(each["registrationId"]) for each in told["registrations"]],
    )
    await devtools.send("ServiceWorker.enable")
    origin, data = page.url.partition("/app")[0], json.dumps(message)
    delivery = {"origin": origin, "registrationId": await found.get(), "data": data}
    await devtools.send("ServiceWorker.deliverPushMessage", delivery)
    await page.wait_for_function(IS_SHOWN, arg=[message["title"], "/app?open=ahead"])


async def _is_kept(page: Page) -> None:
    await page.wait_for_function(IS_KEPT)
