import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.support.photos import geotagged
from tests.support.service import Service
from tests.web.conftest import TOWN_CENTRE
from tests.web.faces import Say
from tests.web.pages import OperatorPage, ResidentPage
from tests.web.people import People

HERE = {"lon": TOWN_CENTRE["longitude"], "lat": TOWN_CENTRE["latitude"]}


@pytest.mark.face("en", "desk")
async def test_a_rider_reports_a_dangerous_brake_with_a_photo_and_the_desk_has_it_repaired(
    face: BrowserContext,
    say: Say,
    desk: BrowserContext,
    service: Service,
    people: People,
    lea: str,
    operator: str,
    screens: Path,
) -> None:
    plate = await people.ride(lea, operator=operator, near=HERE)
    await face.add_cookies([{"name": "mobility_session", "value": await people.token(lea), "url": service.url}])
    rider = await ResidentPage.open(face, service, screens, say)
    await rider.heading("En route")
    await rider.tap("Signaler un problème")
    await rider.page.get_by_text(say("Freins"), exact=True).click()
    await rider.page.get_by_text(say("Dangereux"), exact=True).click()
    await rider.label("En quelques mots").fill("La poignée gauche ne freine plus")
    picture = {"name": "frein.jpg", "mimeType": "image/jpeg", "buffer": geotagged("JPEG", (1200, 900))}
    await rider.page.locator("input[type=file]").set_input_files([picture])
    await expect(rider.text("1 photo sur 5")).to_be_visible()
    await rider.screen("resident-damage")
    await rider.tap("Envoyer")
    await rider.sees("Ce véhicule ne sera plus loué tant qu’il n’est pas réparé.")
    await people.ask(lea, "POST", f"/v1/rentals/{people.rental}/end", json={"position": HERE})
    assert rider.faults == []

    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.choose(plate)
    await console.state_is("Hors service")
    upkeep = console.page.get_by_test_id("upkeep")
    await expect(upkeep.get_by_text("La poignée gauche ne freine plus")).to_be_visible()
    thumbnail = upkeep.get_by_role("img", name=re.compile("Photo du signalement"))
    await thumbnail.scroll_into_view_if_needed()
    await expect(thumbnail).to_have_js_property("naturalWidth", 1200)
    await upkeep.get_by_role("button", name="Confirmer").click()
    await expect(upkeep.get_by_text("Réparation\u00a0: freins")).to_be_visible()
    await console.screen("operator-damage")
    await upkeep.get_by_role("button", name="Réparé").click()
    await expect(upkeep.get_by_text("Rien de signalé, rien à faire.")).to_be_visible()
    await console.state_is("Libre")
    assert console.faults == []
