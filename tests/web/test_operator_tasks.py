import re
from pathlib import Path

from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage


async def test_an_operator_asks_the_crews_for_something_gives_it_to_somebody_and_calls_it_off(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    page = console.page
    await console.sign_in(operator)
    await console.choose("T-007")
    await page.get_by_role("button", name="Nouvelle tâche").click()
    await page.get_by_label("Que faire").select_option("repair")
    await page.get_by_text("Haute").click()
    await page.get_by_label("Consignes").fill("Rétroviseur gauche")
    await page.get_by_role("button", name="Créer la tâche").click()
    await expect(page.get_by_test_id("vehicle-tasks")).to_contain_text("À prendre")

    await page.get_by_role("navigation").get_by_text("Tâches").click()
    await page.keyboard.press("j")
    await expect(page.get_by_role("button", name=re.compile("^Je m’en occupe")).first).to_be_visible()
    task = page.get_by_test_id("task").filter(has_text="T-007")
    await expect(task).to_contain_text("Rétroviseur gauche")
    await task.get_by_label("Attribuer : Réparer, T-007".replace(" :", "\u00a0:")).select_option(index=1)
    await expect(task).to_contain_text("Attribuée")
    await console.screen("operator-tasks")

    await task.get_by_role("button", name=re.compile("^Annuler")).click()
    await task.get_by_label("Motif").fill("Déjà fait ce matin")
    await task.get_by_role("button", name="Confirmer").click()
    await expect(task).to_have_count(0)
    assert console.faults == []
