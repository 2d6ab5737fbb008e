"""The one Stripe account that the emulator is: its time, its objects, and the events that tell of them."""

from collections.abc import Callable
from typing import Any

from mobility.stripe_emulator.errors import invalid, missing
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.store import Object, Store, public

API_VERSION = "2026-10-28.emulated"
# EU cards at Stripe's standard price in France: 1.5 % + 0.25 EUR.
FEE_SHARE_PER_MILLE, FEE_FIXED = 15, 25
DISPUTE_FEE = 2_000
# Objects that do not say whether their money is real.
WITHOUT_MODE = frozenset({"balance_transaction", "refund"})
AMOUNT_MIN, AMOUNT_MAX = 50, 99_999_999


class Account:
    """What operations work with; `request` is the id and idempotency key that its events name."""

    def __init__(self, store: Store, *, now: Callable[[], float], url: str) -> None:
        self.store, self._now, self.url = store, now, url
        self.request: Object = {"id": None, "idempotency_key": None}

    def now(self, customer_id: str | None = None) -> int:
        """Seconds since 1970, by the customer's test clock if it has one."""
        customer = self.store.find(customer_id) if customer_id else None
        clock = self.store.find(customer["test_clock"]) if customer and customer.get("test_clock") else None
        return int(clock["frozen_time"] if clock else self._now())

    def create(self, kind: str, prefix: str, *, created: int | None = None, **members: Any) -> Object:
        at = self.now() if created is None else created
        base: Object = {"id": self.store.new_id(prefix), "object": kind, "created": at}
        if kind not in WITHOUT_MODE:
            base["livemode"] = False
        return self.store.add({**base, **members})

    def tell(self, type_: str, about: Object) -> None:
        """Record an event and put it in the way of every endpoint that listens for it."""
        event = self.create(
            "event",
            "evt",
            created=self.now(about.get("customer")),
            api_version=API_VERSION,
            data={"object": public(about)},
            pending_webhooks=0,
            request=self.request,
            type=type_,
        )
        listening = [each for each in self.store.all("webhook_endpoint", status="enabled") if _hears(each, type_)]
        for endpoint in listening:
            self.store.db.execute(
                "INSERT INTO delivery (event, endpoint, due) VALUES (?, ?, ?)",
                (event["id"], endpoint["id"], self._now()),
            )
        self.store.save({**event, "pending_webhooks": len(listening)})

    def book(self, type_: str, amount: int, source: Object, *, fee: int = 0) -> Object:
        """A line of the account's balance; cents, negative when money leaves."""
        at = self.now(source.get("customer"))
        return self.create(
            "balance_transaction",
            "txn",
            created=at,
            amount=amount,
            available_on=at,
            balance_type="payments",
            currency=source["currency"],
            description=source.get("description"),
            exchange_rate=None,
            fee=fee,
            fee_details=[{"amount": fee, "currency": source["currency"], "type": "stripe_fee"}] if fee else [],
            net=amount - fee,
            reporting_category="dispute" if type_ == "adjustment" else type_,
            source=source["id"],
            status="available",
            type=type_,
        )


def fee_of(amount: int) -> int:
    return (amount * FEE_SHARE_PER_MILLE + 500) // 1000 + FEE_FIXED


def _hears(endpoint: Object, type_: str) -> bool:
    return "*" in endpoint["enabled_events"] or type_ in endpoint["enabled_events"]


# --- Parameters as Stripe checks them ---


def text(params: Params, name: str) -> str | None:
    """The word sent, or None; an empty word unsets, as at Stripe."""
    value = params.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(name, f"Invalid string: {value}", code="parameter_invalid_string")
    return value or None


def required(params: Params, name: str) -> str:
    value = text(params, name)
    if value is None:
        raise missing(name)
    return value


def flag(params: Params, name: str) -> bool:
    value = text(params, name)
    if value not in (None, "true", "false", "one_off", "recurring"):
        raise invalid(name, f"Invalid boolean: {value}", code="parameter_invalid_boolean")
    return value not in (None, "false")


def whole(params: Params, name: str) -> int | None:
    value = text(params, name)
    if value is None:
        return None
    if not value.removeprefix("-").isdecimal():
        raise invalid(name, f"Invalid integer: {value}")
    return int(value)


def metadata(params: Params, before: Object | None = None) -> Object:
    sent = params.get("metadata")
    if sent == "":
        return {}
    merged = {**(before or {}), **(sent if isinstance(sent, dict) else {})}
    return {name: value for name, value in merged.items() if value != ""}


def amount_of(params: Params) -> tuple[int, str]:
    """Amount in cents and currency of a payment."""
    amount, currency = whole(params, "amount"), required(params, "currency").lower()
    if amount is None:
        raise missing("amount")
    if amount < AMOUNT_MIN:
        raise invalid("amount", f"Amount must be at least €0.{AMOUNT_MIN} eur", code="amount_too_small")
    if amount > AMOUNT_MAX:
        raise invalid("amount", "Amount must be no more than €999,999.99", code="amount_too_large")
    return amount, currency
