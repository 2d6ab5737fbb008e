import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.helpdesk.rules.acts import takes_two
from mobility.helpdesk.tables import SupportAct
from mobility.invoicing.tables import Document
from mobility.invoicing.tasks import number_documents
from mobility.payments import service as payments
from mobility.payments.queries import ledger_imbalances
from mobility.payments.tables import Payment, Refund
from mobility.riders.rules.guardianship import Part
from mobility.riders.service import grant_role, guardianships
from mobility.riders.tables import Account
from tests.booking.conftest import PublicIds, Riders
from tests.helpdesk.conftest import Agent, Settle
from tests.support.rides import LIGHTHOUSE, Phone, refusal

HERE = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
PIER = {"lon": 175.1, "lat": -40.1}
WHY = "the gate of the yard was shut"


async def begin(phone: Phone, public_ids: PublicIds) -> str:
    (public_id,) = await public_ids("B-001")
    return str((await phone.ride(public_id))["id"])


async def ride(phone: Phone, clock: FixedClock, public_ids: PublicIds, minutes: int) -> str:
    rental_id = await begin(phone, public_ids)
    clock.advance(timedelta(minutes=minutes))
    assert (await phone.post(f"/v1/rentals/{rental_id}/end", {"position": HERE})).status_code == 200
    return rental_id


