"""Keys, faults, webhooks and pages of the emulator."""

import threading
import time

import httpx
import pytest
import stripe

from mobility.stripe_emulator.account import Account
from mobility.stripe_emulator.forms import read_form
from mobility.stripe_emulator.operations.account_events import Listener, tell_only
from mobility.stripe_emulator.store import Store
from tests.support.stripe import Emulated, Inbox

CREATE = "POST /v1/payment_intents"


def count(emulator: Emulated, description: str) -> int:
    found = emulator.stripe.v1.payment_intents.list({"limit": 100}).data
    return sum(intent.description == description for intent in found)


def test_a_repeated_key_is_answered_as_the_first_time_and_does_nothing_again(emulator: Emulated) -> None:
    asked = {"amount": 700, "currency": "eur", "description": "once"}
    made = [emulator.stripe.v1.payment_intents.create(asked, {"idempotency_key": "k1"}) for _ in range(3)]
    assert len({intent.id for intent in made}) == 1
    assert made[-1].last_response.headers["Idempotent-Replayed"] == "true"
    assert count(emulator, "once") == 1


def test_a_key_with_other_parameters_is_refused(emulator: Emulated) -> None:
    emulator.stripe.v1.payment_intents.create({"amount": 700, "currency": "eur"}, {"idempotency_key": "k2"})
    with pytest.raises(stripe.IdempotencyError):
        emulator.stripe.v1.payment_intents.create({"amount": 701, "currency": "eur"}, {"idempotency_key": "k2"})


def test_a_decline_is_kept_under_its_key_and_a_malformed_request_is_not(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_chargeCustomerFail")
    asked = {"amount": 700, "currency": "eur", "customer": customer, "payment_method": method, "confirm": True}
    ids = set()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            emulator.stripe.v1.payment_intents.create(asked, {"idempotency_key": "k3"})  # type: ignore[arg-type]
        ids.add(refused.value.error.payment_intent.id)  # type: ignore[union-attr]
    assert len(ids) == 1
    with pytest.raises(stripe.InvalidRequestError):
        emulator.stripe.v1.payment_intents.create({"amount": 1, "currency": "eur"}, {"idempotency_key": "k4"})
    emulator.stripe.v1.payment_intents.create({"amount": 100, "currency": "eur"}, {"idempotency_key": "k4"})


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        ("refused", stripe.APIError, 0),
        ("broken", stripe.APIError, 1),
        ("limited", stripe.RateLimitError, 0),
        ("in_flight", stripe.StripeError, 0),
        ("unanswered", stripe.APIConnectionError, 1),
        ("lost", stripe.APIConnectionError, 0),
    ],
)
def test_after_a_fault_the_same_key_does_it_exactly_once(
    emulator: Emulated, fault: str, error: type[Exception], done: int
) -> None:
    impatient = stripe.StripeClient(
        "sk_test_any",
        base_addresses={"api": emulator.url},
        http_client=stripe.RequestsClient(timeout=1),
        max_network_retries=0,
    )
    asked = {"amount": 900, "currency": "eur", "description": fault}
    emulator.plan(CREATE, fault)
    with pytest.raises(error):
        impatient.v1.payment_intents.create(asked, {"idempotency_key": fault})
    assert count(emulator, fault) == done
    emulator.stripe.v1.payment_intents.create(asked, {"idempotency_key": fault})
    assert count(emulator, fault) == 1


