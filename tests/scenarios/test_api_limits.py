"""Too much, too long, too deep, not a text, not a number: refused by a code, never by a fault of ours."""

import json
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from tests.support.fleets import signed_in
from tests.support.rides import refusal
from tests.support.strangers import operations

SOME_ID = "5f0c2b3e-8f4e-4a52-9d0a-7f7d0a4f9b1c"
NEARBY = "/v1/cities/lakeport/vehicles/nearby?lon=175&lat=-40"
FLEET = "/v1/cities/lakeport/fleet/vehicles"
EVENTS = f"/v1/fleet/vehicles/{SOME_ID}/events"
LARGER = dict.fromkeys(("add_damage_photo", "add_night_photo", "add_parking_photo"), 9_000_000)
QUOTE = {"vehicle_id": SOME_ID, "minutes": 15}


@pytest.fixture
async def boss(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> httpx.AsyncClient:
    """An administrator at the API, so that no guard stands before what is attacked."""
    client.headers.update(await signed_in(sessions, clock, role="admin", city=None))
    return client


async def test_a_body_of_two_megabytes_is_not_read_and_a_photo_of_nine_neither(
    app: Litestar, boss: httpx.AsyncClient
) -> None:
    for operation in operations(app):
        if operation.takes_body:
            path = operation.path.replace("{city}", "lakeport")
            path = "/".join(SOME_ID if part.startswith("{") else part for part in path.split("/"))
            key = {"Idempotency-Key": uuid4().hex}
            answer = await boss.request(
                operation.method, path, content=b"[" * LARGER.get(operation.id, 2_000_000), headers=key
            )
            assert refusal(answer) == (413, "body_too_large"), operation.id


async def test_a_page_has_a_hundred_entries_at_most(app: Litestar, boss: httpx.AsyncClient) -> None:
    lists = ["/v1/cities", "/v1/cities/lakeport/stations", FLEET, EVENTS, "/v1/accounts", "/v1/rentals", "/v1/payments"]
    lists += ["/v1/me/damage-reports", "/v1/cities/lakeport/damages", "/v1/cities/lakeport/work-orders"]
    for path in lists:
        for limit in ("1000000000", "101", "0", "-1", "1e30", "9" * 4000, "ten", "", "1.5"):
            answer = await boss.get(path, params={"limit": limit})
            assert refusal(answer) == (400, "invalid_request"), (path, limit)
            assert answer.json()["errors"][0]["path"] == "limit"


async def test_a_search_beyond_a_walk_is_refused(boss: httpx.AsyncClient) -> None:
    for query in [
        *("walk_minutes=1e9", "walk_minutes=61", "walk_minutes=nan", "walk_minutes=inf", "walk_minutes=-1"),
        *("range_m_min=1000001", "range_m_min=-1", f"range_m_min={10**30}", "limit=101", f"type={'x' * 41}"),
    ]:
        assert refusal(await boss.get(f"{NEARBY}&{query}")) == (400, "invalid_request"), query


async def test_a_place_that_is_not_on_earth_is_refused(boss: httpx.AsyncClient) -> None:
    for place in ["lon=1e308&lat=0", "lon=nan&lat=0", "lon=0&lat=-inf", "lon=181&lat=0", "lon=0&lat=91"]:
        answer = await boss.get(f"/v1/cities/lakeport/vehicles/nearby?{place}")
        assert refusal(answer) == (422, "position_out_of_range"), place


async def test_a_forged_cursor_or_filter_is_refused(boss: httpx.AsyncClient) -> None:
    for path in [
        "/v1/accounts?after=nobody",
        "/v1/rentals?after=%27%20OR%201%3D1",
        "/v1/payments?after=" + "x" * 5000,
        "/v1/cities?after=" + "x" * 65,
        f"{FLEET}?after=" + "x" * 41,
        f"{EVENTS}?after=9223372036854775808",
        f"{FLEET}?state=exploded",
        "/v1/me/damage-reports?after=nobody",
        "/v1/cities/lakeport/damages?state=exploded",
        "/v1/cities/lakeport/damages?vehicle_id=%27",
        "/v1/cities/lakeport/work-orders?state=exploded",
        "/v1/accounts?query=" + "x" * 101,
    ]:
        assert refusal(await boss.get(path)) == (400, "invalid_request"), path


async def test_a_forged_cursor_that_reads_well_shows_nothing_of_others(boss: httpx.AsyncClient) -> None:
    for path in ("/v1/rentals", "/v1/payments"):
        assert (await boss.get(path, params={"after": SOME_ID})).json() == {"items": [], "next": None}


async def test_a_nul_in_a_question_is_refused(boss: httpx.AsyncClient) -> None:
    for path in [
        *("/v1/cities/%00", "/v1/cities/lakeport%00/map", "/v1/cities/%00/fleet/live", "/v1/cities?after=%00"),
        *(f"{FLEET}?type=%00", f"{FLEET}?after=%00", "/v1/accounts?query=%00%00"),
    ]:
        assert refusal(await boss.get(path)) == (400, "unstorable_text"), path


async def test_a_nul_in_a_text_to_keep_is_refused(boss: httpx.AsyncClient, town: list[NewVehicle]) -> None:
    body = {"event": "maintenance", "reason": "flat\0tyre"}
    headers = {"Idempotency-Key": uuid4().hex}
    answer = await boss.post(f"/v1/fleet/vehicles/{town[0].id}/events", json=body, headers=headers)
    assert refusal(answer) == (400, "unstorable_text")


async def test_a_name_is_a_line_of_text(boss: httpx.AsyncClient) -> None:
    for name in ["a\0b", "x" * 101, "new\nline", "turned \u202e round", "\x1b[2J"]:
        assert refusal(await boss.patch("/v1/me", json={"name": name})) == (400, "invalid_request"), name


async def test_the_ends_of_the_calendar_are_no_birth_dates(boss: httpx.AsyncClient) -> None:
    for born_on in ["0001-01-01", "9999-12-31"]:
        answer = await boss.patch("/v1/me", json={"born_on": born_on})
        assert refusal(answer) == (422, "birth_date_implausible"), born_on


async def test_a_number_is_a_number(boss: httpx.AsyncClient) -> None:
    for minutes in ["15", 15.5, True, None, 0, 10**30, [15], {"minutes": 15}]:
        answer = await boss.post("/v1/quotes", json=QUOTE | {"minutes": minutes})
        assert refusal(answer) == (400, "invalid_request"), minutes
        assert answer.json()["errors"][0]["path"] == "minutes"


async def test_what_is_no_json_is_refused(boss: httpx.AsyncClient) -> None:
    for body, message in [
        (b"", "Expected `object`, got `null`"),
        (b"null", "Expected `object`, got `null`"),
        (b"{", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b"\xff\xfe", "JSON is malformed: invalid character (byte 0)"),
        (b'{"\xff":1}', "Invalid UTF-8"),
        (json.dumps(QUOTE).encode() + b"x", "JSON is malformed: trailing characters (byte 70)"),
    ]:
        answer = await boss.post("/v1/quotes", content=body)
        assert refusal(answer) == (400, "invalid_request"), body
        assert answer.json()["errors"] == [{"path": "", "message": message}]


async def test_a_body_nested_without_end_is_refused(boss: httpx.AsyncClient) -> None:
    for opening in [b"[", b'{"vehicle_id":', b'{"deep":{"vehicle_id":[']:
        answer = await boss.post("/v1/quotes", content=opening * 40_000)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) in [(400, ""), (400, "vehicle_id")], opening


