"""The served API against its own document: schemathesis asks what the document allows, and what it does not."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from mobility.base.clock import SystemClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import alerts
from mobility.fleet.tables import Task
from mobility.riders.service import get_or_create_account
from tests.support.fleets import signed_in
from tests.support.service import Service

HOOKS = Path(__file__).parents[1] / "support/document_hooks.py"
# Signing out would end the attack, and a live stream never ends.
LEFT_OUT = ("sign_out", "watch_fleet", "watch_vehicles")
# The framework answers OPTIONS with the methods of the first handler of a path, and nothing here asks for OPTIONS.
UNASKED = "allow_header_conformance"
# The edges of every parameter and member are eleven thousand requests: `make scenarios` sends them.
PHASES = {"drawn": "examples,fuzzing", "whole": "examples,coverage,fuzzing"}
SETTINGS = """
hooks = "{hooks}"

[parameters]
"path.city" = "{city}"
"path.vehicle_id" = "{vehicle_id}"
"path.account_id" = "{account_id}"
"path.alert_id" = "{alert_id}"
"path.task_id" = "{task_id}"

[checks.positive_data_acceptance]
# 422: what the document's types cannot say, as an e-mail address or a phone number, one of the two.
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429"]

[[operations]]
include-operation-id = "report_telemetry"
headers = {{ Authorization = "Bearer {vehicle_key}" }}
# A batch is taken although some of its reports are not.
checks = {{ negative_data_rejection.enabled = false }}

# The document does not repeat, within lists, what it says of parts: such requests are refused with their path.
[[operations]]
include-operation-id = "draft_tariff"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "check_ground"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "write_ground_draft"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "rewrite_tariff_draft"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "say_steps"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "set_night_roster"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "get_isochrones"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "write_notice"
checks = {{ positive_data_acceptance.enabled = false }}

[[operations]]
include-operation-id = "rewrite_notice"
checks = {{ positive_data_acceptance.enabled = false }}

# A number is read as an instant too: seconds since 1970.
[[operations]]
include-operation-id = "list_vouchers"
checks = {{ negative_data_rejection.enabled = false }}
"""


@pytest.fixture
async def attack(
    service: Service, service_sessions: Sessions, tmp_path: Path, request: pytest.FixtureRequest
) -> list[str]:
    """The command line of the attack, as an administrator, whom no guard refuses."""
    headers = await signed_in(service_sessions, SystemClock(), role="admin", city=None)
    async with transaction(service_sessions) as session:
        somebody = (await get_or_create_account(session, SystemClock(), "somebody@example.fr")).id
    async with httpx.AsyncClient(base_url=service.url, headers=headers) as http:
        vehicle = (await http.get("/v1/cities/bethune/fleet/vehicles")).json()["items"][0]["id"]
    async with transaction(service_sessions) as session:
        alert = await alerts.note(session, SystemClock(), UUID(vehicle), "unlock_failed", {"command": "unlock"})
        task_id = await session.scalar(select(Task.id))
    key: dict[str, Any] = json.loads(service.vehicles.read_text().splitlines()[0])
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(
        SETTINGS.format(
            hooks=HOOKS,
            city="bethune",
            vehicle_id=vehicle,
            account_id=somebody,
            alert_id=alert and alert.id,
            task_id=task_id,
            vehicle_key=f"{key['vehicle_id']}.{key['secret']}",
        )
    )
    arguments = ["--config-file", str(settings), "run", f"{service.url}/docs/openapi.json"]
    arguments += ["--phases", PHASES[request.config.getoption("--document", "drawn")], "--max-examples", "5"]
    arguments += ["--generation-deterministic", "--no-color"]
    arguments += ["--header", f"Authorization: {headers['Authorization']}", "--exclude-checks", UNASKED]
    for operation in LEFT_OUT:
        arguments += ["--exclude-operation-id", operation]
    return [sys.executable, "-m", "schemathesis.cli", *arguments]


@pytest.mark.timeout(600)
async def test_every_answer_is_one_that_the_document_declares(
    attack: list[str], service: Service, tmp_path: Path
) -> None:
    run = await asyncio.to_thread(subprocess.run, attack, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout.partition(" FAILURES ")[2][:12_000] + run.stderr[-2000:]
    log = (service.folder / "serve.log").read_text()
    assert "unexpected_error" not in log
    assert log.count('"event":"request"') > 500
