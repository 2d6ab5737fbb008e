from typing import Any
from uuid import UUID, uuid4

import pytest

from mobility.base.clock import FixedClock, SystemClock
from mobility.db.session import create_engine, create_sessions, transaction
from mobility.riders import service
from mobility.riders.rules.access import GrantedRole
from tests.riders.conftest import Api, code_of

LICENCE = {"category": "B", "issued_on": "2019-05-02", "expires_on": "2034-05-01"}


async def grant(database_url: str, account: dict[str, Any], role: GrantedRole, city_id: str | None = None) -> None:
    engine = create_engine(database_url)
    async with transaction(create_sessions(engine)) as session:
        await service.grant_role(session, SystemClock(), UUID(account["id"]), role, city_id)
    await engine.dispose()


@pytest.fixture
async def rider(api: Api) -> dict[str, Any]:
    signed_in = await api.sign_in()
    answer = await api.client.patch(
        "/v1/me", json={"born_on": "1994-11-23", "city": "bethune"}, headers=signed_in["headers"]
    )
    assert answer.status_code == 200
    return signed_in


@pytest.fixture
async def desk(api: Api, database_url: str) -> dict[str, Any]:
    signed_in = await api.sign_in("operator@example.fr")
    await grant(database_url, signed_in["account"], "operator", "bethune")
    return signed_in


async def declare(api: Api, who: dict[str, Any], body: object = LICENCE, key: str = "licence-1") -> Any:
    return await api.client.post("/v1/me/licences", json=body, headers=who["headers"] | {"Idempotency-Key": key})


async def test_a_profile_changes_only_what_is_given(api: Api, rider: dict[str, Any]) -> None:
    await api.client.patch("/v1/me", json={"name": "Camille Dubois"}, headers=rider["headers"])
    me = (await api.client.patch("/v1/me", json={"locale": "en"}, headers=rider["headers"])).json()
    assert (me["name"], me["locale"], me["born_on"]) == ("Camille Dubois", "en", "1994-11-23")


PROFILES_REFUSED: list[tuple[object, int, str]] = [
    ({"born_on": "2030-01-01"}, 422, "birth_date_implausible"),
    ({"born_on": "1994-02-30"}, 400, "invalid_request"),
    ({"name": "x" * 101}, 400, "invalid_request"),
    ({"locale": "de"}, 400, "invalid_request"),
    ({"blocked": False}, 400, "unknown_field"),
]


async def test_a_profile_that_cannot_be_is_refused(api: Api, rider: dict[str, Any]) -> None:
    for body, status, code in PROFILES_REFUSED:
        answer = await api.client.patch("/v1/me", json=body, headers=rider["headers"])
        assert code_of(answer) == (status, code), body


async def test_a_declared_licence_appears_on_the_profile(api: Api, rider: dict[str, Any], clock: FixedClock) -> None:
    answer = await declare(api, rider)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        **LICENCE,
        "state": "declared",
        "declared_at": "2026-06-15T08:00:00Z",
        "decided_at": None,
    }
    me = await api.client.get("/v1/me", headers=rider["headers"])
    assert me.json()["licences"] == [answer.json()]


async def test_a_licence_declared_twice_with_one_key_is_one(api: Api, rider: dict[str, Any]) -> None:
    first, again = await declare(api, rider), await declare(api, rider)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len((await api.client.get("/v1/me", headers=rider["headers"])).json()["licences"]) == 1


LICENCES_REFUSED: list[tuple[dict[str, str], int, str]] = [
    ({"issued_on": "2026-06-16"}, 422, "licence_issued_in_future"),
    ({"expires_on": "2026-06-14"}, 422, "licence_expired"),
    ({"expires_on": "2019-05-01"}, 422, "licence_expires_before_issue"),
    ({"issued_on": "2010-01-01"}, 422, "licence_issued_too_young"),
    ({"category": "C"}, 400, "invalid_request"),
    ({"state": "verified"}, 400, "unknown_field"),
]


