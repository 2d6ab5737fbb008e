import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.faces import Say
from tests.web.pages import ResidentPage
from tests.web.people import People


@pytest.mark.face("fr", "phone")
async def test_a_newcomer_signs_in_reserves_rides_pauses_ends_and_reads_the_receipt(
    face: BrowserContext, say: Say, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    rider = await ResidentPage.open(face, service, screens, say)
    await rider.heading("Autour de vous")
    await rider.page.get_by_label("Autonomie, au moins").select_option(label="20\u00a0km")
    await rider.screen("resident-around")

    await rider.tap(re.compile("Scooter Atlas"))
    await rider.sees("Prix, taxes comprises")
    await rider.page.go_back()  # takes the sheet away, not the page
    await rider.heading("Autour de vous")
    await rider.tap(re.compile("Scooter Atlas"))
    await rider.sees("Prix, taxes comprises")
    await rider.screen("resident-vehicle")
    await rider.text(re.compile("Combien pour mon trajet")).click()
    await rider.sees("Total")
    await rider.screen("resident-quote")

    await rider.tap("Se connecter et réserver")
    await rider.sign_in(lea)
    await rider.heading("Avant de rouler")
    await rider.declare(born_on="1996-04-12", licence="B, voiture", issued_on="2016-01-01")
    await rider.sees("Nous vérifions vos papiers")
    await rider.screen("resident-papers")

    await people.verify_papers(lea, operator=operator)
    await rider.heading(re.compile("Réservé pour vous jusqu’à"))
    for check in await rider.page.get_by_role("checkbox").all():
        await check.check()
    await rider.screen("resident-held")

    await rider.tap("Tout est bon, déverrouiller")
    await rider.heading("En route")
    await expect(rider.page.get_by_test_id("price")).to_contain_text("€")
    await rider.screen("resident-riding")

    await rider.tap("Pause")
    await rider.heading("En pause")
    await rider.tap("Reprendre")
    await rider.heading("En route")

    await rider.tap("Terminer")
    await rider.heading(re.compile("Où est garé le véhicule"))
    await expect(rider.page.get_by_role("list", name="Ce que nous vérifions").get_by_text("oui")).to_have_count(3)
    await rider.screen("resident-ending")
    await rider.page.get_by_role("button", name="Terminer ici").dblclick()
    await rider.sees("Trajet terminé")
    await expect(rider.page.get_by_text(re.compile("Prise en charge|Start")).first).to_be_visible()
    await expect(rider.page.get_by_test_id("total")).to_contain_text("€")
    await rider.sees("Ce qui n’a pas été gardé de votre trajet")
    await expect(rider.page.get_by_text(re.compile(r"\d{4}-\d{6}")).first).to_be_visible()
    await rider.screen("resident-receipt")

    await rider.tap("Terminé")
    await rider.heading("Autour de vous")
    assert rider.faults == []


async def test_the_page_opens_again_where_the_rider_was(
    phone: BrowserContext, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    rider = await ResidentPage.open(phone, service, screens)
    await rider.tap(re.compile("Scooter Atlas"))
    await rider.tap("Se connecter et réserver")
    await rider.sign_in(lea)
    await rider.declare(born_on="1996-04-12", licence="B, voiture", issued_on="2016-01-01")
    await rider.sees("Nous vérifions vos papiers")
    await people.verify_papers(lea, operator=operator)
    await rider.heading(re.compile("Réservé pour vous jusqu’à"))

    await rider.page.reload()
    await rider.heading(re.compile("Réservé pour vous jusqu’à"))
    await phone.clear_cookies()
    await rider.tap("Annuler la réservation")
    await rider.sees("Votre session a expiré")
    await rider.screen("resident-expired")
    await rider.sign_in(lea)
    await rider.heading(re.compile("Réservé pour vous jusqu’à"))
    await phone.route("**/v1/holds/*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    await rider.tap("Annuler la réservation")
    await rider.sees("Le service ne répond pas comme prévu")
    await phone.unroute("**/v1/holds/*")
    await rider.tap("Réessayer")
    await rider.sees("Réservation annulée. Rien n’a été payé.")
    assert [fault for fault in rider.faults if "502" not in fault] == []  # the browser reports that one too


async def test_a_rider_who_shares_no_position_starts_from_the_centre_and_is_told(
    phone: BrowserContext, service: Service, screens: Path
) -> None:
    await phone.clear_permissions()
    rider = await ResidentPage.open(phone, service, screens)
    await rider.heading("Centre de Béthune")
    await rider.tap("Partir de ma position")
    await rider.sees("Position non partagée")
    await rider.screen("resident-no-position")
    assert rider.faults == []


async def test_the_page_speaks_english_when_asked_and_remembers_it(
    phone: BrowserContext, service: Service, screens: Path
) -> None:
    rider = await ResidentPage.open(phone, service, screens)
    await rider.tap("Menu")
    await rider.page.get_by_text("English").click()
    await rider.tap("Close")
    await rider.heading("Around you")
    await rider.page.reload()
    await rider.heading("Around you")
    assert await rider.page.locator("html").get_attribute("lang") == "en"
    assert rider.faults == []


async def test_a_lost_connection_is_told_and_the_retry_goes_on(
    phone: BrowserContext, service: Service, screens: Path
) -> None:
    rider = await ResidentPage.open(phone, service, screens)
    await rider.heading("Autour de vous")
    await phone.set_offline(True)
    await rider.tap("Me localiser")
    await rider.sees(re.compile("Pas de connexion"))
    await rider.screen("resident-offline")
    await phone.set_offline(False)  # the page notices by itself
    await expect(rider.page.get_by_text(re.compile("Pas de connexion"))).to_have_count(0)
