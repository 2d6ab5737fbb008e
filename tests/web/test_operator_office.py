"""The operator's office: days in figures with a chart and a table, roles given and withdrawn, and who did it."""

from pathlib import Path

from playwright.async_api import BrowserContext, expect

from mobility.db.session import Sessions
from tests.support.service import Service
from tests.web.pages import OperatorPage
from tests.web.people import somebody


async def test_an_admin_reads_the_days_gives_a_role_and_finds_it_in_the_journal(
    desk: BrowserContext, service: Service, sessions_of_pages: Sessions, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    page = console.page
    await console.sign_in_only(await somebody(sessions_of_pages, "admin"))
    rail = page.get_by_role("navigation")
    await rail.get_by_text("Rapports").click()
    report = page.get_by_test_id("reports")
    await expect(report.get_by_role("img", name="Trajets")).to_be_visible()
    await report.get_by_text("Par semaine").click()
    await expect(report.get_by_role("table").first.get_by_role("row")).to_have_count(5)
    await report.get_by_text("Disponibilité", exact=True).first.click()
    await expect(report.get_by_role("img", name="Disponibilité")).to_be_visible()
    await console.screen("operator-reports")
    async with page.expect_download() as given:
        await report.get_by_role("link", name="Télécharger (CSV)").click()
    assert "fleet_minutes" in Path(await (await given.value).path()).read_text(encoding="utf-8")

    await rail.get_by_text("Rôles").click()
    await console.tap("Donner un rôle")
    await console.label("Adresse e-mail").fill("nouvelle@example.org")
    await console.tap("Donner un rôle")
    await expect(page.get_by_text("Dites pourquoi")).to_be_visible()
    await console.label("Motif").fill("Commence lundi")
    await console.screen("operator-roles")
    await console.tap("Donner un rôle")
    held = page.get_by_test_id("held-role").filter(has_text="nouvelle@example.org")
    await held.get_by_role("button", name="Retirer").click()
    await console.label("Motif").fill("Ne vient plus")
    await held.get_by_role("button", name="Retirer").click()
    await expect(held).to_have_count(0)

    await rail.get_by_text("Journal").click()
    await console.label("Sujet").select_option(label="Rôles")
    acts = page.get_by_test_id("journal-acts")
    await expect(acts).to_contain_text("nouvelle@example.org")
    await expect(acts).to_contain_text("Ne vient plus")
    await console.screen("operator-journal")
    assert console.faults == []
