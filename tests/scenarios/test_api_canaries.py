"""Canaries: a person's data sent through every endpoint, errors included, and looked for where it must not lie."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mobility.base.clock import SystemClock
from mobility.db.session import Sessions, transaction
from tests.support.fleets import signed_in
from tests.support.photos import GPS_CANARY, geotagged
from tests.support.riders import code_for
from tests.support.service import Service
from tests.support.strangers import rows

EMAIL, PHONE, NAME, BORN_ON = "canary.kestrel@example.fr", "+33698765432", "Kestrel Canary", "1971-03-17"
PLACE = {"lon": 2.6387654, "lat": 50.5301234}
REASON = "seen beside canary kestrel"
PARKED = {"position": {"lon": 2.6385432, "lat": 50.5304321}}
# Nobody's data but shaped like it: in addresses, in members that do not exist, in what is no JSON.
ODD_REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", f"/v1/cities/{EMAIL}", {}),
    ("GET", f"/v1/{PHONE}/{EMAIL}", {}),
    ("GET", "/v1/accounts", {"params": {"query": EMAIL, "after": NAME}}),
    ("GET", "/v1/cities/bethune/vehicles/nearby", {"params": PLACE | {"lon": 999, "name": NAME}}),
    ("GET", "/v1/cities/%00", {"params": {"email": EMAIL}}),
    ("PATCH", "/v1/me", {"json": {"name": NAME, "email": EMAIL}}),
    ("PATCH", "/v1/me", {"content": f'{{"name": "{NAME}", "phone": {PHONE}'.encode()}),
    ("PATCH", "/v1/me", {"json": {"name": NAME + "\0"}}),
    ("POST", "/v1/sign-in/codes", {"json": {"email": EMAIL, "phone": PHONE}}),
    ("POST", "/v1/sign-in/sessions", {"json": {"request_id": str(uuid4()), "code": "271828"}}),
    ("POST", "/v1/holds", {"json": {"vehicle_id": EMAIL}}),
    ("POST", "/v1/telemetry", {"json": {"reports": [{"position": PLACE, "owner": EMAIL}]}}),
    ("BREW", f"/v1/me/{NAME}", {}),
]


class Sung:
    """What was sent and must stay where it belongs."""

    def __init__(self) -> None:
        self.secrets: list[str] = []

    def personal(self) -> list[str]:
        numbers = [str(value) for value in (*PLACE.values(), *PARKED["position"].values())]
        return [EMAIL, PHONE, PHONE[3:], NAME, BORN_ON, REASON, "kestrel", *numbers]


@pytest.fixture
async def sung(service: Service, service_sessions: Sessions) -> Sung:
    """One person's whole story, told to the running service, and every way of telling it wrongly."""
    sung = Sung()
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        await _ask_for_codes(http, service, sung)
        await _declare(http)
        await _verify(service, service_sessions, sung)
        await _ride(http)
        for method, path, request in ODD_REQUESTS:
            answer = await http.request(method, path, **request, headers={"Idempotency-Key": uuid4().hex})
            assert 400 <= answer.status_code < 500, (path, answer.text)
    return sung


async def _ask_for_codes(http: httpx.AsyncClient, service: Service, sung: Sung) -> None:
    for contact in ({"phone": PHONE}, {"email": EMAIL}):
        request_id = (await http.post("/v1/sign-in/codes", json=contact)).json()["request_id"]
        code = await asyncio.to_thread(service.last_code, *contact.values())
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        refused = await http.post("/v1/sign-in/sessions", json={"request_id": request_id, "code": wrong})
        assert refused.json()["code"] == "code_wrong"
        opened = await http.post("/v1/sign-in/sessions", json={"request_id": request_id, "code": code})
        sung.secrets += [code, opened.json()["token"]]


async def _declare(http: httpx.AsyncClient) -> None:
    """With the cookie of the last sign-in, as a browser does; the ride too."""
    await http.patch("/v1/me", json={"name": NAME, "born_on": BORN_ON})
    await http.post(
        "/v1/me/licences", json={"category": "B", "issued_on": "1990-05-02", "city": "bethune"}, headers=_key()
    )


async def _ride(http: httpx.AsyncClient) -> None:
    nearby = (await http.get("/v1/cities/bethune/vehicles/nearby", params=PLACE)).json()["items"]
    hold = await http.post("/v1/holds", json={"vehicle_id": nearby[0]["vehicle_id"]}, headers=_key())
    rental = await http.post("/v1/rentals", json={"hold_id": hold.json().get("id")}, headers=_key())
    path = f"/v1/rentals/{rental.json()['id']}"
    for step in ("pause", "resume"):
        assert (await http.post(f"{path}/{step}")).status_code == 200
    await _report_damage(http, path)
    assert (await http.post(f"{path}/end", json=PARKED, headers=_key())).json()["state"] == "ended"
    for read in (path, f"{path}/receipt", "/v1/rentals", "/v1/payments", "/v1/me", "/v1/me/ride"):
        assert (await http.get(read)).status_code == 200


