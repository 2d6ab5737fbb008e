"""The city's page, and what an operator tells everybody."""

from pathlib import Path

from playwright.async_api import BrowserContext, expect

from mobility.db.session import Sessions
from tests.support.service import Service
from tests.web.pages import OperatorPage, ResidentPage, Watched
from tests.web.people import People, somebody


async def enter(context: BrowserContext, service: Service, screens: Path, mayor: str) -> Watched:
    hall = Watched(await context.new_page(), service, screens)
    await hall.page.goto(f"{service.url}/city")
    await hall.page.get_by_label("E-mail ou téléphone").fill(mayor)
    await hall.page.get_by_role("button", name="Recevoir le code").click()
    code = hall.page.get_by_label("Code à six chiffres")
    await code.wait_for()
    await code.fill(service.last_code(mayor))
    await expect(hall.page.get_by_text("Près d’une station").first).to_be_visible()
    return hall


async def test_the_city_reads_its_page_and_each_number_s_definition(
    desk: BrowserContext, phone: BrowserContext, service: Service, sessions_of_pages: Sessions, screens: Path
) -> None:
    hall = await enter(desk, service, screens, await somebody(sessions_of_pages, "city"))
    await expect(hall.page.get_by_role("heading", name="Béthune")).to_be_visible()
    await hall.screen("city-desk")
    await hall.page.get_by_text("La requête").first.click()
    await expect(hall.page.get_by_text("FROM published_week").first).to_be_visible()
    async with hall.page.expect_download() as download:
        await hall.page.get_by_role("link", name="Parquet · Semaines").click()
    assert (await download.value).suggested_filename.endswith(".parquet")
    await hall.page.emulate_media(media="print")
    await hall.screen("city-print")
    small = await enter(phone, service, screens, await somebody(sessions_of_pages, "city"))
    await small.screen("city-phone")
    assert hall.faults == []
    assert small.faults == []


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

    await notice.get_by_role("button", name="Mettre fin").click()
    await notice.get_by_role("button", name="Confirmer").click()
    await expect(notice).to_contain_text("terminé")

    await console.page.get_by_role("link", name="Partenaires").click()
    partners = console.page.get_by_test_id("partners")
    await partners.get_by_label("Nom").fill("Calculateur régional")
    await partners.get_by_label("E-mail de contact").fill("it@trajets.example")
    await partners.get_by_role("button", name="Ajouter un partenaire").click()
    await expect(partners.get_by_test_id("partner-token")).to_contain_text("mobp_")
    await console.screen("operator-partners")
    assert console.faults == []
    assert resident.faults == []
