"""The morning after at the desk: what the night promised, what was there, and the same as a file."""

from datetime import timedelta
from pathlib import Path

from playwright.async_api import BrowserContext, expect
from sqlalchemy import insert

from mobility.base.clock import SystemClock
from mobility.base.ids import new_id
from mobility.db.session import create_engine, create_sessions, transaction
from mobility.rebalancing.service.report import report_of
from mobility.rebalancing.tables import Night, NightStock
from tests.support.service import Service
from tests.web.pages import OperatorPage

HOUR = timedelta(hours=1)


async def a_night_that_is_over(service: Service) -> None:
    """Of two days ago, with one car more at the station in the morning."""
    engine, now = create_engine(service.database_url), SystemClock().now()
    begins_at = now - 50 * HOUR
    night = Night(
        id=new_id(), city_id="bethune", day=begins_at.date(), begins_at=begins_at, ends_at=begins_at + 8 * HOUR,
        created_at=begins_at,
    )  # fmt: skip
    spot = {"night_id": night.id, "place": "gare-bethune", "type_code": "totem-two-seater", "unusable": 1}
    counts = {"evening": (3, 18_000), "morning": (4, 30_000)}
    async with transaction(create_sessions(engine)) as session:
        session.add(night)
        await session.flush()
        for moment, (usable, charge_wh) in counts.items():
            row = {"moment": moment, "usable": usable, "charge_wh": charge_wh, "counted_at": begins_at}
            await session.execute(insert(NightStock).values(**spot, **row))
        assert (await report_of(session, night)).lines[0].usable == 4
    await engine.dispose()


async def test_an_operator_reads_what_became_of_a_night_and_takes_it_along(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    await a_night_that_is_over(service)
    console = await OperatorPage.open(desk, service, screens)
    page = console.page
    await console.sign_in(operator)
    await page.get_by_role("navigation").get_by_text("Bilan").click()
    sums = page.get_by_test_id("morning-sums")
    await expect(sums.get_by_role("row", name="Véhicules prêts")).to_contain_text("4")
    await expect(page.get_by_text("Aucun plan n’a été publié cette nuit-là.")).to_be_visible()
    await expect(page.get_by_test_id("morning-places")).to_contain_text("Gare de Béthune")
    await console.screen("operator-morning")
    async with page.expect_download() as given:
        await page.get_by_role("link", name="Tableau (CSV)").click()
    table = Path(await (await given.value).path()).read_text(encoding="utf-8")
    assert "gare-bethune" in table
    assert console.faults == []
