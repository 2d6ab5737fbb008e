import re
from pathlib import Path

from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage


async def test_an_operator_drafts_a_tariff_looks_at_its_effect_and_publishes_it(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.page.get_by_text("Tarifs").click()
    pane = console.page.get_by_test_id("tariffs")
    moped = pane.get_by_role("listitem").filter(has_text="moped-minute")
    await expect(moped).to_contain_text("En vigueur")
    await moped.get_by_role("button", name="Copier en projet").click()
    await pane.get_by_label("Plafond par jour").fill("0,10")
    await pane.get_by_label("Minutes gratuites").fill("deux")
    await pane.get_by_role("button", name="Enregistrer le projet").click()
    await expect(pane.get_by_text("Écrivez un nombre.")).to_be_visible()
    await pane.get_by_label("Minutes gratuites").fill("0")
    await console.screen("operator-tariff-form")
    await pane.get_by_role("button", name="Enregistrer le projet").click()
    await expect(pane.get_by_text("is less than every ride costs at least")).to_be_visible()

    await pane.get_by_label("Plafond par jour").fill("35")
    await pane.get_by_label("Code", exact=True).fill("moped-2040")
    await pane.get_by_text("Expert (JSON)").click()
    await expect(pane.get_by_label("Le tarif, en JSON")).to_have_value(re.compile('"day_cap_cents": 3500'))
    await pane.get_by_text("Formulaire").click()
    await pane.get_by_label("Déverrouillage").fill("1")
    await pane.get_by_role("button", name="Enregistrer le projet").click()
    draft = pane.get_by_role("listitem").filter(has_text="moped-2040")
    await draft.get_by_role("button", name="Voir l’effet").click()
    await expect(draft.get_by_role("row")).to_have_count(12)
    await console.screen("operator-tariff-preview")

    await draft.get_by_label("Premier jour").fill("2040-01-01")
    await draft.get_by_role("button", name="Publier").click()
    published = pane.get_by_role("listitem").filter(has_text="moped-2040")
    await expect(published).to_contain_text("Annoncé")
    await published.get_by_role("button", name="Retirer").click()
    await expect(published).to_contain_text("Retiré")
    assert console.faults == []