def test_one_key_used_at_once_creates_one_payment(emulator: Emulated) -> None:
    asked = {"amount": 900, "currency": "eur", "description": "at once"}
    threads = [
        threading.Thread(
            target=lambda: emulator.stripe.v1.payment_intents.create(asked, {"idempotency_key": "at once"})
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(emulator, "at once") == 1


def test_a_request_without_a_secret_key_or_to_no_address_is_refused(emulator: Emulated) -> None:
    assert emulator.http.get("/v1/balance").status_code == 401
    assert emulator.http.get("/v1/balance", headers={"Authorization": "Bearer pk_test_x"}).status_code == 401
    assert emulator.http.get("/v1/unicorns", auth=("sk_test_x", "")).status_code == 404


def test_events_arrive_signed_so_that_the_sdk_believes_them(emulator: Emulated, inbox: Inbox) -> None:
    endpoint = emulator.stripe.v1.webhook_endpoints.create({"url": inbox.url, "enabled_events": ["customer.created"]})
    customer = emulator.stripe.v1.customers.create({"name": "Nour"})
    inbox.wait_for(1)
    body, signature = inbox.received[0]
    event = stripe.Webhook.construct_event(body, signature, str(endpoint.secret))  # type: ignore[no-untyped-call]
    assert (event.type, event.data.object.id) == ("customer.created", customer.id)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, str(endpoint.secret))  # type: ignore[no-untyped-call]
    emulator.stripe.v1.webhook_endpoints.delete(endpoint.id)


def test_an_endpoint_that_fails_is_tried_again(emulator: Emulated, inbox: Inbox) -> None:
    inbox.refuse = 1
    endpoint = emulator.stripe.v1.webhook_endpoints.create({"url": inbox.url, "enabled_events": ["customer.created"]})
    emulator.stripe.v1.customers.create({"name": "again"})
    assert [event["data"]["object"]["name"] for event in inbox.wait_for(1)] == ["again"]
    emulator.stripe.v1.webhook_endpoints.delete(endpoint.id)


def test_events_come_twice_when_asked_for(emulator: Emulated, inbox: Inbox) -> None:
    endpoint = emulator.stripe.v1.webhook_endpoints.create({"url": inbox.url, "enabled_events": ["*"]})
    emulator.http.post("/emulator/faults", data={"webhooks[]": ["twice"]}).raise_for_status()
    emulator.stripe.v1.customers.create({"name": "twice"})
    first, second = inbox.wait_for(2)[:2]
    assert first["id"] == second["id"]
    emulator.http.delete("/emulator/faults").raise_for_status()
    emulator.stripe.v1.webhook_endpoints.delete(endpoint.id)


def test_a_rider_saves_a_card_on_the_hosted_page(emulator: Emulated) -> None:
    customer = emulator.stripe.v1.customers.create({"name": "Camille"})
    session = emulator.stripe.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "customer": customer.id,
            "currency": "eur",
            "success_url": "http://app.test/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://app.test/back",
        }
    )
    page = str(session.url)
    assert "Numéro de carte" in emulator.http.get(page).text
    card = {"number": "4000 0000 0000 0069", "expiry": "12/34", "cvc": "123"}
    assert "expired" in emulator.http.post(page, data=card).text
    assert "incorrect" in emulator.http.post(page, data={**card, "number": "4242 4242 4242 4241"}).text
    assert "invalid" in emulator.http.post(page, data={**card, "expiry": "12/20"}).text
    asked = emulator.http.post(page, data={**card, "number": "4000 0025 0000 3155"})
    saved = emulator.http.post(asked.headers["location"], data={"answer": "yes"})
    assert saved.headers["location"] == f"http://app.test/done?session={session.id}"
    done = emulator.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.setup_intent.status) == ("complete", "succeeded")  # type: ignore[union-attr]
    (method,) = emulator.stripe.v1.customers.payment_methods.list(customer.id).data
    assert method.card is not None
    assert method.card.last4 == "3155"


def test_what_belongs_to_the_emulator_never_leaves_it(emulator: Emulated) -> None:
    emulator.customer_with("pm_card_visa")
    for event in emulator.stripe.v1.events.list({"limit": 100}).data:
        assert "'_" not in str(event.to_dict())


def test_forms_are_read_as_trees() -> None:
    assert read_form("a=1&b[c]=2&b[d][e]=3&f[]=4&f[]=5&g[0]=6&g[1][h]=7&i=") == {
        "a": "1",
        "b": {"c": "2", "d": {"e": "3"}},
        "f": ["4", "5"],
        "g": ["6", {"h": "7"}],
        "i": "",
    }


def test_an_unknown_address_names_itself(emulator: Emulated) -> None:
    answer = httpx.get(f"{emulator.url}/v1/nothing", auth=("sk_test_x", ""))
    assert "/v1/nothing" in answer.json()["error"]["message"]


def test_keys_are_forgotten_after_a_day(emulator: Emulated) -> None:
    asked = {"name": "Camille"}
    first, again = [emulator.stripe.v1.customers.create(asked, {"idempotency_key": "day"}).id for _ in range(2)]
    emulator.http.delete("/emulator/keys").raise_for_status()
    assert first == again != emulator.stripe.v1.customers.create(asked, {"idempotency_key": "day"}).id


def test_one_listener_hears_and_those_of_an_earlier_run_do_not() -> None:
    account = Account(Store(":memory:"), now=time.time, url="http://bank.test")
    for secret in ("whsec_before", "whsec_now"):
        tell_only(account, Listener("http://app.test/hook", secret, ["payment_intent.succeeded"]))
    (endpoint,) = account.store.all("webhook_endpoint")
    assert (endpoint["_secret"], endpoint["enabled_events"]) == ("whsec_now", ["payment_intent.succeeded"])
