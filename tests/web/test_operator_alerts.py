import json
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage


async def say(service: Service, plate: str, *alarms: str) -> None:
    """What a vehicle says of itself."""
    keys = [json.loads(line) for line in service.vehicles.read_text(encoding="utf-8").splitlines()]
    key = next(key for key in keys if key["plate"] == plate)
    at = datetime.now(UTC)
    report = {"seq": int(at.timestamp() * 1000), "at": at.isoformat(), "alarms": alarms}
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as vehicle:
        authorization = f"Bearer {key['vehicle_id']}.{key['secret']}"
        answer = await vehicle.post(
            "/v1/telemetry", json={"reports": [report]}, headers={"Authorization": authorization}
        )
    assert answer.json()["accepted"] == 1, answer.text


async def test_an_operator_sees_an_alert_as_it_happens_looks_after_it_and_ends_it(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.page.get_by_text("Alertes").click()
    await say(service, "T-007", "crash")
    alert = console.page.get_by_test_id("alert").filter(has_text="T-007")
    await expect(alert).to_contain_text("Critique")

    await alert.get_by_role("button", name=re.compile("^Prendre en compte")).click()
    await alert.get_by_role("button", name=re.compile("^Choc")).click()
    await expect(console.page.get_by_role("heading", name="T-007")).to_be_visible()
    await expect(console.page.get_by_test_id("state")).to_contain_text("Hors service")
    await console.screen("operator-alerts")

    await alert.get_by_role("button", name=re.compile("^Mettre en veille")).click()
    await console.page.get_by_text("8 h", exact=True).click()
    await console.page.get_by_label("Motif").fill("L'équipe passe ce soir")
    await console.page.get_by_role("button", name="Confirmer").click()
    await expect(alert).to_contain_text("en veille jusqu’au")

    await say(service, "T-007")
    await alert.get_by_role("button", name=re.compile("^Clore")).click()
    await console.page.get_by_label("Ce qui a été fait").fill("Remis debout, rien de cassé")
    await console.page.get_by_role("button", name="Confirmer").click()
    await expect(alert).to_have_count(0)
    await expect(console.page.get_by_test_id("state")).to_contain_text("Libre")
    assert console.faults == []
