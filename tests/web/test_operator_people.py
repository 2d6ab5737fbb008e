import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage
from tests.web.people import People


async def test_an_operator_checks_papers_and_blocks_somebody(
    desk: BrowserContext, service: Service, operator: str, people: People, screens: Path
) -> None:
    camille = "camille.papers@example.fr"
    await people.ask(camille, "PATCH", "/v1/me", json={"born_on": "1996-04-12", "city": "bethune"})
    licence = {"category": "B", "issued_on": "2016-01-01", "city": "bethune"}
    await people.ask(camille, "POST", "/v1/me/licences", json=licence)
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.page.get_by_text("Papiers").click()
    card = console.page.get_by_test_id("person").filter(has_text=camille)
    await expect(card).to_contain_text("à vérifier")
    await console.screen("operator-papers")

    await card.get_by_role("button", name=re.compile("^Vérifier le permis B")).click()
    await expect(card).to_have_count(0)
    me = await people.ask(camille, "GET", "/v1/me")
    assert (me["born_on_verified"], me["licences"][0]["state"]) == (True, "verified")

    await console.page.get_by_label("Nom, e-mail ou téléphone").fill("camille.papers")
    await card.get_by_role("button", name=re.compile("^Bloquer")).click()
    await console.page.get_by_role("button", name="Confirmer").click()
    await expect(card.get_by_text("Écrivez un motif")).to_be_visible()
    await console.page.get_by_label("Motif").fill("Compte prêté à un ami")
    await console.screen("operator-papers-block")
    await console.page.get_by_role("button", name="Confirmer").click()
    await expect(card).to_contain_text("bloqué")
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        await people.ask(camille, "GET", "/v1/me")
    assert console.faults == []
