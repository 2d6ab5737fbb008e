"""How MDS is spoken, and what is answered to whom speaks it otherwise."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.mds.service import provider as provider_service
from mobility.mds.service import tokens
from tests.mds.conftest import JSON, Agency, Tell

VEHICLES = "provider/micromobility/vehicles"


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Its status and code; the members of MDS's error message stand beside our own."""
    told: Mapping[str, Any] = answer.json()
    assert told["error"] == told["code"]
    assert told["error_description"] == told["detail"] == told["error_details"][0]
    assert told["detail"].endswith((".", "»", ".”"))
    return answer.status_code, told["code"]


OTHERWISE = (
    None,
    "*/*",
    "application/json",
    "application/vnd.mds+json",
    "application/vnd.mds+json;version=1.2",
    "application/vnd.mds+json;version=2.0.0",
    "application/vnd.mds+json;version=2.0;q=0",
    "text/vnd.mds+csv;version=2.0",
)
RIGHTLY = (JSON, 'application/vnd.mds+json; version="2.0"', f"application/vnd.mds+json;version=1.2, {JSON};q=0.5")


async def test_what_does_not_ask_for_version_2_0_is_not_acceptable(agency: Agency) -> None:
    for accept in OTHERWISE:
        answer = await agency.get(VEHICLES, accept=accept)
        assert refused(answer) == (406, "mds_version_not_served"), accept
        assert JSON in answer.json()["detail"]
    for path in ("policies", "geographies.json", "jurisdictions", "requirements", "metrics"):
        assert refused(await agency.get(path, accept=None)) == (406, "mds_version_not_served")


async def test_version_2_0_is_answered_in_its_media_type(agency: Agency) -> None:
    for accept in RIGHTLY:
        answer = await agency.get(VEHICLES, accept=accept)
        assert (answer.status_code, answer.headers["content-type"], answer.json()["version"]) == (200, JSON, "2.0.0")


async def test_only_a_token_of_this_city_that_is_in_force_opens_the_operators_side(
    agency: Agency, sessions: Sessions, clock: FixedClock
) -> None:
    for token in ("", "mds_no-such-token", f"{agency.token}x"):
        answer = await Agency(agency.client, token).get(VEHICLES)
        assert refused(answer) == (401, "mds_token_refused")
        assert answer.headers["www-authenticate"] == "Bearer"
    elsewhere = await agency.client.get(
        "/mds/nowhere/provider/micromobility/vehicles", headers={"Authorization": f"Bearer {agency.token}"}
    )
    assert refused(elsewhere) == (401, "mds_token_refused")
    async with transaction(sessions) as session:
        row, short = await tokens.issue(session, clock, "lakeport", "County", 1)
    clock.advance(timedelta(days=1))
    expired = await Agency(agency.client, short).get(VEHICLES)
    assert refused(expired) == (401, "mds_token_expired")
    assert expired.json()["detail"] == "This token expired on 2026-06-16: ask the operator for another one."
    async with transaction(sessions) as session:
        await tokens.revoke(session, clock, row.id)
    assert refused(await Agency(agency.client, short).get(VEHICLES)) == (401, "mds_token_refused")
    assert (await agency.get(VEHICLES)).status_code == 200


async def test_whose_token_is_wrong_is_told_before_the_version_is(agency: Agency) -> None:
    assert refused(await Agency(agency.client, "wrong").get(VEHICLES, accept=None)) == (401, "mds_token_refused")


async def test_what_the_city_publishes_is_open_to_everybody(agency: Agency) -> None:
    for path in ("policies", "geographies", "jurisdictions", "requirements"):
        assert (await agency.client.get(f"/mds/lakeport/{path}", headers={"Accept": JSON})).status_code == 200


HOURS = {"trips": "end_time", "events/historical": "event_time", "telemetry": "telemetry_time"}


async def test_an_hour_is_answered_once_it_is_over_and_known(agency: Agency, clock: FixedClock) -> None:
    async def ask(path: str, told: str | None) -> httpx.Response:
        return await agency.get(f"provider/micromobility/{path}", **({HOURS[path]: told} if told else {}))

    for path in HOURS:
        assert refused(await ask(path, None)) == (400, "mds_parameter_missing")
        for told in ("2026-06-15", "2026-06-15T08:00", "2026-13-15T08", "2026-06-15T24", "yesterday"):
            assert refused(await ask(path, told)) == (400, "mds_parameter_unreadable")
        for told in ("2026-06-15T09", "2026-06-15T08"):
            assert refused(await ask(path, told)) == (404, "mds_hour_not_over")
        assert refused(await ask(path, "2026-06-15T07")) == (404, "mds_no_operations")
    clock.advance(timedelta(minutes=61))
    for path in HOURS:
        waiting = await ask(path, "2026-06-15T08")
        assert (waiting.status_code, waiting.content, waiting.headers["content-type"]) == (202, b"", JSON)
    clock.advance(timedelta(minutes=10))
    for path in HOURS:
        assert (await ask(path, "2026-06-15T08")).status_code == 200