async def _report_damage(http: httpx.AsyncClient, rental: str) -> None:
    """With a photo that says where it was taken, by the phone and beside the vehicle."""
    said = {"kind": "body", "severity": "minor", "words": REASON}
    report = await http.post(f"{rental}/damage-reports", json=said, headers=_key())
    path = f"/v1/damage-reports/{report.json()['id']}/photos"
    added = await http.post(path, content=geotagged(), headers=_key() | {"Content-Type": "image/jpeg"})
    assert added.status_code == 201
    assert (await http.get(f"/v1/damage-photos/{added.json()['id']}")).status_code == 200
    beside = said | {"plate": NAME, "position": PLACE}
    refused = await http.post("/v1/cities/bethune/damage-reports", json=beside, headers=_key())
    assert refused.json()["code"] == "not_beside_vehicle"


async def _verify(service: Service, sessions: Sessions, sung: Sung) -> None:
    headers = await signed_in(sessions, SystemClock(), "desk@example.fr", city="bethune")
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as http:
        found = (await http.get("/v1/accounts", params={"query": EMAIL})).json()["items"]
        papers = f"/v1/accounts/{found[0]['id']}"
        licence = found[0]["licences"][0]["id"]
        verified = await http.post(f"{papers}/licences/{licence}/verify", json={"birth_date_confirmed": True})
        assert verified.status_code == 200
        vehicle = (await http.get("/v1/cities/bethune/fleet/vehicles")).json()["items"][0]["id"]
        event = {"event": "maintenance", "reason": REASON}
        assert (await http.post(f"/v1/fleet/vehicles/{vehicle}/events", json=event, headers=_key())).status_code == 201
    sung.secrets.append(headers["Authorization"].split()[1])


def _key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


async def test_no_canary_sings_in_the_logs_the_outbox_or_the_stored_answers(
    sung: Sung, service: Service, service_sessions: Sessions
) -> None:
    service.stop()
    logs = "".join((service.folder / f"{name}.log").read_text() for name in ("serve", "worker"))
    assert logs.count('"event":"request"') > len(ODD_REQUESTS)
    assert [canary for canary in (*sung.personal(), *sung.secrets) if canary in logs] == []
    kept = await rows(service_sessions)
    told = "\n".join([*kept["outbox_message"], *kept["idempotency_key"]])
    # Where a ride ended is kept with the ride, and so with the answer that said so; where its rider stood is not.
    personal = [EMAIL, PHONE, NAME, BORN_ON, *map(str, PLACE.values())]
    assert [canary for canary in (*personal, *sung.secrets) if _lies(canary, told)] == []


async def test_no_token_no_code_and_no_searchers_place_is_stored_in_clear(
    sung: Sung, service_sessions: Sessions
) -> None:
    kept = "\n".join(row for table in (await rows(service_sessions)).values() for row in table)
    assert _lies(NAME, kept), "the tables are read"
    assert [secret for secret in (*sung.secrets, *map(str, PLACE.values())) if _lies(secret, kept)] == []


async def test_where_a_photo_was_taken_is_neither_stored_nor_logged(
    sung: Sung, service: Service, service_sessions: Sessions
) -> None:
    service.stop()
    pictures = [path.read_bytes() for path in (service.folder / "photos").rglob("*") if path.is_file()]
    logs = [(service.folder / f"{name}.log").read_bytes() for name in ("serve", "worker")]
    kept = "\n".join(row for table in (await rows(service_sessions)).values() for row in table)
    assert len(pictures) == 1, "the folder is read"
    assert [GPS_CANARY.encode() in each for each in (*pictures, *logs)] == [False] * 3
    assert not _lies(GPS_CANARY, kept)


async def test_a_sign_in_is_not_kept_to_be_answered_again(service: Service, service_sessions: Sessions) -> None:
    async with transaction(service_sessions) as session:
        request_id, code = await code_for(session, SystemClock(), EMAIL)
    body = {"request_id": str(request_id), "code": code}
    async with httpx.AsyncClient(base_url=service.url) as http:
        first, again = [await http.post("/v1/sign-in/sessions", json=body, headers=_key()) for _ in range(2)]
    assert (first.status_code, again.json()["code"]) == (201, "code_used")
    assert (await rows(service_sessions))["idempotency_key"] == []


def _lies(canary: str, text: str) -> bool:
    """In clear or in the hexadecimal digits that bytes are shown in."""
    return canary in text or canary.encode().hex() in text
