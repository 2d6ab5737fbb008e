"""What the worker does for money. Dying at any point loses nothing and moves nothing twice: leases run out, and the
gateway is asked again with the same key."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import Sessions, transaction
from mobility.payments import queries, service
from mobility.payments.ports import Captured, Declined, Held, HolderAsked, PaymentGateway, Told
from mobility.payments.service.collecting import Answer

GATEWAY_WAIT_S = 20.0
# One run leaves room for the worker's other jobs; the next one comes seconds later.
TURN_MAX = 100

log = structlog.get_logger()
Leased = TypeVar("Leased")


async def collect_due(sessions: Sessions, clock: Clock, gateway: PaymentGateway) -> int:
    """Collect the payments that are due; the number of those answered."""

    async def ask(due: service.Due) -> bool:
        answer = await _collect(gateway, due)
        async with transaction(sessions) as session:
            return await service.record_answer(session, clock, due, answer, gateway=gateway.name)

    def lease(session: AsyncSession) -> Awaitable[service.Due | None]:
        return service.lease_due(session, clock, gateway=gateway.name, minimum_cents=gateway.minimum_cents)

    return await _each(sessions, lease, ask)


async def place_holds(sessions: Sessions, clock: Clock, gateway: PaymentGateway) -> int:
    """Place and release the holds that are due; the number of those answered."""

    async def ask(due: service.HoldDue) -> bool:
        answer = await _hold(gateway, due)
        async with transaction(sessions) as session:
            return await service.record_hold(session, clock, due, answer)

    return await _each(sessions, lambda session: service.lease_hold(session, clock, gateway=gateway.name), ask)


async def keep_authorisations(session: AsyncSession, clock: Clock) -> int:
    """Renew holds that end too early, let go of those that nobody needs."""
    return await service.keep_authorisations(session, clock)


async def send_refunds(sessions: Sessions, clock: Clock, gateway: PaymentGateway) -> int:
    """Send back what is owed to riders; the number of refunds answered."""

    async def ask(due: service.RefundDue) -> bool:
        async with asyncio.timeout(GATEWAY_WAIT_S):
            answer = await gateway.refund(key=due.key, reference=due.movement, amount=due.amount, again=due.again)
        async with transaction(sessions) as session:
            return await service.record_refund(session, clock, due, answer, gateway=gateway.name)

    return await _each(sessions, lambda session: service.lease_refund(session, clock), ask)


async def read_inbox(sessions: Sessions, clock: Clock, gateway: PaymentGateway) -> int:
    """Look into what the gateway told; the number of events settled."""

    async def ask(told: Told) -> bool:
        async with asyncio.timeout(GATEWAY_WAIT_S):
            seen = await gateway.look_up(told)
        async with transaction(sessions) as session:
            return await service.record_seen(session, clock, told, seen, gateway=gateway.name)

    return await _each(sessions, lambda session: service.lease_event(session, clock), ask)


async def retry_declined(session: AsyncSession, clock: Clock) -> int:
    """Make due again the payments that are tried again by themselves."""
    return await service.retry_declined(session, clock)


async def reconcile(sessions: Sessions, clock: Clock, gateway: PaymentGateway, *, at_once: bool = False) -> int:
    """Compare our books with the gateway's own, once a day or `at_once`; the number of its lines."""
    async with transaction(sessions) as session:
        span = await service.span_due(session, clock, gateway=gateway.name, at_once=at_once)
    lines = await gateway.list_lines(since=span.since, until=span.until) if span else None
    if span is None or lines is None:
        return 0
    async with transaction(sessions) as session:
        expected = await queries.list_expected(session, gateway.name, since=span.since, until=span.until)
    known = {(line.matter, line.about) for line in lines}
    # Written down here on another day than there, or different when last looked at: asked for by name.
    looked_up = [await gateway.find_line(*name) for name in sorted(set(expected) - known)]
    lines += [line for line in looked_up if line is not None]
    async with transaction(sessions) as session:
        done = await service.record_reconciliation(session, clock, span, lines, expected, gateway=gateway.name)
    return done.lines if done else 0


async def _hold(gateway: PaymentGateway, due: service.HoldDue) -> Held | Declined | HolderAsked | Captured | None:
    async with asyncio.timeout(GATEWAY_WAIT_S):
        captured = await gateway.abandon(due.given_up) if due.given_up else None
        if captured is not None or due.over:
            return captured
        return await gateway.authorise(
            key=due.key,
            amount=due.amount,
            account_id=due.account_id,
            means=due.means,
            present_at=due.present_at,
            again=due.again,
        )


async def _collect(gateway: PaymentGateway, due: service.Due) -> Answer:
    async with asyncio.timeout(GATEWAY_WAIT_S):
        if due.hold:
            return await gateway.capture_hold(key=due.key, reference=due.hold, amount=due.amount)
        if due.open_reference:
            # Before another try: the rider may have answered their bank after all.
            captured = await gateway.abandon(due.open_reference)
            if captured is not None:
                return captured
        return await gateway.capture(
            key=due.key,
            amount=due.amount,
            account_id=due.account_id,
            means=due.means,
            present_at=due.present_at,
            again=due.again,
        )


async def _each(
    sessions: Sessions,
    lease: Callable[[AsyncSession], Awaitable[Leased | None]],
    ask: Callable[[Leased], Awaitable[bool]],
) -> int:
    """Lease one thing after the other and ask about it outside of any transaction; how many were answered."""
    answered = 0
    for _ in range(TURN_MAX):
        async with transaction(sessions) as session:
            leased = await lease(session)
        if leased is None:
            break
        try:
            answered += await ask(leased)
        except Exception as error:
            # Whatever went wrong, the money may have moved: only the gateway, asked again, can tell.
            log.warning("gateway_unanswered", what=type(leased).__name__, error=type(error).__name__)
    return answered
