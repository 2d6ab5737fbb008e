"""Which operation answers which method and path."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mobility.stripe_emulator.operations import (
    account_events,
    charges,
    customers,
    disputes,
    payment_intents,
    setup_intents,
)

Operation = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    operation: Operation

    def ids(self, method: str, path: str) -> dict[str, str] | None:
        """The path's ids by name, None when this is another route."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        found = re.fullmatch(pattern, path) if method == self.method else None
        return None if found is None else found.groupdict()


def routes_of(method: str, *pairs: tuple[str, Operation]) -> list[Route]:
    return [Route(method, f"/v1/{path}", operation) for path, operation in pairs]


ROUTES: Sequence[Route] = (
    *routes_of(
        "POST",
        ("customers", customers.create_customer),
        ("customers/{customer}", customers.update_customer),
        ("payment_methods", customers.create_payment_method),
        ("payment_methods/{payment_method}/attach", customers.attach_payment_method),
        ("payment_methods/{payment_method}/detach", customers.detach_payment_method),
        ("setup_intents", setup_intents.create_setup_intent),
        ("setup_intents/{intent}/confirm", setup_intents.confirm_setup_intent),
        ("setup_intents/{intent}/cancel", setup_intents.cancel_setup_intent),
        ("checkout/sessions", setup_intents.create_checkout_session),
        ("checkout/sessions/{session}/expire", setup_intents.expire_checkout_session),
        ("payment_intents", payment_intents.create_payment_intent),
        ("payment_intents/{intent}", payment_intents.update_payment_intent),
        ("payment_intents/{intent}/confirm", payment_intents.confirm_payment_intent),
        ("payment_intents/{intent}/capture", payment_intents.capture_payment_intent),
        ("payment_intents/{intent}/cancel", payment_intents.cancel_payment_intent),
        ("refunds", charges.create_refund),
        ("disputes/{dispute}", disputes.update_dispute),
        ("disputes/{dispute}/close", disputes.close_dispute),
        ("webhook_endpoints", account_events.create_webhook_endpoint),
        ("test_helpers/test_clocks", account_events.create_test_clock),
        ("test_helpers/test_clocks/{clock}/advance", account_events.advance_test_clock),
    ),
    *routes_of(
        "GET",
        ("balance", charges.get_balance),
        ("balance_transactions", charges.list_balance_transactions),
        ("balance_transactions/{line}", charges.get_balance_transaction),
        ("charges", charges.list_charges),
        ("charges/{charge}", charges.get_charge),
        ("checkout/sessions/{session}", setup_intents.get_checkout_session),
        ("customers/{customer}", customers.get_customer),
        ("customers/{customer}/payment_methods", customers.list_methods_of_customer),
        ("disputes", disputes.list_disputes),
        ("disputes/{dispute}", disputes.get_dispute),
        ("events", account_events.list_events),
        ("events/{event}", account_events.get_event),
        ("payment_intents", payment_intents.list_payment_intents),
        ("payment_intents/{intent}", payment_intents.get_payment_intent),
        ("payment_methods", customers.list_payment_methods),
        ("payment_methods/{payment_method}", customers.get_payment_method),
        ("refunds", charges.list_refunds),
        ("refunds/{refund}", charges.get_refund),
        ("setup_intents/{intent}", setup_intents.get_setup_intent),
        ("test_helpers/test_clocks/{clock}", account_events.get_test_clock),
        ("webhook_endpoints", account_events.list_webhook_endpoints),
        ("webhook_endpoints/{endpoint}", account_events.get_webhook_endpoint),
    ),
    *routes_of(
        "DELETE",
        ("customers/{customer}", customers.delete_customer),
        ("test_helpers/test_clocks/{clock}", account_events.delete_test_clock),
        ("webhook_endpoints/{endpoint}", account_events.delete_webhook_endpoint),
    ),
)


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    for route in ROUTES:
        ids = route.ids(method, path)
        if ids is not None:
            return route.operation, ids
    return None