async def test_an_hour_with_an_event_that_has_not_come_to_mds_yet_is_not_answered(
    agency: Agency, clock: FixedClock, phone: Any, public_ids: Any, tell: Tell
) -> None:
    (public_id,) = await public_ids("B-001")
    await phone.post("/v1/holds", {"vehicle_id": str(public_id)})
    clock.advance(timedelta(hours=2))
    asked = {"path": "provider/micromobility/events/historical", "event_time": "2026-06-15T08"}
    assert (await agency.get(**asked)).status_code == 202
    await tell()
    assert (await agency.get(**asked)).status_code == 200


async def test_recent_events_are_of_the_last_two_weeks(agency: Agency, clock: FixedClock) -> None:
    async def ask(**params: object) -> httpx.Response:
        return await agency.get("provider/micromobility/events/recent", **params)

    now = int(clock.now().timestamp() * 1000)
    assert refused(await ask(start_time=now)) == (400, "mds_parameter_missing")
    assert refused(await ask(start_time=now, end_time="soon")) == (400, "mds_parameter_unreadable")
    assert refused(await ask(start_time=now, end_time=now - 1)) == (400, "mds_parameter_unreadable")
    assert refused(await ask(start_time=now - 15 * 86_400_000, end_time=now)) == (400, "mds_range_too_old")
    told = await agency.read("micromobility", "events/recent", start_time=now, end_time=now + 1)
    assert len(told["events"]) == 5
    assert (await agency.read("micromobility", "events/recent", start_time=now - 1, end_time=now))["events"] == []


async def test_lists_that_may_be_long_have_pages_and_hours_never_do(
    agency: Agency, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_service, "PAGE", 2)
    now = int(clock.now().timestamp() * 1000)
    for path, name, params in (
        ("vehicles", "vehicles", {}),
        ("vehicles/status", "vehicles_status", {}),
        ("events/recent", "events", {"start_time": now, "end_time": now + 1}),
    ):
        page = await agency.read("micromobility", path, **params)
        seen, pages = [each["device_id"] for each in page[name]], 1
        while page["links"]["next"]:
            answer = await agency.client.get(
                page["links"]["next"], headers={"Authorization": f"Bearer {agency.token}", "Accept": JSON}
            )
            page = answer.json()
            seen, pages = seen + [each["device_id"] for each in page[name]], pages + 1
        assert (len(seen), len(set(seen)), pages) == (5, 5, 3)
    unreadable = await agency.get(VEHICLES, after="nobody")
    assert refused(unreadable) == (400, "mds_parameter_unreadable")
    clock.advance(timedelta(hours=2))
    told = await agency.read("micromobility", "events/historical", event_time="2026-06-15T08")
    assert len(told["events"]) == 5
    assert "links" not in told


async def test_what_is_not_there_is_not_found(agency: Agency) -> None:
    for path in ("vehicles", "vehicles/status", "stops"):
        answer = await agency.get(f"provider/micromobility/{path}/{uuid4()}")
        assert refused(answer) == (404, "mds_unknown_object")
    for path in ("policies", "geographies", "jurisdictions"):
        assert refused(await agency.get(f"{path}/{uuid4()}")) == (404, "mds_unknown_object")
    assert refused(await agency.get("provider/delivery-robots/vehicles")) == (404, "mds_not_spoken_here")
    assert refused(await agency.get("jurisdictions", effective="0x")) == (400, "mds_parameter_unreadable")


async def test_head_is_answered_like_get_and_unknown_parameters_are_ignored(agency: Agency) -> None:
    headers = {"Authorization": f"Bearer {agency.token}", "Accept": JSON}
    path = f"/mds/lakeport/{VEHICLES}"
    get = await agency.client.get(path, params={"colour": "red"}, headers=headers)
    head = await agency.client.head(path, headers=headers)
    assert (get.status_code, head.status_code, head.content) == (200, 200, b"")
    assert head.headers["content-type"] == get.headers["content-type"] == JSON
    assert (await agency.client.head(path)).status_code == 401
