import json
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.faces import Say
from tests.web.pages import OperatorPage


async def reports(service: Service, plate: str, *alarms: str) -> None:
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


@pytest.mark.face("fr", "desk")
async def test_an_operator_sees_an_alert_as_it_happens_looks_after_it_and_ends_it(
    face: BrowserContext, say: Say, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(face, service, screens, say)
    await console.sign_in(operator)
    await console.text("Alertes").click()
    await reports(service, "T-007", "crash")
    alert = console.page.get_by_test_id("alert").filter(has_text="T-007")
    await expect(alert).to_contain_text(say("Critique"))

    await alert.get_by_role("button", name=say(re.compile("^Prendre en compte"))).click()
    await alert.get_by_role("button", name=re.compile(f"^{say('Choc')}")).click()
    await expect(console.page.get_by_role("heading", name="T-007")).to_be_visible()
    await expect(console.page.get_by_test_id("state")).to_contain_text(say("Hors service"))
    await console.label("Confier à").select_option(label=operator)
    await expect(alert).to_contain_text(operator)
    await console.text("Les miennes").click()
    await console.text("Par véhicule").click()
    await expect(console.page.get_by_role("list", name="T-007")).to_contain_text(say("Choc"))
    await console.screen("operator-alerts")

    await alert.get_by_role("button", name=say(re.compile("^Mettre en veille"))).click()
    await console.page.get_by_text(say("8 h"), exact=True).click()
    await console.label("Motif").fill("L'équipe passe ce soir")
    await console.button("Confirmer").click()
    await expect(alert).to_contain_text(say("en veille jusqu’au"))

    await reports(service, "T-007")
    await console.page.keyboard.press("e")
    await console.label("Ce qui a été fait").fill("Remis debout, rien de cassé")
    await console.button("Confirmer").click()
    await expect(alert).to_have_count(0)
    await expect(console.page.get_by_test_id("state")).to_contain_text(say("Libre"))
    assert console.faults == []
