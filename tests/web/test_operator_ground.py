import re
from pathlib import Path

from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage


async def test_an_operator_draws_a_zone_corrects_it_looks_at_its_effect_and_announces_it(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    page, table = console.page, console.page.get_by_test_id("ground")
    await page.get_by_role("link", name="Zones et stations").click()
    await table.locator("[data-idle]").wait_for()
    verdict = table.get_by_test_id("ground-verdict")
    await expect(verdict).to_have_text("Aucun changement")
    await console.screen("operator-ground")

    await table.get_by_role("button", name="Dessiner une zone").click()
    box = await table.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for dx, dy in ((-90, -90), (90, -90), (90, 90), (-90, 90)):
        await page.mouse.click(x + dx, y + dy)
    await table.get_by_role("button", name="Terminer le contour").click()
    corner = table.get_by_role("textbox", name="Coin 3")
    drawn = await corner.input_value()
    await page.mouse.move(x + 90, y + 90)
    await page.mouse.down()
    await page.mouse.move(x + 150, y + 140, steps=5)
    await page.mouse.up()
    await expect(corner).not_to_have_value(drawn)
    await expect(verdict).to_contain_text("1 erreur")
    await expect(table.get_by_text("Il manque un texte dans une langue de la ville.")).to_be_visible()
    await table.get_by_label("Nom (fr)").fill("Marché de Noël")
    await table.get_by_label("Nom (en)").fill("Christmas market")
    await table.get_by_role("button", name="Ajouter des heures").click()

    # What the mouse drew can be typed: two corners exchanged make an outline that crosses itself.
    first, second = (table.get_by_role("textbox", name=f"Coin {nth}") for nth in (1, 2))
    places = await first.input_value(), await second.input_value()
    await first.fill(places[1])
    await second.fill(places[0])
    await second.press("Tab")
    await expect(table.get_by_text("Le contour se croise.")).to_be_visible()
    await console.screen("operator-ground-fault")
    for _ in range(2):
        await table.get_by_role("button", name="Annuler le dernier geste").click()
    await expect(verdict).to_contain_text("Contrôles passés")

    await table.get_by_role("button", name="Enregistrer le projet").click()
    await table.get_by_label("Premier jour").fill("2040-01-02")
    await table.get_by_role("button", name="Voir l’effet").click()
    await expect(table.get_by_test_id("ground-effect")).to_contain_text("geofencing_zones")
    await console.screen("operator-ground-effect")
    await table.get_by_label("Pourquoi").fill("Marché sur la Grand-Place")
    await table.get_by_role("button", name="Publier", exact=True).click()
    await expect(table.get_by_text(re.compile("L’édition 2 entre en vigueur"))).to_be_visible()

    await table.get_by_text("Historique").click()
    announced = table.get_by_test_id("ground-history").get_by_role("listitem").first
    await expect(announced).to_contain_text("Marché sur la Grand-Place")
    await expect(announced).to_contain_text(operator)
    await announced.get_by_role("button", name="Retirer").click()
    await expect(announced).to_contain_text("retirée")
    await console.screen("operator-ground-history")
    assert console.faults == []
