import asyncio

import structlog

from mobility.base.clock import Clock
from mobility.db.session import Sessions, transaction
from mobility.payments import service
from mobility.payments.ports import PaymentGateway

GATEWAY_WAIT_S = 20.0
# One run leaves room for the worker's other jobs; the next one comes seconds later.
COLLECT_MAX = 100

log = structlog.get_logger()


async def collect_due(sessions: Sessions, clock: Clock, gateway: PaymentGateway) -> int:
    """Collect the payments that are due; the number of those answered.

    Dying at any point loses nothing and collects nothing twice: the lease runs out, and the gateway is asked again
    with the same key.
    """
    answered = 0
    for _ in range(COLLECT_MAX):
        async with transaction(sessions) as session:
            due = await service.lease_due(session, clock)
        if due is None:
            break
        answered += await _collect(sessions, clock, gateway, due)
    return answered


async def _collect(sessions: Sessions, clock: Clock, gateway: PaymentGateway, due: service.Due) -> bool:
    try:
        async with asyncio.timeout(GATEWAY_WAIT_S):
            answer = await gateway.capture(key=due.key, amount=due.amount, account_id=due.account_id)
    except Exception as error:
        # Whatever went wrong, the money may have moved: only the gateway, asked again, can tell.
        log.warning("payment_unanswered", payment_id=str(due.payment_id), error=type(error).__name__)
        return False
    async with transaction(sessions) as session:
        return await service.record_answer(session, clock, due.payment_id, answer, gateway=gateway.name)
