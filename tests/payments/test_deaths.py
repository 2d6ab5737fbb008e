"""A worker dies between any two writes around Stripe's calls: no charge is lost, and none is made twice.

Every call to Stripe and every commit is a point to die before and after. Each story is told once to count its points,
then once for each of them: whoever dies there leaves what was committed and what Stripe has done, and nothing else. A
fresh worker comes a minute or two days later, when Stripe has forgotten its keys, and finishes.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from mobility.base.ids import new_id
from mobility.db.session import transaction
from mobility.payments import service, tasks
from mobility.payments.ports import SavedCard
from mobility.payments.queries import ledger_imbalances
from mobility.payments.routes.cards import open_card_page
from mobility.payments.routes.webhooks import receive_payment_webhook
from mobility.payments.rules.ledger import AccountKind
from mobility.payments.schemas.payments import CardPageRequest
from mobility.payments.stripe import gateway as gateway_module
from mobility.payments.tables import Movement, Payment
from mobility.riders.tables import Account
from mobility.stripe_emulator.webhooks import signature
from tests.support.bank import Bank
from tests.support.paying import NEEDS_HOLDER, SECRET, VISA, customer_of, hold_of, movements

HOLD = 10_000


class Killed(BaseException):
    """kill -9: nothing that is written to catch errors catches it."""


class Fate:
    """Counts the points where a process can die, and lets it die at one of them."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.dies_at, self.points = dies_at, 0

    def point(self) -> None:
        self.points += 1
        if self.points == self.dies_at:
            raise Killed


def mortal(books, fate):
    """The same database, by sessions that may die at each commit."""

    class MortalSession(AsyncSession):
        async def commit(self) -> None:
            fate.point()
            await super().commit()
            fate.point()

    bind = books.sessions.kw["bind"]
    return replace(books, sessions=async_sessionmaker(bind, class_=MortalSession, expire_on_commit=False))


@dataclass(frozen=True)
class Told:
    """Where a story is told."""

    books: Any
    bank: Any
    jobs: tuple[Any, ...]

    @property
    def gateway(self):
        return self.bank.gateway


async def with_card(told, card="pm_card_visa"):
    """As if saved on the page, by fewer calls."""
    customer, method = told.bank.customer_with(card)
    saved = SavedCard(customer, method, "visa", "4242", 12, 2034)
    async with transaction(told.books.sessions) as session:
        await service.remember_customer(session, told.books.rider, gateway="stripe", reference=customer)
        await service.save_card(session, told.books.clock, saved, gateway="stripe")
    return new_id()


async def with_credit_and_a_small_debt(told):
    await told.books.charge(30)
    await told.books.grant(500, key=str(told.books.rider))
    return await with_card(told)


async def with_plan(told):
    await with_card(told)
    return await told.books.authorise(HOLD, lasting=timedelta(days=5))


async def with_hold(told):
    booking = await with_plan(told)
    await run(told, tasks.place_holds)
    return booking


async def with_question(told):
    """A hold that waits for its holder, and a new card."""
    books = told.books
    await save_on_page(told, NEEDS_HOLDER)
    booking = await books.authorise(HOLD, lasting=timedelta(days=5))
    await run(told, tasks.place_holds)
    held = await hold_of(books, booking)
    again = {"account_id": books.rider, "authorisation_id": held.id, "present_at": "http://app.test/"}
    await books.act(service.place_again, **again)
    await run(told, tasks.place_holds)
    await save_on_page(told, VISA)


async def with_refund(told):
    books = told.books
    await books.grant(500, key=str(books.rider))
    payment = await books.charge(HOLD + 2500, authorised_by=await with_hold(told))
    await run(told, tasks.collect_due)
    await books.act(service.refund, payment_id=payment.id, cents=HOLD + 2500, reason="rain", operator_id=None)


async def with_deaf_worker(told):
    """Money came and nobody heard the answer; the movement's name."""
    await with_card(told)
    await told.books.charge(1990)
    due = await told.books.act(service.lease_due, gateway="stripe", minimum_cents={})
    asked = {"key": due.key, "amount": due.amount, "account_id": due.account_id, "means": due.means}
    return (await told.gateway.capture(**asked)).reference


async def nothing(told):
    return new_id()


async def run(told, *jobs):
    for job in jobs:
        await job(told.books.sessions, told.books.clock, told.gateway)


async def work(told, _=None):
    """One turn of the worker's jobs that the story needs."""
    await run(told, *told.jobs)


async def charge(told, reference):
    await told.books.charge(1990, reference_id=reference)
    await work(told)


async def capture_more(told, booking):
    await told.books.charge(HOLD + 2000, reference_id=booking, authorised_by=booking)
    await work(told)


async def release(told, booking):
    await told.books.act(service.release_authorisation, booking)
    await work(told)


async def hear_of_money(told, movement):
    await hear(told, "payment_intent.succeeded", movement)
    await work(told)


async def save_a_card_and_ride(told, reference):
    await save_on_page(told, VISA)
    await work(told)
    await charge(told, reference)