async def earned(sessions: Sessions) -> int:
    """What the books say was earned, tax included."""
    async with sessions() as session:
        assert await ledger_imbalances(session) == []
        kinds = (
            "SELECT -coalesce(sum(e.amount_cents), 0) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        )
        return int(await session.scalar(text(f"{kinds} WHERE a.kind IN ('revenue', 'vat')")) or 0)


async def documented(sessions: Sessions) -> int:
    async with sessions() as session:
        return int(await session.scalar(select(func.coalesce(func.sum(Document.total_cents), 0))) or 0)


async def test_the_story_of_a_rider_is_told_with_the_reason_written_down(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle, sessions: Sessions
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    path = f"/v1/cities/lakeport/accounts/{phone.person.account_id}/timeline"
    assert refusal(await agent.get(path)) == (400, "invalid_request")
    told = (await agent.get(path, reason="the rider called")).json()
    assert "items" in told, told
    kinds = [entry["kind"] for entry in told["items"]]
    assert {"hold", "ride", "payment", "support"} <= set(kinds)
    (paid,) = (entry["facts"] for entry in told["items"] if entry["kind"] == "payment")
    assert (paid["cents"], paid["state"]) == (400, "captured")
    assert "175." not in str(told)
    async with sessions() as session:
        (act,) = (await session.scalars(select(SupportAct))).all()
    assert (act.kind, act.reason) == ("timeline", "the rider called")


async def test_opening_a_rider_s_receipt_is_written_down_also_when_it_fails(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle, sessions: Sessions
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    async with sessions() as session:
        document = await session.scalar(select(Document))
    assert document is not None
    path = f"/v1/support/documents/{document.id}/pdf"
    assert refusal(await agent.get(path)) == (400, "invalid_request")
    assert refusal(await agent.get(path, reason="a lost receipt")) == (409, "document_not_numbered")
    clock.advance(timedelta(seconds=2))
    async with transaction(sessions) as session:
        await number_documents(session, clock)
    opened = await agent.get(path, reason="a lost receipt")
    assert (opened.status_code, opened.content[:5]) == (200, b"%PDF-")
    acts = (await agent.get("/v1/cities/lakeport/support-acts", state="done")).json()["items"]
    assert [act["kind"] for act in acts] == ["document", "document"]
    assert all(act["rider"] and act["asked_by_name"] for act in acts)


async def test_a_long_story_is_told_page_by_page(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    path = f"/v1/cities/lakeport/accounts/{phone.person.account_id}/timeline"
    first = (await agent.get(path, reason="a complaint", limit=2)).json()
    second = (await agent.get(path, reason="a complaint", limit=2, before=first["next"])).json()
    assert max(entry["at"] for entry in second["items"]) < min(entry["at"] for entry in first["items"])


async def test_a_rider_who_has_nothing_to_do_with_the_city_is_unknown(agent: Agent, other: Phone) -> None:
    path = f"/v1/cities/lakeport/accounts/{other.person.account_id}/timeline"
    assert refusal(await agent.get(path, reason="curiosity")) == (404, "unknown_account")


async def test_the_desk_ends_a_ride_where_no_rider_could_and_at_an_earlier_instant(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds
) -> None:
    rental_id = await begin(phone, public_ids)
    clock.advance(timedelta(minutes=30))
    refused = await phone.post(f"/v1/rentals/{rental_id}/end", {"position": PIER})
    assert refused.status_code == 409
    body = {"position": PIER, "reason": "the app has frozen", "ended_at": "2026-06-15T08:12:00Z"}
    ended = await agent.post(f"/v1/support/rides/{rental_id}/end", body)
    assert (ended.status_code, ended.json()["state"]) == (201, "done")
    receipt = (await phone.get(f"/v1/rentals/{rental_id}/receipt")).json()
    assert (receipt["ended_at"], receipt["total"]["cents"]) == ("2026-06-15T08:12:00Z", 480)
    assert (await phone.get("/v1/me/ride")).json() == {"kind": "none"}


@pytest.mark.parametrize("ended_at", ["2026-06-15T07:59:00Z", "2026-06-15T08:31:00Z", "2026-06-15T08:15:00Z"])
async def test_a_ride_does_not_end_before_it_began_nor_before_its_last_pause_nor_to_come(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, ended_at: str
) -> None:
    rental_id = await begin(phone, public_ids)
    clock.advance(timedelta(minutes=20))
    await phone.post(f"/v1/rentals/{rental_id}/pause")
    clock.advance(timedelta(minutes=10))
    body = {"position": HERE, "reason": WHY, "ended_at": ended_at}
    assert refusal(await agent.post(f"/v1/support/rides/{rental_id}/end", body)) == (422, "end_unclear")


async def test_the_instant_of_an_end_without_an_offset_is_not_understood(
    agent: Agent, phone: Phone, public_ids: PublicIds
) -> None:
    body = {"position": HERE, "reason": WHY, "ended_at": "2026-06-15T08:12:00"}
    ended = await agent.post(f"/v1/support/rides/{await begin(phone, public_ids)}/end", body)
    assert refusal(ended) == (400, "invalid_request")


@pytest.mark.parametrize("collected", [True, False])
@pytest.mark.parametrize("cents", [0, 150, 400, 900])
async def test_a_corrected_price_is_what_is_earned_paid_and_documented(
    agent: Agent,
    phone: Phone,
    clock: FixedClock,
    public_ids: PublicIds,
    settle: Settle,
    sessions: Sessions,
    cents: int,
    *,
    collected: bool,
) -> None:
    rental_id = await ride(phone, clock, public_ids, 10)
    if collected:
        await settle()
    corrected = await agent.post(f"/v1/support/rides/{rental_id}/price", {"cents": cents, "reason": WHY})
    if cents == 400:
        assert refusal(corrected) == (409, "nothing_to_correct")
        return
    assert (corrected.status_code, corrected.json()["state"]) == (201, "done")
    await settle()
    assert await earned(sessions) == cents
    async with sessions() as session:
        paid = select(func.sum(Payment.amount_cents)).where(Payment.state == "captured")
        back = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(Refund.state == "done")
        assert int(await session.scalar(paid) or 0) - int(await session.scalar(back) or 0) == cents
    assert await documented(sessions) in {0, cents}  # 0 where the city's file names no seller


async def test_a_price_is_corrected_again_from_what_it_is_by_then(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle, sessions: Sessions
) -> None:
    rental_id = await ride(phone, clock, public_ids, 10)
    await settle()
    for cents in (900, 200, 300):
        answer = await agent.post(f"/v1/support/rides/{rental_id}/price", {"cents": cents, "reason": WHY})
        assert answer.status_code == 201, answer.text
        await settle()
        assert await earned(sessions) == cents


@pytest.mark.parametrize("cents", [300, 900])
async def test_of_two_who_correct_a_price_at_once_one_finds_it_corrected(
    agent: Agent,
    colleague: Agent,
    phone: Phone,
    clock: FixedClock,
    public_ids: PublicIds,
    settle: Settle,
    sessions: Sessions,
    cents: int,
) -> None:
    rental_id = await ride(phone, clock, public_ids, 10)
    await settle()
    body = {"cents": cents, "reason": WHY}
    async with sessions() as waited_for:
        # Both have read the price before either can change anything.
        await waited_for.execute(text("LOCK TABLE support_act IN SHARE ROW EXCLUSIVE MODE"))
        asked = [
            asyncio.create_task(each.post(f"/v1/support/rides/{rental_id}/price", body)) for each in (agent, colleague)
        ]
        await two_wait_for_locks(sessions)
    answers = sorted((await asyncio.gather(*asked)), key=lambda answer: answer.status_code)
    assert answers[0].json()["state"] == "done"
    assert refusal(answers[1]) == (409, "nothing_to_correct")
    await settle()
    assert await earned(sessions) == cents


async def two_wait_for_locks(sessions: Sessions) -> None:
    waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(60), sessions() as session:
        while await session.scalar(waiting) != 2:
            await session.rollback()


async def test_a_payment_that_is_being_asked_for_is_not_corrected(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, sessions: Sessions
) -> None:
    rental_id = await ride(phone, clock, public_ids, 10)
    async with transaction(sessions) as session:
        await payments.lease_due(session, clock, gateway="local", minimum_cents={})
    answer = await agent.post(f"/v1/support/rides/{rental_id}/price", {"cents": 100, "reason": WHY})
    assert refusal(answer) == (409, "payment_under_way")


async def test_a_ride_that_goes_on_has_no_price_to_correct(agent: Agent, phone: Phone, public_ids: PublicIds) -> None:
    rental_id = await begin(phone, public_ids)
    answer = await agent.post(f"/v1/support/rides/{rental_id}/price", {"cents": 100, "reason": WHY})
    assert refusal(answer) == (409, "rental_not_ended")


async def test_a_rider_is_told_of_money_that_could_not_be_sent_back(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle, sessions: Sessions
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    (paid,) = (await phone.get("/v1/payments")).json()["items"]
    assert paid["refund_refused"] is None
    body = {"cents": 150, "reason": WHY}
    assert (await agent.post(f"/v1/support/payments/{paid['id']}/refunds", body)).status_code == 201
    async with transaction(sessions) as session:
        refused = {"state": "refused", "refusal_code": "charge_disputed", "settled_at": clock.now()}
        await session.execute(update(Refund).values(refused))
    (paid,) = (await phone.get("/v1/payments")).json()["items"]
    assert paid["refund_refused"] == {"cents": 150, "currency": "NZD"}


async def grant(agent: Agent, phone: Phone, cents: int) -> Any:
    path = f"/v1/cities/lakeport/accounts/{phone.person.account_id}/credit"
    return await agent.post(path, {"cents": cents, "reason": WHY})


async def credit(sessions: Sessions, phone: Phone) -> int:
    async with sessions() as session:
        return (await payments.credit_of(session, phone.person.account_id, "NZD")).cents


async def test_above_the_limit_a_second_person_decides(
    agent: Agent,
    colleague: Agent,
    phone: Phone,
    clock: FixedClock,
    public_ids: PublicIds,
    sessions: Sessions,
    settle: Settle,
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    assert (await grant(agent, phone, 5_000)).json()["state"] == "done"
    waiting = (await grant(agent, phone, 5_001)).json()
    assert (waiting["state"], await credit(sessions, phone)) == ("waiting", 5_000)
    path = f"/v1/support-acts/{waiting['id']}"
    assert refusal(await agent.post(f"{path}/agree")) == (403, "second_person_must_differ")
    assert (await colleague.post(f"{path}/agree")).json()["state"] == "done"
    assert await credit(sessions, phone) == 10_001
    assert refusal(await colleague.post(f"{path}/refuse")) == (409, "support_act_decided")
    listed = (await agent.get("/v1/cities/lakeport/support-acts", state="done")).json()["items"]
    assert [act["cents"] for act in listed] == [5_001, 5_000]


async def test_what_one_person_gives_in_parts_within_a_day_counts_together(
    agent: Agent,
    colleague: Agent,
    phone: Phone,
    clock: FixedClock,
    public_ids: PublicIds,
    sessions: Sessions,
    settle: Settle,
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    (payment,) = (await phone.get("/v1/payments")).json()["items"]
    refund = f"/v1/support/payments/{payment['id']}/refunds"
    assert (await agent.post(refund, {"cents": 100, "reason": WHY})).json()["state"] == "done"
    at_once = await asyncio.gather(*(grant(agent, phone, 2_000) for _ in range(3)))
    assert sorted(answer.json()["state"] for answer in at_once) == ["done", "done", "waiting"]
    assert (await grant(colleague, phone, 5_000)).json()["state"] == "done"
    (waiting,) = [answer.json() for answer in at_once if answer.json()["state"] == "waiting"]
    assert (await colleague.post(f"/v1/support-acts/{waiting['id']}/agree")).json()["state"] == "done"
    assert await credit(sessions, phone) == 11_000
    # What two decided on is no longer one person's own.
    assert (await grant(agent, phone, 900)).json()["state"] == "done"
    assert (await grant(agent, phone, 1)).json()["state"] == "waiting"
    clock.advance(timedelta(days=1))
    assert (await grant(agent, phone, 5_000)).json()["state"] == "done"


async def test_what_a_second_person_refuses_is_not_done(
    agent: Agent,
    colleague: Agent,
    phone: Phone,
    clock: FixedClock,
    public_ids: PublicIds,
    sessions: Sessions,
    settle: Settle,
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    waiting = (await grant(agent, phone, 9_000)).json()
    assert (await colleague.post(f"/v1/support-acts/{waiting['id']}/refuse")).json()["state"] == "refused"
    assert await credit(sessions, phone) == 0


async def test_a_parent_at_the_desk_corrects_no_price_that_they_pay(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, sessions: Sessions, settle: Settle
) -> None:
    rental_id = await ride(phone, clock, public_ids, 10)
    await settle()
    price = f"/v1/support/rides/{rental_id}/price"
    assert (await agent.post(price, {"cents": 100, "reason": WHY})).json()["state"] == "done"
    async with transaction(sessions) as session:
        parent_id = await session.scalar(select(SupportAct.asked_by).where(SupportAct.kind == "price"))
        await session.execute(update(Payment).values(account_id=parent_id))
    assert refusal(await agent.post(price, {"cents": 50, "reason": WHY})) == (403, "own_account")


async def test_a_parent_at_the_desk_ends_no_ride_that_they_pay(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, sessions: Sessions, riders: Riders
) -> None:
    (parent,) = await riders(1)
    async with transaction(sessions) as session:
        await grant_role(session, clock, parent.account_id, "operator", "lakeport")
        await session.execute(
            update(Account).where(Account.id == phone.person.account_id).values(born_on=date(2009, 1, 1))
        )
        address = f"{phone.person.account_id}@example.org"
        asked = await guardianships.ask(session, clock, parent.account_id, Part.GUARDIAN, address)
        await guardianships.accept(session, clock, phone.person.account_id, asked.id)
    path = f"/v1/support/rides/{await begin(phone, public_ids)}/end"
    body = {"position": HERE, "reason": WHY}
    assert refusal(await Agent(phone.client, parent.headers).post(path, body)) == (403, "own_account")
    assert (await agent.post(path, body)).status_code == 201


async def test_a_large_refund_takes_the_way_of_two(
    agent: Agent, colleague: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle
) -> None:
    await ride(phone, clock, public_ids, 150)
    await settle()
    (payment,) = (await phone.get("/v1/payments")).json()["items"]
    body = {"cents": 6_000, "reason": WHY}
    asked = (await agent.post(f"/v1/support/payments/{payment['id']}/refunds", body)).json()
    assert asked["state"] == "waiting"
    assert (await colleague.post(f"/v1/support-acts/{asked['id']}/agree")).json()["state"] == "done"
    refunds = (await agent.get(f"/v1/payments/{payment['id']}/refunds")).json()["items"]
    assert [refund["cents"] for refund in refunds] == [6_000]
    assert refusal(await agent.post(f"/v1/support/payments/{payment['id']}/refunds", {"cents": 1, "reason": WHY})) == (
        422,
        "refund_too_high",
    )


async def test_nobody_helps_themselves(
    agent: Agent, phone: Phone, clock: FixedClock, public_ids: PublicIds, sessions: Sessions, settle: Settle
) -> None:
    await ride(phone, clock, public_ids, 10)
    await settle()
    async with transaction(sessions) as session:
        await grant_role(session, clock, phone.person.account_id, "operator", "lakeport")
    me = Agent(phone.client, phone.person.headers)
    assert refusal(await grant(me, phone, 100)) == (403, "own_account")
    waiting = (await grant(agent, phone, 9_000)).json()
    assert refusal(await me.post(f"/v1/support-acts/{waiting['id']}/agree")) == (403, "own_account")


async def test_a_request_that_does_not_exist_is_unknown(agent: Agent) -> None:
    path = "/v1/support-acts/01890a5d-ac96-774b-bcce-b302099a8057/agree"
    assert refusal(await agent.post(path)) == (404, "unknown_support_act")


@pytest.mark.parametrize(
    ("cents", "alone_cents", "two"),
    [
        (5_000, 0, False),
        (5_001, 0, True),
        (-5_000, 0, False),
        (-5_001, 0, True),
        (2_000, 3_000, False),
        (-2_001, 3_000, True),
    ],
)
def test_two_people_are_needed_above_the_limit_in_either_direction(cents: int, alone_cents: int, *, two: bool) -> None:
    assert takes_two(cents, alone_cents=alone_cents, limit_cents=5_000) is two
