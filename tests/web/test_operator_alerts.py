import json
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage


async def crash(service: Service, plate: str) -> None:
    """What a vehicle says that has hit something."""
    keys = [json.loads(line) for line in service.vehicles.read_text(encoding="utf-8").splitlines()]
    key = next(key for key in keys if key["plate"] == plate)
    at = datetime.now(UTC)
    report = {"seq": int(at.timestamp() * 1000), "at": at.isoformat(), "alarms": ["crash"]}
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as vehicle:
        authorization = f"Bearer {key['vehicle_id']}.{key['secret']}"
        answer = await vehicle.post(
            "/v1/telemetry", json={"reports": [report]}, headers={"Authorization": authorization}
        )
    assert answer.json()["accepted"] == 1, answer.text


async def test_an_operator_sees_an_alert_as_it_happens_acknowledges_it_and_opens_its_vehicle(
    desk: BrowserContext, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    await console.sign_in(operator)
    await console.page.get_by_text("Alertes").click()
    await crash(service, "T-007")
    alert = console.page.get_by_test_id("alert").filter(has_text="T-007")
    await expect(alert).to_contain_text("Critique", timeout=45_000)

    await alert.get_by_role("button", name=re.compile("^Prendre en compte")).click()
    await expect(alert).to_contain_text("Prise en compte")
    await alert.get_by_role("button", name=re.compile("Choc")).click()
    await expect(console.page.get_by_role("heading", name="T-007")).to_be_visible()
    await console.state_is("Hors service")
    await console.screen("operator-alerts")
    assert console.faults == []
