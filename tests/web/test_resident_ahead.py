"""A rider books a car for later, makes the booking longer, and cancels it."""

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.faces import Say
from tests.web.pages import ResidentPage
from tests.web.people import People


@pytest.mark.face("en", "phone")
async def test_a_rider_books_a_car_for_later_makes_it_longer_and_cancels_it(
    face: BrowserContext, say: Say, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    await people.ask(lea, "PATCH", "/v1/me", json={"born_on": "1996-04-12"})
    await people.ask(lea, "POST", "/v1/me/licences", json={"category": "B", "issued_on": "2016-01-01"})
    await people.verify_papers(lea, operator=operator)
    rider = await ResidentPage.open(face, service, screens, say)
    await rider.tap("Menu")
    await rider.tap("Se connecter")
    await rider.sign_in(lea)
    await rider.tap("Menu")
    await rider.tap("Réserver à l’avance")
    await rider.heading("Nouvelle réservation")
    await rider.tap("Chercher")
    await rider.sees(re.compile("libre"))
    await rider.screen("resident-ahead-found")
    await rider.tap(re.compile("libre"))
    await rider.tap(re.compile("^Réserver, "))
    await rider.sees("C’est réservé")
    await rider.heading("Mes réservations")
    await rider.screen("resident-ahead-booked")
    await rider.tap("+ 15 min")
    await rider.tap("Annuler")
    await rider.sees(re.compile("coûte"))
    await rider.screen("resident-ahead-cancel")
    await rider.tap("Annuler la réservation")
    await expect(rider.page.get_by_role("heading", name=say("Mes réservations"))).to_be_hidden()
    assert rider.faults == []
