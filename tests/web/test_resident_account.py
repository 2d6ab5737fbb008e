"""A child asks a parent, who agrees and withdraws; a rider takes their data along and is forgotten."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect
from sqlalchemy import text

from mobility.db.session import Sessions
from tests.support.service import Service
from tests.web.conftest import TOWN_CENTRE
from tests.web.faces import Say
from tests.web.pages import ResidentPage
from tests.web.people import People

FREE = text(
    "SELECT plate, lon, lat FROM vehicle JOIN vehicle_status ON vehicle_id = id "
    "WHERE state = 'available' AND type_code = 'atlas-moped' ORDER BY plate DESC LIMIT 1"
)
HERE = {"lon": TOWN_CENTRE["longitude"], "lat": TOWN_CENTRE["latitude"]}


async def test_a_parent_agrees_to_a_child_s_rides_and_withdraws(
    phone: BrowserContext, service: Service, people: People, lea: str, screens: Path
) -> None:
    child = f"child-of-{lea}"
    await people.ask(lea, "PATCH", "/v1/me", json={"born_on": "1980-04-12", "name": "Léa Martin"})
    await people.ask(child, "PATCH", "/v1/me", json={"born_on": "2010-04-12", "name": "Noé Martin"})
    await people.ask(child, "POST", "/v1/me/guardianships", json={"part": "child", "email": lea})
    parent = await ResidentPage.open(phone, service, screens)
    await sign_in(parent, lea)
    await parent.tap("Parents et enfants")
    agreement = parent.page.get_by_test_id("agreement")
    await expect(agreement).to_contain_text("Noé Martin")
    await parent.screen("resident-family-asked")
    await parent.tap("J’accepte")
    await expect(agreement).to_contain_text("en cours")
    await parent.screen("resident-family-active")
    await parent.tap("Retirer mon accord")
    await parent.sees(re.compile("ne commence plus de trajet"))
    await parent.tap("Retirer mon accord")
    await expect(agreement).to_contain_text("terminé")

    await parent.page.get_by_label("E-mail ou téléphone").fill("personne")
    await parent.tap("Envoyer la demande")
    await parent.sees("Écrivez une adresse e-mail ou un numéro de téléphone.")
    await parent.page.get_by_label("E-mail ou téléphone").fill("camille@example.org")
    await parent.tap("Envoyer la demande")
    await expect(agreement.filter(has_text="camille@example.org")).to_contain_text("en attente")
    assert parent.faults == []


@pytest.mark.face("fr", "desk")
async def test_a_rider_takes_their_data_along_and_is_forgotten(
    face: BrowserContext, say: Say, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    await people.ride(lea, operator=operator, near=HERE)
    await people.ask(lea, "POST", f"/v1/rentals/{people.rental}/end", json={"position": HERE})
    rider = await ResidentPage.open(face, service, screens, say)
    await sign_in(rider, lea)
    await rider.tap("Mes trajets")
    statement = rider.page.get_by_role("checkbox")
    await statement.check()
    await expect(statement).to_be_checked()
    await rider.screen("resident-statement")
    await rider.page.keyboard.press("Escape")
    await rider.tap("Menu")
    await rider.tap("Mes données")
    async with rider.page.expect_download() as download:
        await rider.tap("Télécharger la copie")
    copy = json.loads((await (await download.value).path()).read_text(encoding="utf-8"))
    assert copy["data"]["account"][0]["email"] == lea
    await rider.tap("Effacer mon compte")
    await rider.label("J’ai compris").check()
    await rider.screen("resident-data")
    await rider.tap("Effacer pour toujours")
    await rider.sees(re.compile("Votre nom sera oublié le"))
    await rider.page.keyboard.press("Escape")
    await rider.tap("Menu")
    await expect(rider.button("Se connecter")).to_be_visible()
    assert rider.faults == []


async def test_a_resident_saves_a_place_chooses_what_reaches_them_and_scans_the_vehicle_in_front_of_them(
    phone: BrowserContext, service: Service, people: People, lea: str, sessions_of_pages: Sessions, screens: Path
) -> None:
    async with sessions_of_pages() as session:
        plate, lon, lat = (await session.execute(FREE)).one()
    await phone.set_geolocation({"longitude": lon, "latitude": lat})
    await phone.add_cookies([{"name": "mobility_session", "value": await people.token(lea), "url": service.url}])
    rider = await ResidentPage.open(phone, service, screens)
    await rider.tap("Menu")
    await rider.tap("Mes lieux")
    await rider.sees("Aucun lieu pour l’instant.")
    await rider.page.get_by_label("Où est-ce").select_option(label="Station Gare de Béthune")
    await rider.tap("Enregistrer ce lieu")
    await expect(rider.page.get_by_role("button", name="Oublier Maison")).to_be_visible()
    await rider.screen("resident-places")
    await rider.tap(re.compile("Chercher près de"))
    await rider.heading("Autour de ce point")
    await expect(rider.page.get_by_role("button", name="Maison", exact=True)).to_have_attribute("aria-pressed", "true")

    await rider.tap("Menu")
    await rider.tap("Notifications")
    await rider.page.get_by_text("L’essentiel", exact=True).click()
    await rider.sees("Vous n’aurez plus ni rappel ni confirmation")
    await rider.screen("resident-notices")

    await rider.page.goto(f"{service.url}/v/{plate}")
    await expect(rider.page.get_by_role("textbox", name="Plaque")).to_have_value(plate)
    await rider.screen("resident-plate")
    await rider.tap("Trouver ce véhicule")
    await rider.sees("Prix, taxes comprises")
    await rider.page.go_back()
    await rider.heading("Autour de vous")
    assert rider.faults == []


async def sign_in(page: ResidentPage, contact: str) -> None:
    """As far as the open menu."""
    await page.tap("Menu")
    await page.tap("Se connecter")
    await page.sign_in(contact)
    await page.tap("Menu")
