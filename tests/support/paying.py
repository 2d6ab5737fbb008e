"""What riders do at Stripe's emulator, and what its webhooks bring."""

import asyncio

from mobility.base.ids import new_id
from mobility.db.session import transaction
from mobility.payments import service
from mobility.payments.ports import Told
from mobility.payments.queries import find_authorisation, find_customer, find_payment, list_movements
from mobility.payments.tasks import collect_due, place_holds, read_inbox

SECRET = "whsec_test"
VISA, NEEDS_HOLDER = "4242424242424242", "4000002760003184"
FAILS_LATER, DISPUTED = "4000000000000341", "4000000000000259"


async def save(books, emulator, gateway, number=VISA, *, customer=None):
    """What a rider does on the hosted page, and what its webhook brings."""
    customer = customer or await gateway.open_customer(key=f"customer:{books.rider}", account_id=books.rider)
    async with transaction(books.sessions) as session:
        await service.remember_customer(session, books.rider, gateway="stripe", reference=customer)
    page = await gateway.open_card_page(customer=customer, return_url="http://app.test/", locale="fr")
    form = {"number": number, "expiry": "12/34", "cvc": "123"}
    sent = await asyncio.to_thread(emulator.http.post, page.url, data=form)
    if "authenticate" in sent.headers["location"]:
        await asyncio.to_thread(emulator.http.post, sent.headers["location"], data={"answer": "yes"})
    await tell(books, gateway, "checkout.session.completed", page.reference)


async def tell(books, gateway, type_, object_id):
    """An event of the gateway, received and looked into."""
    told = Told(f"evt_{new_id()}", type_, object_id)
    async with transaction(books.sessions) as session:
        assert await service.receive(session, books.clock, told)
    assert await read_inbox(books.sessions, books.clock, gateway) == 1


async def movement_of(books, payment):
    (movement,) = await books.ask(list_movements, payment)
    return movement.reference


async def payment_of(books, due):
    return await books.ask(find_payment, due.reference_id)


def movements(emulator, customer):
    return list(emulator.stripe.v1.payment_intents.list({"limit": 100, "customer": customer}).auto_paging_iter())


async def customer_of(books):
    async with books.sessions() as session:
        return await find_customer(session, books.rider, gateway="stripe")


async def hold_of(books, reference_id):
    return await books.ask(find_authorisation, reference_id)


async def place(books, gateway):
    return await place_holds(books.sessions, books.clock, gateway)


async def collect(books, gateway):
    return await collect_due(books.sessions, books.clock, gateway)


async def intents(books, emulator):
    """What became of everything that was asked of the rider's card."""
    return [(each.status, each.amount_received) for each in movements(emulator, await customer_of(books))]
