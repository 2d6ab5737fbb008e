import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.db.session import POOL_SIZE, create_engine, create_sessions, transaction
from mobility.riders import service
from mobility.riders.tables import Account, AccountRole
from tests.riders.conftest import Api, code_of
from tests.support.riders import EMAIL, wrong

OUR_ORIGIN = {"Origin": "http://mobility.test"}


async def test_a_person_signs_in_and_is_known(api: Api) -> None:
    answer = await api.client.post("/v1/sign-in/sessions", json=await api.ask_code())
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "expires_at", "account"}
    me = await api.client.get("/v1/me", headers={"Authorization": f"Bearer {answer.json()['token']}"})
    assert me.json() == answer.json()["account"]
    assert me.json() == {
        "id": me.json()["id"],
        "email": EMAIL,
        "phone": None,
        "name": "",
        "locale": "fr",
        "born_on": None,
        "born_on_verified": False,
        "roles": [],
        "licences": [],
    }


async def test_the_web_gets_a_cookie_that_scripts_cannot_read(api: Api) -> None:
    answer = await api.client.post("/v1/sign-in/sessions", json=await api.ask_code())
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("mobility_session=")
    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie
    assert (await api.client.get("/v1/me")).status_code == 200


async def test_over_https_the_cookie_is_secure(api: Api) -> None:
    answer = await api.client.post("https://mobility.test/v1/sign-in/sessions", json=await api.ask_code())
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_known_blocked_and_unknown_addresses_get_the_same_answer(
    api: Api, database_url: str, clock: FixedClock
) -> None:
    blocked = await api.sign_in("blocked@example.fr")
    await api.sign_in("known@example.fr")
    await block(database_url, clock, blocked["account"]["id"])
    answers = [
        await api.client.post("/v1/sign-in/codes", json={"email": email})
        for email in ("known@example.fr", "blocked@example.fr", "unknown@example.fr")
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert {tuple(sorted(answer.json())) for answer in answers} == {("expires_at", "request_id")}
    assert len({answer.json()["expires_at"] for answer in answers}) == 1


CODE_REQUESTS_REFUSED: list[tuple[object, int, str]] = [
    ({}, 422, "one_address"),
    ({"email": EMAIL, "phone": "0612345678"}, 422, "one_address"),
    ({"email": "camille"}, 422, "email_invalid"),
    ({"phone": "17"}, 422, "phone_invalid"),
    ({"email": EMAIL, "role": "admin"}, 400, "unknown_field"),
    ({"email": EMAIL, "locale": "de"}, 400, "invalid_request"),
    ({"email": "a" * 300}, 400, "invalid_request"),
    ({"email": 7}, 400, "invalid_request"),
    ([], 400, "invalid_request"),
]


async def test_a_code_request_that_makes_no_sense_is_refused(api: Api) -> None:
    for body, status, code in CODE_REQUESTS_REFUSED:
        assert code_of(await api.client.post("/v1/sign-in/codes", json=body)) == (status, code), body
    assert api.letterbox.messages == []


async def test_a_phone_without_country_code_is_of_the_citys_country(api: Api) -> None:
    answer = await api.client.post("/v1/sign-in/codes", json={"phone": "06 12 34 56 78", "locale": "en"})
    assert answer.status_code == 202
    assert api.letterbox.messages[0].to == "+33612345678"
    assert api.letterbox.messages[0].text.startswith("Your code")


async def test_an_address_gets_five_codes_an_hour(api: Api) -> None:
    for _ in range(5):
        await api.ask_code()
    refused = await api.client.post("/v1/sign-in/codes", json={"email": EMAIL.upper()})
    assert code_of(refused) == (429, "sign_in_too_often")
    assert int(refused.headers["retry-after"]) == refused.json()["retry_after_s"] > 0
    assert len(api.letterbox.messages) == 5
    await api.ask_code("other@example.fr")


SIGN_INS_REFUSED: list[tuple[dict[str, str], int, str]] = [
    ({"request_id": str(uuid4()), "code": "123456"}, 404, "unknown_code"),
    ({"request_id": str(uuid4()), "code": "12345"}, 400, "invalid_request"),
    ({"request_id": str(uuid4()), "code": "١٢٣٤٥٦"}, 400, "invalid_request"),
    ({"request_id": "7", "code": "123456"}, 400, "invalid_request"),
    ({"request_id": str(uuid4()), "code": "123456", "account_id": "x"}, 400, "unknown_field"),
]


async def test_a_sign_in_that_makes_no_sense_is_refused(api: Api) -> None:
    for body, status, code in SIGN_INS_REFUSED:
        assert code_of(await api.client.post("/v1/sign-in/sessions", json=body)) == (status, code), body


async def test_wrong_codes_count_though_they_are_refused(api: Api) -> None:
    asked = await api.ask_code()
    mistaken = asked | {"code": wrong(asked["code"])}
    for left in (4, 3, 2, 1, 0):
        refused = await api.client.post("/v1/sign-in/sessions", json=mistaken)
        assert code_of(refused) == (422, "code_wrong")
        assert refused.json()["tries_left"] == left
    assert code_of(await api.client.post("/v1/sign-in/sessions", json=asked)) == (422, "code_tries_exhausted")


async def test_a_code_that_is_over_is_refused_with_its_reason(api: Api, clock: FixedClock) -> None:
    asked = await api.ask_code()
    clock.advance(timedelta(seconds=1))
    newer = await api.ask_code()
    assert code_of(await api.client.post("/v1/sign-in/sessions", json=asked)) == (422, "code_replaced")
    assert (await api.client.post("/v1/sign-in/sessions", json=newer)).status_code == 201
    assert code_of(await api.client.post("/v1/sign-in/sessions", json=newer)) == (422, "code_used")
    late = await api.ask_code("late@example.fr")
    clock.advance(timedelta(minutes=10))
    assert code_of(await api.client.post("/v1/sign-in/sessions", json=late)) == (422, "code_expired")


async def test_a_blocked_person_is_told_so_after_the_code(api: Api, database_url: str, clock: FixedClock) -> None:
    signed_in = await api.sign_in()
    await block(database_url, clock, signed_in["account"]["id"])
    clock.advance(timedelta(seconds=1))
    refused = await api.client.post("/v1/sign-in/sessions", json=await api.ask_code())
    assert code_of(refused) == (403, "account_blocked")
    assert code_of(await api.client.get("/v1/me", headers=signed_in["headers"])) == (401, "not_signed_in")


async def test_signing_out_ends_the_session(api: Api) -> None:
    signed_in = await api.sign_in()
    answer = await api.client.delete("/v1/sign-in/session", headers=signed_in["headers"])
    assert answer.status_code == 204
    assert (
        'mobility_session="null"' in answer.headers["set-cookie"] or "max-age=0" in answer.headers["set-cookie"].lower()
    )
    assert code_of(await api.client.get("/v1/me", headers=signed_in["headers"])) == (401, "not_signed_in")
    assert code_of(await api.client.delete("/v1/sign-in/session")) == (401, "not_signed_in")


async def test_another_sites_page_changes_nothing_with_our_cookie(api: Api) -> None:
    await api.client.post("/v1/sign-in/sessions", json=await api.ask_code())
    for headers in (
        {"Origin": "https://evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", **OUR_ORIGIN},
        {"Origin": "null"},
    ):
        refused = await api.client.patch("/v1/me", json={"name": "Mallory"}, headers=headers)
        assert code_of(refused) == (403, "cross_site_request"), headers
        refused = await api.client.delete("/v1/sign-in/session", headers=headers)
        assert code_of(refused) == (403, "cross_site_request"), headers
    assert (await api.client.get("/v1/me", headers={"Origin": "https://evil.test"})).json()["name"] == ""


async def test_another_sites_page_signs_nobody_in(api: Api) -> None:
    refused = await api.client.post(
        "/v1/sign-in/sessions", json=await api.ask_code(), headers={"Origin": "https://evil.test"}
    )
    assert code_of(refused) == (403, "cross_site_request")
    assert "set-cookie" not in refused.headers


async def test_our_own_page_works_with_the_cookie(api: Api) -> None:
    await api.client.post("/v1/sign-in/sessions", json=await api.ask_code(), headers=OUR_ORIGIN)
    changed = await api.client.patch("/v1/me", json={"name": "Camille"}, headers=OUR_ORIGIN)
    assert changed.json()["name"] == "Camille"


async def test_a_role_cannot_be_smuggled_in(api: Api, database_url: str) -> None:
    signed_in = await api.sign_in()
    for field in ("id", "email", "phone", "role", "roles", "born_on_verified", "blocked_at", "created_at"):
        refused = await api.client.patch("/v1/me", json={field: "admin"}, headers=signed_in["headers"])
        assert code_of(refused) == (400, "unknown_field")
    engine = create_engine(database_url)
    async with create_sessions(engine)() as session:
        assert (await session.scalars(select(AccountRole))).all() == []
        assert (await session.scalar(select(Account.born_on_verified))) is False
    await engine.dispose()


async def test_no_line_of_the_log_tells_who_signs_in(api: Api) -> None:
    with structlog.testing.capture_logs() as lines:
        asked = await api.ask_code()
        await api.client.post("/v1/sign-in/sessions", json=asked | {"code": wrong(asked["code"])})
        token = (await api.client.post("/v1/sign-in/sessions", json=asked)).json()["token"]
        await api.client.post("/v1/sign-in/codes", json={"phone": "0612345678"})
        await api.client.patch("/v1/me", json={"name": "Canary", "born_on": "1994-11-23"})
    told = str(lines)
    assert lines
    for secret in (EMAIL, "612345678", asked["code"], token, "Canary", "1994", asked["request_id"]):
        assert secret not in told


async def block(database_url: str, clock: FixedClock, account_id: str) -> None:
    engine = create_engine(database_url)
    async with transaction(create_sessions(engine)) as session:
        await service.block_account(session, clock, UUID(account_id), by=None, reason="lent to a friend")
    await engine.dispose()


async def test_more_sign_ins_at_once_than_connections_do_not_wait_for_each_other(api: Api) -> None:
    asked = await api.ask_code()
    mistaken, cookie = asked | {"code": wrong(asked["code"])}, {"Cookie": f"mobility_session={'A' * 43}"}
    answers = await asyncio.gather(
        *(api.client.post("/v1/sign-in/sessions", json=mistaken, headers=cookie) for _ in range(2 * POOL_SIZE))
    )
    assert Counter(code_of(answer) for answer in answers) == {
        (422, "code_wrong"): 5,
        (422, "code_tries_exhausted"): 2 * POOL_SIZE - 5,
    }