async def test_a_licence_that_cannot_be_is_refused(api: Api, rider: dict[str, Any]) -> None:
    for change, status, code in LICENCES_REFUSED:
        assert code_of(await declare(api, rider, LICENCE | change, key=str(change))) == (status, code), change
    assert (await api.client.get("/v1/me", headers=rider["headers"])).json()["licences"] == []


async def test_a_licence_needs_a_key_and_a_date_of_birth(api: Api) -> None:
    signed_in = await api.sign_in()
    unkeyed = await api.client.post("/v1/me/licences", json=LICENCE, headers=signed_in["headers"])
    assert code_of(unkeyed) == (400, "idempotency_key_missing")
    assert code_of(await declare(api, signed_in)) == (409, "birth_date_missing")


async def test_an_account_keeps_at_most_twenty_licences(api: Api, rider: dict[str, Any]) -> None:
    answers = [await declare(api, rider, key=f"licence-{number}") for number in range(21)]
    assert [answer.status_code for answer in answers[:20]] == [201] * 20
    assert code_of(answers[20]) == (409, "licences_too_many")


async def test_an_operator_verifies_a_licence_and_fixes_the_date_of_birth(
    api: Api, rider: dict[str, Any], desk: dict[str, Any]
) -> None:
    path = licence_path(rider, (await declare(api, rider)).json()["id"])
    seen = {"birth_date_confirmed": True}
    verified = await api.client.post(f"{path}/verify", json=seen, headers=desk["headers"])
    assert (verified.status_code, verified.json()["state"]) == (200, "verified")
    again = await api.client.post(f"{path}/verify", json=seen, headers=desk["headers"])
    assert code_of(again) == (409, "licence_decided")
    changed = await api.client.patch("/v1/me", json={"born_on": "1990-01-01"}, headers=rider["headers"])
    assert code_of(changed) == (409, "birth_date_verified")
    refused = await api.client.post(f"{path}/refuse", headers=desk["headers"])
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")


async def test_a_verification_says_whether_the_date_of_birth_was_seen(
    api: Api, rider: dict[str, Any], desk: dict[str, Any]
) -> None:
    path = licence_path(rider, (await declare(api, rider)).json()["id"])
    for body in ({}, {"birth_date_confirmed": None}, {"birth_date_confirmed": "yes"}):
        refused = await api.client.post(f"{path}/verify", json=body, headers=desk["headers"])
        assert code_of(refused) == (400, "invalid_request"), body
    seen = {"birth_date_confirmed": False}
    assert (await api.client.post(f"{path}/verify", json=seen, headers=desk["headers"])).status_code == 200
    assert (await api.client.get("/v1/me", headers=rider["headers"])).json()["born_on_verified"] is False


async def test_a_licence_under_another_account_does_not_exist(
    api: Api, rider: dict[str, Any], desk: dict[str, Any]
) -> None:
    licence_id = (await declare(api, rider)).json()["id"]
    other = await api.sign_in("other@example.fr")
    await api.client.patch("/v1/me", json={"born_on": "1994-11-23", "city": "bethune"}, headers=other["headers"])
    for verb in ("verify", "refuse"):
        body = {"birth_date_confirmed": False} if verb == "verify" else None
        path = f"{licence_path(other, licence_id)}/{verb}"
        mismatched = await api.client.post(path, json=body, headers=desk["headers"])
        assert code_of(mismatched) == (404, "unknown_licence")
        nobody = f"/v1/accounts/{uuid4()}/licences/{licence_id}/{verb}"
        assert code_of(await api.client.post(nobody, json=body, headers=desk["headers"])) == (404, "unknown_account")


async def test_an_operator_cannot_verify_their_own_papers(api: Api, desk: dict[str, Any]) -> None:
    await api.client.patch("/v1/me", json={"born_on": "1980-01-01"}, headers=desk["headers"])
    path = licence_path(desk, (await declare(api, desk)).json()["id"])
    own = await api.client.post(f"{path}/verify", json={"birth_date_confirmed": True}, headers=desk["headers"])
    assert code_of(own) == (403, "own_papers")
    birth_date = f"/v1/accounts/{desk['account']['id']}/birth-date/verify"
    assert code_of(await api.client.post(birth_date, headers=desk["headers"])) == (403, "own_papers")


