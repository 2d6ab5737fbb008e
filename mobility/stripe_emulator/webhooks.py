import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable

import httpx

from mobility.stripe_emulator.account import Account
from mobility.stripe_emulator.faults import Faults, WebhookFault
from mobility.stripe_emulator.store import Object, public

ANSWER_WITHIN_S = 10.0
LOOK_EVERY_S = 0.05
# Stripe repeats for three days; here the same doubling starts at a second.
RETRY_FIRST_S, ATTEMPTS_MAX = 1.0, 12


def signature(secret: str, payload: str, at: int) -> str:
    """The `Stripe-Signature` header: https://docs.stripe.com/webhooks#verify-manually."""
    digest = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def deliver_forever(account: Account, faults: Faults, http: httpx.AsyncClient, now: Callable[[], float]) -> None:
    """Deliver what is due until cancelled."""
    while True:
        if not await deliver_due(account, faults, http, now):
            await asyncio.sleep(LOOK_EVERY_S)


async def deliver_due(account: Account, faults: Faults, http: httpx.AsyncClient, now: Callable[[], float]) -> int:
    """Try every delivery that is due once; how many those were."""
    order = "DESC" if WebhookFault.BACKWARDS in faults.webhooks else "ASC"
    due = account.store.db.execute(
        f"SELECT seq, event, endpoint, attempts FROM delivery WHERE done = 0 AND due <= ? ORDER BY seq {order}",  # noqa: S608 two words of ours
        (now(),),
    ).fetchall()
    for seq, event_id, endpoint_id, attempts in due:
        arrived = await _deliver(account, faults, http, event_id, endpoint_id, int(now()), attempts)
        over = arrived or attempts + 1 >= ATTEMPTS_MAX
        account.store.db.execute(
            "UPDATE delivery SET attempts = attempts + 1, done = ?, due = ? WHERE seq = ?",
            (over, now() + RETRY_FIRST_S * 2**attempts, seq),
        )
        if arrived:
            event = account.store.get("event", event_id)
            account.store.save({**event, "pending_webhooks": event["pending_webhooks"] - 1})
    return len(due)


async def _deliver(
    account: Account, faults: Faults, http: httpx.AsyncClient, event_id: str, endpoint_id: str, at: int, attempts: int
) -> bool:
    endpoint = account.store.find(endpoint_id)
    if endpoint is None or endpoint.get("deleted"):
        return True
    if WebhookFault.LATE in faults.webhooks and attempts == 0:
        return False
    times = 2 if WebhookFault.TWICE in faults.webhooks else 1
    event = account.store.get("event", event_id)
    return all([await _post(http, endpoint, event, at) for _ in range(times)])


async def _post(http: httpx.AsyncClient, endpoint: Object, event: Object, at: int) -> bool:
    payload = json.dumps(public(event))
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature(endpoint["_secret"], payload, at)}
    try:
        response = await http.post(endpoint["url"], content=payload, headers=headers, timeout=ANSWER_WITHIN_S)
    except httpx.HTTPError:
        return False
    return response.is_success
