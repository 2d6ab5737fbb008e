from pathlib import Path

from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage
from tests.web.people import People


async def test_an_operator_starts_and_stops_a_promotion_and_prints_vouchers(
    desk: BrowserContext, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    page = console.page.get_by_test_id("offers")
    await console.page.get_by_text("Offres").click()
    await page.get_by_role("button", name="Nouvelle promotion").click()
    await page.get_by_label("Code", exact=True).fill("automne")
    await page.get_by_role("button", name="Lancer la promotion").click()
    await expect(page.get_by_text("Vérifiez ce champ.")).to_be_visible()
    await page.get_by_label("De combien").fill("50")
    await page.get_by_label("Usagers au plus").fill("200")
    await console.screen("operator-promotion-form")
    await page.get_by_role("button", name="Lancer la promotion").click()
    promotion = page.get_by_role("listitem").filter(has_text="AUTOMNE")
    await expect(promotion).to_contain_text("en cours")

    await page.get_by_role("button", name="Imprimer des bons").click()
    await page.get_by_label("Combien", exact=True).fill("3")
    await page.get_by_label("Valeur de chacun").fill("5")
    await page.get_by_role("button", name="Imprimer", exact=True).click()
    codes = page.get_by_test_id("voucher-codes")
    await expect(codes).to_be_visible()
    code = (await codes.inner_text()).split()[0]
    await people.ask(lea, "POST", "/v1/me/codes", json={"city": "bethune", "code": code})
    await console.screen("operator-offers")

    await promotion.get_by_role("button", name="Arrêter AUTOMNE").click()
    await promotion.get_by_role("button", name="Confirmer").click()
    await expect(promotion).to_contain_text("terminée")
    await expect(page.get_by_text("Utilisés : 1 sur 3".replace(" :", "\u00a0:"))).to_be_visible()
    assert console.faults == []
