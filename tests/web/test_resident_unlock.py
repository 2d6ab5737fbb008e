"""A vehicle that is asked and stays shut, as its rider sees it; every vehicle here opens, so the test speaks for it."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Route

from tests.support.service import Service
from tests.web.pages import ResidentPage
from tests.web.people import People

UNLOCKING = {"state": "unlocking", "started_at": None}
SENTENCE = "Le véhicule n'a pas répondu. Rien n'est dû : réessayez, ou prenez-en un autre."
FAILED = {"state": "failed", "started_at": None, "failure": {"code": "unlock_unanswered", "sentence": SENTENCE}}


async def test_a_rider_waits_for_the_vehicle_and_is_told_in_a_sentence_when_it_stays_shut(
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

    state: dict[str, Any] = dict(UNLOCKING)

    async def speak_for_it(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json=await answer.json() | state)

    await phone.route("**/v1/me/ride", lambda route: route.fulfill(json={"kind": "none"}))
    await phone.route(re.compile(r"/v1/rentals(/[0-9a-f-]+)?$"), speak_for_it)
    await rider.tap("Déverrouiller")
    await rider.heading("Déverrouillage…")
    await rider.sees("Rien n’est compté d’ici là.")
    await rider.screen("resident-unlocking")
    state |= FAILED
    await rider.heading("Le véhicule ne s’est pas ouvert")
    await rider.sees(SENTENCE)
    await rider.screen("resident-unlock-failed")
    await rider.tap("Prendre un autre véhicule")
    await rider.heading("Autour de vous")
    assert rider.faults == []
