import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.faces import Say
from tests.web.pages import OperatorPage
from tests.web.people import People


async def test_an_operator_sees_what_a_colleague_does_as_it_happens(
    desk: BrowserContext, service: Service, people: People, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    vehicles = await people.ask(operator, "GET", "/v1/cities/bethune/fleet/vehicles?state=available")
    vehicle = next(each for each in vehicles["items"] if each["type"] == "atlas-moped")
    await console.choose(vehicle["plate"])
    await console.state_is("Libre")
    await console.screen("operator-live")

    path = f"/v1/fleet/vehicles/{vehicle['id']}/events"
    await people.ask(operator, "POST", path, json={"event": "maintenance", "reason": "Rétroviseur cassé"})
    await console.state_is("Hors service")
    await expect(console.page.get_by_text("Rétroviseur cassé")).to_be_visible()
    await expect(console.page.get_by_test_id("total-non_operational")).to_be_visible()
    await console.screen("operator-out-of-service")
    assert console.faults == []


@pytest.mark.face("en", "desk")
async def test_an_operator_takes_a_vehicle_out_of_service_with_a_reason_and_puts_it_back(
    face: BrowserContext, say: Say, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(face, service, screens, say)
    await console.sign_in(operator)
    await console.choose("T-005")
    await console.state_is("Libre")

    await console.button("Mettre hors service").click()
    await console.button("Confirmer").click()
    await expect(console.text("Écrivez un motif")).to_be_visible()
    await console.label("Motif").fill("Pneu à plat")
    await console.button("Confirmer").click()
    await console.state_is("Hors service")
    await expect(console.page.get_by_text("Pneu à plat")).to_be_visible()

    await console.button("Remettre en service").click()
    await console.label("Motif").fill("Pneu changé")
    await console.button("Confirmer").click()
    await console.state_is("Libre")
    assert console.faults == []


async def test_an_operator_tells_a_vehicle_what_to_do_and_sees_its_answer(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.choose("T-006")
    await expect(console.page.get_by_text("Aucune commande envoyée.")).to_be_visible()
    await console.page.get_by_role("button", name="Klaxonner", exact=True).click()
    await console.page.get_by_role("button", name="Envoyer «").click()
    await expect(console.page.get_by_text("Écrivez un motif")).to_be_visible()
    await console.page.get_by_label("Motif").fill("Un usager le cherche")
    await console.page.get_by_role("button", name="Envoyer «").click()
    answered = console.page.get_by_test_id("story-entry").filter(has_text="Klaxonner")
    await expect(answered).to_contain_text("fait")
    await console.screen("operator-command")
    assert console.faults == []


async def test_an_operator_finds_anything_from_the_keyboard(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.page.keyboard.press("/")
    await console.page.keyboard.type("totem 00")
    await expect(console.page.get_by_role("option", name="T-003")).to_be_visible()
    await expect(console.page.get_by_role("option", name="A-001")).to_have_count(0)
    await console.screen("operator-search")
    await console.page.keyboard.type("3")
    await expect(console.page.get_by_test_id("hits").get_by_role("option")).to_have_count(1)
    await console.page.keyboard.press("Enter")
    await expect(console.page.get_by_role("heading", name="T-003")).to_be_visible()
    await console.find("Tarifs")
    await expect(console.page).to_have_url(re.compile("#tariffs$"))
    await console.page.keyboard.press("?")
    await expect(console.page.get_by_role("heading", name="Raccourcis du clavier")).to_be_visible()
    await console.screen("operator-keys")
    assert console.faults == []


async def test_a_resident_has_no_way_into_the_console(
    desk: BrowserContext, service: Service, lea: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.page.get_by_label("E-mail ou téléphone").fill(lea)
    await console.page.get_by_role("button", name="Recevoir le code").click()
    await console.page.get_by_label("Code à six chiffres").fill(service.last_code(lea))
    await expect(console.page.get_by_text("Ce compte n’a pas accès à la console.")).to_be_visible()
    assert console.faults == []
