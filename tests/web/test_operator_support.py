"""The desk helps somebody who calls: reads their story, ends a ride, corrects its price, and asks a second person."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import BrowserContext, Locator, expect

from tests.support.service import Service
from tests.web.conftest import TOWN_CENTRE
from tests.web.pages import OperatorPage
from tests.web.people import People

HERE = {"lon": TOWN_CENTRE["longitude"], "lat": TOWN_CENTRE["latitude"]}
TRIES = 20


async def test_the_desk_reads_a_story_ends_a_ride_corrects_its_price_and_asks_a_second_person(
    desk: BrowserContext, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    plate = await people.ride(lea, operator=operator, near=HERE)
    console = await OperatorPage.open(desk, service, screens)
    page = console.page
    await console.sign_in(operator)
    await console.find(lea)
    await page.get_by_label("Pourquoi ouvrir ce dossier").fill("Elle appelle, téléphone éteint")
    await console.screen("operator-support-why")
    await page.get_by_role("button", name="Confirmer").click()

    ride = page.get_by_test_id("story-ride")
    await expect(ride).to_contain_text(plate)
    await ride.get_by_role("button", name=re.compile("^Terminer le trajet")).click()
    await ride.get_by_label("Latitude, longitude").fill(f"{HERE['lat']}, {HERE['lon']}")
    await ride.get_by_label("Motif").fill("Son téléphone est éteint")
    await console.screen("operator-support-end")
    await ride.get_by_role("button", name="Terminer le trajet").click()
    await expect(ride).to_contain_text("terminé")

    await ride.get_by_role("button", name=re.compile("^Corriger le prix")).click()
    await ride.get_by_label("Prix juste").fill("0")
    await expect(ride).to_contain_text("Le premier prix reste dans les comptes")
    await ride.get_by_label("Motif").fill("Le véhicule ne roulait pas")
    await console.screen("operator-support-price")
    await confirm(ride, page.get_by_text("C’est fait\u00a0: Correction du prix."))

    await page.get_by_role("button", name="Offrir un crédit").click()
    await page.get_by_label("Crédit offert").fill("80")
    await page.get_by_label("Motif").fill("Une heure à pied sous la pluie")
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.get_by_text("une deuxième personne décide")).to_be_visible()
    await console.screen("operator-support-story")
    await expect(page.get_by_test_id("waiting-acts")).to_contain_text("Une autre personne que vous décide.")
    await console.find(plate)
    await expect(page.get_by_role("heading", name=plate)).to_be_visible()
    await page.get_by_text("Locations", exact=True).click()
    told = page.get_by_test_id("story-entry").filter(has_text="Trajet")
    await expect(told.first).to_contain_text("terminé")
    await told.first.scroll_into_view_if_needed()
    await console.screen("operator-vehicle-story")
    assert console.faults == []
    await colleague_agrees(desk, service, lea, screens)
    assert (await people.ask(lea, "GET", "/v1/me/credit"))["balances"] == [{"cents": 8_000, "currency": "EUR"}]


async def confirm(ride: Locator, done: Locator) -> None:
    """Confirm again as the page says while the bank is asked for the payment at that very moment."""
    refused = ride.page.get_by_text("Ce paiement est en cours\u00a0: réessayez dans quelques minutes.")
    for _ in range(TRIES):
        await ride.get_by_role("button", name="Confirmer").click()
        await expect(done.or_(refused)).to_be_visible()
        if await done.is_visible():
            return
        await ride.page.wait_for_timeout(1_000)
    pytest.fail("the bank is asked for ever")


async def colleague_agrees(desk: BrowserContext, service: Service, lea: str, screens: Path) -> None:
    """Somebody else at the desk, in a browser of their own."""
    address = f"colleague-{uuid4().hex[:8]}@example.org"
    service.run("accounts", "grant", address, "operator")
    await desk.clear_cookies()
    colleague = await OperatorPage.open(desk, service, screens)
    await colleague.page.goto(f"{service.url}/operator#support")
    await colleague.sign_in_only(address)
    waiting: Locator = colleague.page.get_by_test_id("waiting-acts").get_by_role("listitem").filter(has_text=lea)
    await expect(waiting).to_contain_text("80,00")
    await colleague.screen("operator-support-waiting")
    await waiting.get_by_role("button", name=re.compile("^Accepter")).click()
    await expect(waiting).to_have_count(0)
    assert colleague.faults == []
