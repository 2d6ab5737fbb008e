import pytest

from mobility.db.session import transaction
from tests.support.riders import code_for, sign_in


@pytest.fixture
async def headers(books):
    async with transaction(books.sessions) as session:
        opened = await sign_in(session, books.clock, *await code_for(session, books.clock, "ada@example.org"))
    return {"Authorization": f"Bearer {opened.token}"}


async def test_riders_see_what_their_rides_cost_newest_first_page_by_page(books, client, headers):
    charged = [await books.charge(100 + n) for n in range(3)]
    first = (await client.get("/v1/payments", params={"limit": 2}, headers=headers)).json()
    rest = (await client.get("/v1/payments", params={"limit": 2, "after": first["next"]}, headers=headers)).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [str(payment.id) for payment in charged[::-1]]
    assert rest["next"] is None
    assert rest["items"] == [
        {
            "id": str(charged[0].id),
            "rental_id": str(charged[0].reference_id),
            "kind": "rental",
            "amount": {"cents": 100, "currency": "EUR"},
            "from_credit": {"cents": 0, "currency": "EUR"},
            "too_small": False,
            "state": "pending",
            "decline_code": None,
            "remedy": None,
            "next_try_at": None,
            "action_url": None,
            "refund_refused": None,
            "created_at": "2026-06-15T08:00:00Z",
            "settled_at": None,
        }
    ]


async def test_nobody_sees_another_persons_payments(books, client, headers):
    await books.charge()
    async with transaction(books.sessions) as session:
        opened = await sign_in(session, books.clock, *await code_for(session, books.clock, "eve@example.org"))
    answer = await client.get("/v1/payments", headers={"Authorization": f"Bearer {opened.token}"})
    assert answer.json() == {"items": [], "next": None}


async def test_a_stranger_sees_no_payments(client):
    answer = await client.get("/v1/payments")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"after": "yesterday"}])
async def test_a_page_that_cannot_be_is_refused(client, headers, params):
    answer = await client.get("/v1/payments", params=params, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
