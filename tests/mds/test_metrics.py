"""Sums of days for an agency; nothing of fewer than ten rides."""

import csv
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mobility.base.clock import FixedClock
from tests.booking.conftest import PublicIds
from tests.mds.conftest import JSON, Agency
from tests.mds.openapi import Official
from tests.support.rides import Phone

MOPEDS = "6f0b9a5e-8f1d-4c58-9f3e-2f6a0c8f7a11"
CARS = "b1a6f3d2-4c0e-4b7e-9a55-0d4e8c1f9c22"
MEASURES = [f"trips.start_loc.{name}" for name in ("count", "duration.sum", "duration.avg", "distance.sum")]
QUERY = {"measures": MEASURES, "interval": "P1D", "start_date": "2026-06-15T00:00+12:00"}


async def ask(agency: Agency, **query: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {agency.token}", "Accept": JSON, "Accept-Language": "en"}
    return await agency.client.post("/mds/lakeport/metrics", json={**QUERY, **query}, headers=headers)


@pytest.fixture
async def ridden(agency: Agency, phone: Phone, public_ids: PublicIds, clock: FixedClock) -> None:
    """Ten moped rides of two minutes and a car's; it is two days later."""
    for plate, times in (("B-001", 10), ("P-001", 1)):
        for _ in range(times):
            (public_id,) = await public_ids(plate)
            rental = await phone.ride(public_id)
            clock.advance(timedelta(minutes=2))
            where = {"lon": 175.0, "lat": -40.0} if plate == "P-001" else {"lon": 175.02, "lat": -39.98}
            ended = await phone.post(f"/v1/rentals/{rental['id']}/end", {"position": where})
            assert ended.status_code == 200, ended.text
            clock.advance(timedelta(minutes=3))
    clock.advance(timedelta(days=2))


async def test_a_days_sums_are_told_from_ten_rides_on(agency: Agency, ridden: None) -> None:
    table = (await ask(agency)).json()
    assert [column["name"] for column in table["columns"]] == [
        *("interval_start", "interval_duration", "provider_id"),
        *MEASURES,
    ]
    assert table["query"]["k_value"] == 10
    cells = {(row[0], row[2]): row[3:] for row in table["rows"]}
    first, second = "2026-06-14T12:00:00+00:00", "2026-06-15T12:00:00+00:00"
    assert cells[first, MOPEDS][:3] == [10, 1200, 120]
    assert cells[first, CARS] == cells[second, MOPEDS] == [-1] * 4
    only = (await ask(agency, filters=[{"name": "provider_id", "values": [MOPEDS]}])).json()
    assert {row[2] for row in only["rows"]} == {MOPEDS}


REFUSED: dict[str, dict[str, Any]] = {
    "another measure": {"measures": ["vehicles.available.avg"]},
    "no measure": {"measures": []},
    "hours, which could be taken from days": {"interval": "PT1H"},
    "types, which could be taken from providers": {"dimensions": ["vehicle_type"]},
    "another time zone": {"timezone": "Europe/Paris"},
    "no date": {"start_date": "yesterday"},
    "an end before the start": {"end_date": "2026-06-01T00:00+12:00"},
    "more than a year": {"start_date": 1_514_764_800_000},
}


async def test_what_is_not_served_is_refused(agency: Agency, clock: FixedClock) -> None:
    clock.advance(timedelta(days=2))
    for why, query in REFUSED.items():
        answer = await ask(agency, **query)
        assert (answer.status_code, answer.json()["error"]) == (400, "mds_parameter_unreadable"), why


async def test_a_months_report_counts_rides_and_riders_from_ten_on(
    agency: Agency, clock: FixedClock, ridden: None
) -> None:
    csv_type, path = "text/vnd.mds+csv;version=2.0", "provider/{}/reports/2026-06.csv"
    early = await agency.get(path.format("micromobility"), accept=csv_type)
    assert (early.status_code, early.json()["code"]) == (404, "mds_unknown_object")
    clock.instant = clock.instant.replace(month=7)
    for mode, type_, trips in (("micromobility", "moped", 10), ("car-share", "car", -1)):
        answer = await agency.get(path.format(mode), accept=csv_type)
        assert answer.headers["content-type"].startswith(csv_type)
        (line,) = csv.DictReader(io.StringIO(answer.text))
        assert (line["vehicle_type"], line["start_date"], line["duration"]) == (type_, "2026-06-01", "P1M")
        assert (int(line["trip_count"]), int(line["rider_count"])) == (trips, -1)
    for name in ("2026-6.csv", "0000-01.csv", "2025-06.csv"):
        assert (await agency.get(f"provider/micromobility/reports/{name}", accept=csv_type)).status_code == 404
    assert (await agency.get(path.format("micromobility"))).status_code == 406


async def test_sums_are_for_agencies(agency: Agency) -> None:
    for answer in (await ask(Agency(agency.client, "wrong")), await Agency(agency.client, "wrong").get("metrics")):
        assert (answer.status_code, answer.json()["error"]) == (401, "mds_token_refused")
    offered = (await agency.get("metrics")).json()
    assert (offered["max_intervals"], offered["metrics"][0]["since"]) == (366, 1_781_510_400_000)  # 2026-06-15T08:00Z


@pytest.mark.skipif("MDS_OPENAPI" not in os.environ, reason="MDS_OPENAPI names no folder of the official OpenAPI")
async def test_sums_fit_the_official_openapi(agency: Agency, ridden: None) -> None:
    official = Official(Path(os.environ["MDS_OPENAPI"]), "micromobility")
    assert official.faults("metrics", "/metrics", (await agency.get("metrics")).json()) == []
    assert official.faults("metrics", "/metrics", (await ask(agency)).json(), method="post") == []
