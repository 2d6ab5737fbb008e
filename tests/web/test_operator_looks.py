from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from mobility.db.session import Sessions
from tests.support.service import Service
from tests.web.pages import OperatorPage
from tests.web.people import People, somebody

CENTRE = {"lon": 2.64, "lat": 50.53049}


@pytest.fixture
async def colleague(sessions_of_pages: Sessions) -> str:
    return await somebody(sessions_of_pages, "operator")


async def test_two_people_look_at_a_ride_its_rider_knows_and_a_fine_finds_its_driver(
    desk: BrowserContext,
    service: Service,
    people: People,
    operator: str,
    colleague: str,
    lea: str,
    screens: Path,
) -> None:
    plate = await people.ride(lea, operator=operator, near=CENTRE)
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.choose(plate)
    await console.page.get_by_role("button", name="Voir où est ce trajet").click()
    await console.page.get_by_role("button", name="Demander à un collègue").click()
    await expect(console.page.get_by_text("Écrivez un motif")).to_be_visible()
    await console.page.get_by_label("Motif").fill("L’usager appelle d’un fossé")
    await console.page.get_by_role("button", name="Demander à un collègue").click()
    await expect(console.page.get_by_text("Un collègue doit l’ouvrir")).to_be_visible()

    asked = (await people.ask(colleague, "GET", "/v1/cities/bethune/assistances"))["items"][0]
    await people.ask(colleague, "POST", f"/v1/assistances/{asked['id']}/approve")
    await console.page.get_by_role("button", name="Regarder maintenant").click()
    await expect(console.page.get_by_text("n’a pas encore dit où il est")).to_be_visible()
    await console.screen("operator-look")
    ride = await people.ask(lea, "GET", "/v1/me/ride")
    assert [(each["is_open"], each["looks"]) for each in ride["rental"]["located"]] == [(True, 1)]

    await console.page.get_by_role("button", name="Refermer").click()
    await expect(console.page.get_by_role("button", name="Demander à un collègue")).to_be_visible()
    await console.page.get_by_role("dialog").get_by_role("button", name="Fermer", exact=True).click()
    await console.page.get_by_role("button", name="Qui l’avait à telle heure").click()
    await console.page.get_by_label("Date et heure").fill("2020-01-01T12:00")
    await console.page.get_by_label("Motif").fill("Amende 2026-1187")
    await console.page.get_by_role("button", name="Chercher", exact=True).click()
    await expect(console.page.get_by_text("Personne n'avait ce véhicule")).to_be_visible()
    assert console.faults == []