async def test_an_idempotency_key_is_printable_ascii(boss: httpx.AsyncClient) -> None:
    for key in [b"\x01", b"a\tb", b"a\x00b", b"\x7f", "é".encode(), b"\xff\xfe"]:
        headers = {b"Idempotency-Key": key}
        answer = await boss.post("/v1/holds", json={"vehicle_id": SOME_ID}, headers=headers)
        assert refusal(answer) == (400, "idempotency_key_unreadable"), key


async def test_an_odd_credential_is_none(boss: httpx.AsyncClient) -> None:
    for headers in [
        {"Authorization": b"Bearer \xff"},
        {"Authorization": b"Bearer a\x00"},
        {"Authorization": b"Bearer " + b"x" * 60_000},
        {"Authorization": b"Basic eA=="},
        {"Authorization": b"", "Cookie": b"mobility_session=\xff"},
        {"Authorization": b"", "Cookie": b";;;="},
        {"Authorization": b"", "Cookie": b"mobility_session="},
    ]:
        assert refusal(await boss.get("/v1/me", headers=headers)) == (401, "not_signed_in"), headers


async def test_an_odd_language_is_answered(boss: httpx.AsyncClient) -> None:
    for language in [b"\xff", b"fr;q=nan", b"en;q=1e999", b",,,;q=", b"x" * 10_000]:
        assert (await boss.get("/v1/me", headers={"Accept-Language": language})).status_code == 200


async def test_an_odd_origin_is_another_site(client: httpx.AsyncClient) -> None:
    for origin in [b"http://[", b"null", b"\xff", b"http://mobility.test.evil"]:
        answer = await client.post("/v1/sign-in/codes", json={"email": "a@example.fr"}, headers={"Origin": origin})
        assert refusal(answer) == (403, "cross_site_request"), origin


async def test_where_nothing_is_a_request_is_refused_under_its_id(client: httpx.AsyncClient) -> None:
    for path in ["/nothing", "/v1/rentals/no-id", "/assets/%00", "/assets/" + "x" * 5000, "/%ff"]:
        answer = await client.get(path)
        assert refusal(answer) == (404, "not_found"), path
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_takes(client: httpx.AsyncClient) -> None:
    for method in ["PUT", "DELETE", "TRACE", "BREW"]:
        answer = await client.request(method, "/v1/me")
        assert answer.status_code == 405
        assert {"GET", "PATCH"} <= set(answer.headers["allow"].split(", "))
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_integrators_find_the_document_at_the_root(client: httpx.AsyncClient) -> None:
    answer = await client.get("/openapi.json", follow_redirects=True)
    assert answer.json()["openapi"].startswith("3.1")


async def test_reports_at_the_ends_of_numbers_and_time_are_refused_alone(
    client: httpx.AsyncClient, town: list[NewVehicle], clock: FixedClock
) -> None:
    good = {"seq": 1, "at": (clock.now() - timedelta(seconds=1)).isoformat()}
    odd = {
        "unreadable": {"seq": 10**30},
        "too_old": {"at": "0001-01-01T00:00:00+14:00"},
        "clock_ahead": {"at": "9999-12-31T23:59:59-14:00"},
        "range_out_of_range": {"range_m": 10**30},
        "charge_out_of_range": {"charge_percent": 1e308},
        "position_out_of_range": {"position": {"lon": 1e308, "lat": 0}},
        "unknown_field": {"vehicle_id": SOME_ID},
    }
    reports = [*(good | {"seq": 2} | report for report in odd.values()), good]
    headers = {"Authorization": f"Bearer {town[0].id}.{town[0].secret}"}
    answer = await client.post("/v1/telemetry", json={"reports": reports}, headers=headers)
    refused = [{"index": index, "code": why} for index, why in enumerate(odd)]
    assert answer.json() == {"accepted": 1, "repeated": 0, "refused": refused}
