"""The city's page, and what an operator tells everybody."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect
from sqlalchemy import func, select

from mobility.db.session import Sessions
from mobility.partners.tables import WebhookMessage, WebhookTold
from tests.support.service import Service
from tests.web.faces import PHONE, Say
from tests.web.pages import FRENCH, OperatorPage, ResidentPage, Watched
from tests.web.people import People, somebody


async def enter(context: BrowserContext, service: Service, screens: Path, mayor: str, say: Say = FRENCH) -> Watched:
    hall = await Watched.open_at(context, service, screens, "/city", say)
    await hall.give_code(mayor)
    await hall.sees("Près d’une station")
    return hall


@pytest.mark.face("fr", "phone")
async def test_the_city_reads_its_page_and_each_number_s_definition(
    face: BrowserContext, say: Say, service: Service, sessions_of_pages: Sessions, screens: Path
) -> None:
    hall = await enter(face, service, screens, await somebody(sessions_of_pages, "city"), say)
    await expect(hall.page.get_by_role("heading", name="Béthune")).to_be_visible()
    await hall.screen("city")
    await hall.text("La requête").first.click()
    await expect(hall.page.get_by_text("FROM published_week").first).to_be_visible()
    async with hall.page.expect_download() as download:
        await hall.page.get_by_role("link", name=re.compile("^Parquet · (Semaines|Weeks)")).click()
    assert (await download.value).suggested_filename.endswith(".parquet")
    await hall.page.emulate_media(media="print")
    await hall.screen("city-print")
    assert hall.faults == []


async def test_what_an_operator_writes_is_read_by_residents_and_ended(
    desk: BrowserContext, phone: BrowserContext, service: Service, people: People, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.page.get_by_role("link", name="Avis").click()
    page = console.page.get_by_test_id("notices")
    await page.get_by_role("button", name="Écrire un avis").click()
    await page.get_by_role("button", name="Publier l’avis").click()
    await expect(page.get_by_text("Vérifiez ce champ.").first).to_be_visible()
    await page.get_by_label("En une phrase (fr)").fill("La station Gare est fermée samedi")
    await page.get_by_label("En une phrase (en)").fill("Station Gare is closed on Saturday")
    await console.screen("operator-notice-form")
    await page.get_by_role("button", name="Publier l’avis").click()
    notice = page.get_by_role("listitem").filter(has_text="La station Gare est fermée samedi")
    await expect(notice).to_contain_text("en cours")
    await console.screen("operator-notices")

    resident = await ResidentPage.open(phone, service, screens)
    await resident.sees("La station Gare est fermée samedi")
    await resident.screen("resident-notice")

    await notice.get_by_role("button", name="Modifier").click()
    await notice.get_by_label("En une phrase (fr)").fill("La station Gare est fermée dimanche")
    await notice.get_by_label("Lien").fill("https://example.org/gare")
    await notice.get_by_label("Stations").select_option(label="Gare de Béthune")
    await console.screen("operator-notice-rewritten")
    await notice.get_by_role("button", name="Publier la modification").click()
    notice = page.get_by_role("listitem").filter(has_text="La station Gare est fermée dimanche")
    await notice.get_by_role("button", name="Mettre fin").click()
    await notice.get_by_role("button", name="Confirmer").click()
    await expect(notice).to_contain_text("terminé")
    assert console.faults == []
    assert resident.faults == []


async def count(sessions: Sessions, table: type[WebhookTold] | type[WebhookMessage]) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def until_there_are(sessions: Sessions, table: type[WebhookTold] | type[WebhookMessage]) -> None:
    async with asyncio.timeout(60):
        while not await count(sessions, table):
            await asyncio.sleep(0.1)


async def test_a_partner_reads_what_was_sent_and_has_it_sent_again(
    desk: BrowserContext, service: Service, people: People, operator: str, sessions_of_pages: Sessions, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.page.get_by_role("link", name="Partenaires").click()
    partners = console.page.get_by_test_id("partners")
    await partners.get_by_role("button", name="Ajouter un partenaire").click()
    await partners.get_by_label("Nom").fill("Calculateur régional")
    await partners.get_by_label("E-mail de contact").fill("it@trajets.example")
    await partners.get_by_role("button", name="Ajouter un partenaire").click()
    shown = partners.get_by_test_id("partner-token")
    await expect(shown).to_contain_text("mobp_")
    token = await shown.inner_text()
    await console.screen("operator-partners")

    # Nobody has such an address: what is sent there waits.
    webhook = {"url": "https://trajets.invalid/mobility", "events": ["alert.changed", "alert.gone"]}
    headers = {"Authorization": f"Bearer {token}"}
    made = await console.page.request.post(f"{service.url}/v1/partner/webhooks", data=webhook, headers=headers)
    assert made.status == 201
    await until_there_are(sessions_of_pages, WebhookTold)
    await console.page.get_by_role("link", name="Avis").click()
    notices = console.page.get_by_test_id("notices")
    await notices.get_by_role("button", name="Écrire un avis").click()
    await notices.get_by_label("En une phrase (fr)").fill("Marché sur la Grand-Place")
    await notices.get_by_label("En une phrase (en)").fill("Market on Grand-Place")
    await notices.get_by_role("button", name="Publier l’avis").click()
    await until_there_are(sessions_of_pages, WebhookMessage)

    partner = Watched(await desk.new_page(), service, screens)
    await partner.page.goto(f"{service.url}/partner")
    await partner.page.get_by_label("Votre jeton de partenaire").fill("mobp_nobody")
    await partner.page.get_by_role("button", name="Voir mes webhooks").click()
    await expect(partner.page.get_by_text("Ce jeton n'est celui d'aucun partenaire.")).to_be_visible()
    await partner.screen("partner-enter")
    await partner.page.get_by_label("Votre jeton de partenaire").fill(token)
    await partner.page.get_by_role("button", name="Voir mes webhooks").click()
    await partner.page.get_by_role("button", name="Journal de https://trajets.invalid/mobility").click()
    log = partner.page.get_by_test_id("log")
    message = log.get_by_role("listitem").filter(has_text="alert.changed").first
    await expect(message).to_contain_text("prochain essai")
    await message.get_by_role("button", name="Renvoyer à partir d’ici").click()
    await expect(partner.page.get_by_text("renvoyé")).to_be_visible()
    await partner.screen("partner-log-desk")
    await partner.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await partner.page.emulate_media(color_scheme="dark")
    await partner.screen("partner-log-phone-dark")
    await partner.page.get_by_role("button", name="Mettre en pause").click()
    await expect(partner.page.get_by_text("en pause")).to_be_visible()
    assert console.faults == []
    assert partner.faults == []
