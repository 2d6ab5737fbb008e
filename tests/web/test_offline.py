"""Pages that were opened once open again without a network."""

import asyncio
import json
from pathlib import Path

from playwright.async_api import BrowserContext, Page, expect

from mobility.base.clock import SystemClock
from mobility.db.session import Sessions, transaction
from mobility.riders.rules.messages import Message, Said
from mobility.riders.service import get_or_create_account, notify
from tests.support.photos import photo
from tests.support.pushes import listening_browser
from tests.support.service import Service
from tests.web.conftest import TOWN_CENTRE
from tests.web.pages import ResidentPage, Watched
from tests.web.people import People

REMINDER = Message(
    subject=Said(fr="Rappel", en="Reminder"), text=Said(fr="À 14 h.", en="At 14:00."), opens="ahead", is_essential=False
)
HERE = {"lon": TOWN_CENTRE["longitude"], "lat": TOWN_CENTRE["latitude"]}

IS_KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== "activated" || !navigator.serviceWorker.controller) return false;
  return (await caches.keys()).some((name) => name.includes("precache"));
}"""

SUBSCRIBES = """(subscription) => {
  let kept = null;
  PushManager.prototype.getSubscription = async () => kept;
  PushManager.prototype.subscribe = async () => (kept = { ...subscription, toJSON: () => subscription });
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
    kept_phone: BrowserContext,
    service: Service,
    people: People,
    lea: str,
    operator: str,
    sessions_of_pages: Sessions,
    screens: Path,
) -> None:
    await people.ride(lea, operator=operator, near=HERE)
    await kept_phone.add_cookies([{"name": "mobility_session", "value": await people.token(lea), "url": service.url}])
    rider = await ResidentPage.open(kept_phone, service, screens)
    await _is_kept(rider.page)
    await rider.page.reload()  # the city's facts are kept from the first visit that the worker sees
    await rider.heading("En route")
    await rider.wait_for_map()
    await _is_told_by_push(rider, sessions_of_pages, lea)
    await kept_phone.set_offline(True)
    await rider.tap("Terminer")
    shot = {"name": "parked.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    await rider.page.locator("input[type=file]").set_input_files(files=[shot])  # type: ignore[list-item]
    await rider.sees("Photo prise. Elle part quand le trajet est terminé.")
    await rider.screen("resident-parking-photo")
    await rider.tap("Terminer ici")
    await rider.heading("Fin demandée, pas encore confirmée")
    await rider.page.reload()
    await rider.heading("Fin demandée, pas encore confirmée")
    await rider.sees("Le trajet continue tant que nous n’avons pas confirmé.")
    await rider.screen("resident-late-end")
    await kept_phone.set_offline(False)
    await rider.sees("Trajet terminé")
    await expect(rider.page.get_by_test_id("total")).to_contain_text("€")
    await expect(rider.page.get_by_text("Votre photo part dès que le réseau revient.")).to_have_count(0)
    seen = await rider.page.request.get(f"{service.url}/v1/rentals/{people.rental}/parking-photo")
    assert (seen.status, seen.headers["content-type"]) == (200, "image/jpeg")


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


async def _is_told_by_push(rider: ResidentPage, sessions: Sessions, contact: str) -> None:
    """The rider switches messages on; the service sends one. Its push service, which no test can reach, is ours."""
    await rider.page.context.grant_permissions(["notifications", "geolocation"])
    with listening_browser() as push_service:
        await rider.page.evaluate(SUBSCRIBES, push_service.body)
        await rider.tap("Menu")
        await rider.tap("Notifications")
        await rider.tap("Activer sur cet appareil")
        await rider.sees("Cet appareil affiche vos messages.")
        await rider.screen("resident-notices-on")
        await rider.page.keyboard.press("Escape")
        async with transaction(sessions) as session:
            account = await get_or_create_account(session, SystemClock(), contact)
            await notify(session, SystemClock(), account.id, REMINDER, key="b:1")
        async with asyncio.timeout(60):
            while not push_service.shown:
                await asyncio.sleep(0.1)
        await _pushed(rider.page, push_service.shown[0])


async def _pushed(page: Page, message: dict[str, str]) -> None:
    """What a push service brings is shown, and knows the page it is about."""
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
