from collections.abc import Sequence
from dataclasses import dataclass

from mobility.stripe_emulator.account import Account, metadata, required, text, whole
from mobility.stripe_emulator.errors import invalid, missing
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.operations.payment_intents import cancel
from mobility.stripe_emulator.store import Object


def get_event(account: Account, params: Params, event: str) -> Object:
    return account.store.get("event", event)


def list_events(account: Account, params: Params) -> list[Object]:
    kinds = params.get("types") or [text(params, "type")]
    return [each for each in account.store.all("event") if kinds == [None] or each["type"] in kinds]


def create_webhook_endpoint(account: Account, params: Params) -> Object:
    if not params.get("enabled_events"):
        raise missing("enabled_events")
    endpoint = account.create(
        "webhook_endpoint",
        "we",
        api_version=text(params, "api_version"),
        application=None,
        description=text(params, "description"),
        enabled_events=params["enabled_events"],
        metadata=metadata(params),
        status="enabled",
        url=required(params, "url"),
        _secret=account.store.new_id("whsec", 32),
    )
    # Told once, as at Stripe.
    return {**endpoint, "secret": endpoint["_secret"]}


@dataclass(frozen=True, slots=True)
class Listener:
    """A webhook endpoint whose secret is chosen before."""

    url: str
    secret: str
    events: Sequence[str]


def tell_only(account: Account, listener: Listener) -> None:
    """Let one endpoint hear of events, and no other that an earlier run may have left."""
    for left in account.store.all("webhook_endpoint"):
        delete_webhook_endpoint(account, {}, left["id"])
    made = create_webhook_endpoint(account, {"url": listener.url, "enabled_events": list(listener.events)})
    account.store.save({**account.store.get("webhook_endpoint", made["id"]), "_secret": listener.secret})


def get_webhook_endpoint(account: Account, params: Params, endpoint: str) -> Object:
    return account.store.get("webhook_endpoint", endpoint)


def list_webhook_endpoints(account: Account, params: Params) -> list[Object]:
    return account.store.all("webhook_endpoint")


def delete_webhook_endpoint(account: Account, params: Params, endpoint: str) -> Object:
    account.store.get("webhook_endpoint", endpoint)
    return account.store.save({"id": endpoint, "object": "webhook_endpoint", "deleted": True})


def create_test_clock(account: Account, params: Params) -> Object:
    frozen = whole(params, "frozen_time")
    if frozen is None:
        raise missing("frozen_time")
    return account.create(
        "test_helpers.test_clock",
        "clock",
        deletes_after=frozen + 30 * 86_400,
        frozen_time=frozen,
        name=text(params, "name"),
        status="ready",
        status_details={},
    )


def get_test_clock(account: Account, params: Params, clock: str) -> Object:
    return account.store.get("test_helpers.test_clock", clock)


def advance_test_clock(account: Account, params: Params, clock: str) -> Object:
    found, to = account.store.get("test_helpers.test_clock", clock), whole(params, "frozen_time")
    if to is None or to <= found["frozen_time"]:
        raise invalid("frozen_time", "A test clock only moves forwards.", code="test_clock_advance_invalid")
    advanced = account.store.save({**found, "frozen_time": to})
    expire_holds(account)
    account.tell("test_helpers.test_clock.ready", advanced)
    return advanced


def delete_test_clock(account: Account, params: Params, clock: str) -> Object:
    account.store.get("test_helpers.test_clock", clock)
    return account.store.save({"id": clock, "object": "test_helpers.test_clock", "deleted": True})


def expire_holds(account: Account) -> None:
    """Release every hold whose time is over."""
    for intent in account.store.all("payment_intent", status="requires_capture"):
        charge = account.store.get("charge", intent["latest_charge"])
        before = charge["payment_method_details"]["card"]["capture_before"]
        if account.now(intent["customer"]) >= before:
            cancel(account, intent, "automatic")