async def test_a_date_of_birth_is_verified_for_who_needs_no_licence(
    api: Api, rider: dict[str, Any], desk: dict[str, Any]
) -> None:
    path = f"/v1/accounts/{rider['account']['id']}/birth-date/verify"
    assert (await api.client.post(path, headers=desk["headers"])).json()["born_on_verified"] is True
    unknown = await api.sign_in("other@example.fr")
    await api.client.patch("/v1/me", json={"name": "Alix", "city": "bethune"}, headers=unknown["headers"])
    path = f"/v1/accounts/{unknown['account']['id']}/birth-date/verify"
    assert code_of(await api.client.post(path, headers=desk["headers"])) == (409, "birth_date_missing")


async def test_accounts_are_listed_page_by_page(api: Api, rider: dict[str, Any], desk: dict[str, Any]) -> None:
    await api.client.patch("/v1/me", json={"name": "Desk", "city": "bethune"}, headers=desk["headers"])
    await api.sign_in("elsewhere@example.fr")
    first = (await api.client.get("/v1/accounts?limit=1", headers=desk["headers"])).json()
    second = (await api.client.get(f"/v1/accounts?limit=1&after={first['next']}", headers=desk["headers"])).json()
    ids = [account["id"] for page in (first, second) for account in page["items"]]
    assert ids == [rider["account"]["id"], desk["account"]["id"]]
    assert second["next"] is None


async def test_an_operator_sees_what_the_desk_needs_and_no_more(
    api: Api, rider: dict[str, Any], desk: dict[str, Any]
) -> None:
    await declare(api, rider)
    found = (await api.client.get("/v1/accounts?query=camille", headers=desk["headers"])).json()
    (account,) = found["items"]
    assert set(account) == {
        "id",
        "email",
        "phone",
        "name",
        "born_on",
        "born_on_verified",
        "licences",
        "created_at",
        "blocked_at",
    }
    assert account["licences"][0]["state"] == "declared"


async def test_a_list_that_cannot_be_is_refused(api: Api, desk: dict[str, Any]) -> None:
    for parameters in ("limit=0", "limit=101", "limit=x", "after=7", "query=x"):
        answer = await api.client.get(f"/v1/accounts?{parameters}", headers=desk["headers"])
        assert code_of(answer) == (400, "invalid_request"), parameters


def licence_path(who: dict[str, Any], licence_id: str) -> str:
    return f"/v1/accounts/{who['account']['id']}/licences/{licence_id}"


SOME_LICENCE = f"/v1/accounts/{uuid4()}/licences/{uuid4()}"
OPERATOR_ONLY = [
    ("GET", "/v1/accounts"),
    ("POST", f"{SOME_LICENCE}/verify"),
    ("POST", f"{SOME_LICENCE}/refuse"),
    ("POST", f"/v1/accounts/{uuid4()}/birth-date/verify"),
]
SIGNED_IN_ONLY = [
    ("DELETE", "/v1/sign-in/session"),
    ("GET", "/v1/me"),
    ("PATCH", "/v1/me"),
    ("POST", "/v1/me/licences"),
]


async def test_nothing_personal_answers_to_who_is_not_signed_in(api: Api) -> None:
    for method, path in [*SIGNED_IN_ONLY, *OPERATOR_ONLY]:
        for credentials in ({}, {"Authorization": f"Bearer {'A' * 43}"}, {"Authorization": "Basic abc"}):
            headers = {"Idempotency-Key": "anything", **credentials}
            answer = await api.client.request(method, path, headers=headers)
            assert code_of(answer) == (401, "not_signed_in"), (method, path)


async def test_the_desk_answers_operators_only(api: Api, database_url: str) -> None:
    roles: list[GrantedRole | None] = [None, "crew", "city"]
    for role in roles:
        signed_in = await api.sign_in(f"{role}@example.fr")
        if role is not None:
            await grant(database_url, signed_in["account"], role)
        for method, path in OPERATOR_ONLY:
            answer = await api.client.request(method, path, headers=signed_in["headers"])
            assert code_of(answer) == (403, "role_missing"), (role, method, path)