async def save_on_page(told, number):
    """By the routes, as a phone does it; the page is the payment service's own."""
    async with transaction(told.books.sessions) as session:
        page = await open_card_page.fn(
            data=CardPageRequest(),
            session=session,
            caller=SimpleNamespace(account_id=told.books.rider),
            gateway=told.gateway,
            public_url="http://app.test",
            language="fr",
        )
    told.bank.save_card(page.url, number)
    await hear(told, "checkout.session.completed", page.url.rpartition("/")[2])
    await tasks.read_inbox(told.books.sessions, told.books.clock, told.gateway)


TAKEN, KEPT, GIVEN_UP = ("succeeded", 1990, 0), ("requires_capture", 0, 0), ("canceled", 0, 0)
DECLINED = ("requires_payment_method", 0, 0)
COLLECT, PLACE, REFUND, READ = tasks.collect_due, tasks.place_holds, tasks.send_refunds, tasks.read_inbox
STORIES = {
    "a charge beside credit and a small one": (
        with_credit_and_a_small_debt,
        charge,
        [COLLECT],
        [("succeeded", 1520, 0)],
    ),
    "a hold": (with_plan, work, [PLACE], [KEPT]),
    "a capture and the rest": (with_hold, capture_more, [COLLECT], [("succeeded", HOLD, 0), ("succeeded", 2000, 0)]),
    "a release": (with_hold, release, [PLACE], [GIVEN_UP]),
    "a hold placed anew": (with_question, work, [PLACE], [DECLINED, GIVEN_UP, KEPT]),
    "a refund by three ways": (with_refund, work, [REFUND], [("succeeded", HOLD, HOLD), ("succeeded", 2000, 2000)]),
    "a webhook": (with_deaf_worker, hear_of_money, [READ, COLLECT], [TAKEN]),
    "a card and its first ride": (nothing, save_a_card_and_ride, [READ, COLLECT], [TAKEN]),
}
"""What is there before, what a mortal process does (and others again after its death), the worker's jobs, and each
movement at Stripe that must come of it: its status, what was received and what was given back."""


async def hear(told, type_, object_id):
    """As the route hears it; the gateway repeats it until it is answered."""
    event = {"id": f"evt_{object_id}", "object": "event", "type": type_, "data": {"object": {"id": object_id}}}
    body = json.dumps(event)
    signed = signature(SECRET, body, int(time.time()))
    async with transaction(told.books.sessions) as session:
        await receive_payment_webhook.fn(
            body=body.encode(), session=session, clock=told.books.clock, gateway=told.gateway, signature=signed
        )


def mortal_call(fate):
    call = gateway_module._call

    async def asked(*arguments):
        fate.point()
        answer = await call(*arguments)
        fate.point()
        return answer

    return asked


async def tell(told, name, monkeypatch, *, dies_at=None, away=timedelta(minutes=2)):
    """Tell a story to a rider of its own; the number of points it has."""
    prepare, act, _, moved = STORIES[name]
    rider, fate = Account(email=f"{new_id()}@example.org", created_at=told.books.clock.now()), Fate(dies_at)
    async with transaction(told.books.sessions) as session:
        session.add(rider)
    told = replace(told, books=replace(told.books, rider=rider.id))
    thing = await prepare(told)
    with monkeypatch.context() as patch:
        patch.setattr(gateway_module, "_call", mortal_call(fate))
        with suppress(Killed):
            await act(replace(told, books=mortal(told.books, fate)), thing)
    told.books.clock.advance(away)
    if away >= timedelta(days=1):
        told.bank.forget_keys()
    await act(told, thing)
    told.books.clock.advance(timedelta(minutes=2))
    await work(told)
    await check(told, moved)
    return fate.points


async def check(told, moved):
    """Money moved is money owed, once, at Stripe as in the books."""
    found, books = movements(told.bank, await customer_of(told.books)), told.books
    back = {each.id: sum(refund.amount for refund in refunds(told, each)) for each in found}
    assert sorted((each.status, each.amount_received, back[each.id]) for each in found) == sorted(moved)
    async with books.sessions() as session:
        ours = select(Movement.reference, Movement.amount_cents).join(Payment).where(Payment.account_id == books.rider)
        booked = {row.reference: row.amount_cents for row in await session.execute(ours)}
    assert booked == {each.id: each.amount_received for each in found if each.amount_received}
    assert await books.balance(AccountKind.RIDER, books.rider) == 0
    assert await books.ask(ledger_imbalances) == []


def refunds(told, movement):
    return told.bank.stripe.v1.refunds.list({"payment_intent": movement.id}).data


@pytest.mark.parametrize("name", STORIES)
async def test_no_death_loses_money_or_moves_it_twice(books, monkeypatch, name):
    told = Told(books, Bank(secret=SECRET), tuple(STORIES[name][2]))
    points = await tell(told, name, monkeypatch)
    assert points >= 6
    for dies_at in range(1, points + 1):
        # A worker that starts again at once, and one that nobody started again for two days.
        away = timedelta(minutes=2) if dies_at % 2 else timedelta(days=2)
        await tell(told, name, monkeypatch, dies_at=dies_at, away=away)
