import asyncio

import httpx
import pytest

from mobility.street.client import Client, Refused


def served(*answers, seen=None):
    """A client whose service gives these answers in turn: a response, or an exception to raise."""
    script = list(answers)

    def answer(request):
        if seen is not None:
            seen.append(request)
        given = script.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    return httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://mobility.test")


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """Waits take no time and are written down."""
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return waited


async def test_a_request_whose_answer_is_lost_is_repeated_with_the_same_key(pauses):
    seen = []
    http = served(httpx.ReadError(""), httpx.ConnectError(""), httpx.Response(201, json={"id": "1"}), seen=seen)
    assert await Client(http, token="t").post("/v1/holds", {"vehicle_id": "v"}) == {"id": "1"}
    assert len({request.headers["idempotency-key"] for request in seen}) == 1
    assert {request.content for request in seen} == {b'{"vehicle_id":"v"}'}
    assert pauses == [0.2, 0.4]


async def test_each_intention_has_a_key_of_its_own():
    seen = []
    client = Client(served(httpx.Response(201, json={}), httpx.Response(201, json={}), seen=seen))
    await client.post("/v1/holds")
    await client.post("/v1/holds")
    assert len({request.headers["idempotency-key"] for request in seen}) == 2


async def test_a_service_that_is_away_is_waited_for_and_the_repeats_are_counted(pauses):
    repeats = []
    http = served(httpx.Response(503), httpx.Response(502), httpx.Response(200, json=[]))
    assert await Client(http, on_repeat=lambda: repeats.append(1)).get("/v1/cities") == []
    assert len(repeats) == len(pauses) == 2


async def test_a_client_told_to_come_back_in_some_seconds_does(pauses):
    http = served(httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, json={}))
    await Client(http).get("/v1/me")
    assert pauses == [7]


async def test_a_client_told_to_come_back_much_later_is_refused():
    http = served(httpx.Response(429, headers={"Retry-After": "3600"}, json={"code": "sign_in_too_often"}))
    with pytest.raises(Refused) as refused:
        await Client(http).post("/v1/sign-in/codes", {})
    assert refused.value.code == "sign_in_too_often"


async def test_a_refusal_carries_its_code_and_facts():
    problem = httpx.Response(
        409, json={"code": "vehicle_taken", "n": 1}, headers={"content-type": "application/problem+json"}
    )
    with pytest.raises(Refused) as refused:
        await Client(served(problem)).post("/v1/holds")
    assert (refused.value.status, refused.value.code, refused.value.facts["n"]) == (409, "vehicle_taken", 1)


async def test_an_error_without_a_problem_document_still_has_a_code():
    with pytest.raises(Refused, match="500 http_500"):
        await Client(served(httpx.Response(500, text="oops"))).get("/v1/me")


async def test_an_empty_answer_is_nothing():
    assert await Client(served(httpx.Response(204))).delete("/v1/holds/1") is None


async def test_riders_who_share_connections_do_not_share_a_session():
    seen = []
    http = served(httpx.Response(200, headers={"Set-Cookie": "mobility_session=a"}), httpx.Response(200), seen=seen)
    await Client(http).get("/v1/me")
    await Client(http).get("/v1/me")
    assert all("cookie" not in request.headers for request in seen)
