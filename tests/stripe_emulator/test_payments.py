"""What riders' money does at the emulator, through the official SDK."""

import pytest
import stripe

from tests.support.stripe import Emulated

HOLD = {"amount": 5000, "currency": "eur", "capture_method": "manual", "confirm": True, "off_session": True}
CHARGE = {"amount": 1990, "currency": "eur", "confirm": True, "off_session": True}


def test_a_saved_card_is_charged_and_the_fee_is_in_the_balance(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_visa")
    intent = emulator.stripe.v1.payment_intents.create(
        {**CHARGE, "customer": customer, "payment_method": method, "expand": ["latest_charge.balance_transaction"]}
    )
    assert (intent.status, intent.amount_received) == ("succeeded", 1990)
    line = intent.latest_charge.balance_transaction  # type: ignore[union-attr]
    assert (line.amount, line.fee, line.net) == (1990, 55, 1935)  # type: ignore[union-attr]


def test_part_of_a_hold_is_captured_and_the_rest_is_released(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_visa")
    held = emulator.stripe.v1.payment_intents.create({**HOLD, "customer": customer, "payment_method": method})
    assert (held.status, held.amount_capturable) == ("requires_capture", 5000)
    taken = emulator.stripe.v1.payment_intents.capture(held.id, {"amount_to_capture": 1234})
    assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 1234, 0)


def test_more_than_the_hold_is_not_captured(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_visa")
    held = emulator.stripe.v1.payment_intents.create({**HOLD, "customer": customer, "payment_method": method})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.stripe.v1.payment_intents.capture(held.id, {"amount_to_capture": 5001})
    assert refused.value.code == "amount_too_large"


def test_a_cancelled_hold_is_captured_no_more_and_cancelled_no_more(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_visa")
    held = emulator.stripe.v1.payment_intents.create({**HOLD, "customer": customer, "payment_method": method})
    assert emulator.stripe.v1.payment_intents.cancel(held.id).status == "canceled"
    for again in (emulator.stripe.v1.payment_intents.capture, emulator.stripe.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            again(held.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_a_hold_of_a_customer_on_a_test_clock_expires_after_a_week(emulator: Emulated) -> None:
    clock = emulator.stripe.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
    customer = emulator.stripe.v1.customers.create({"test_clock": clock.id})
    method = emulator.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    held = emulator.stripe.v1.payment_intents.create({**HOLD, "customer": customer.id, "payment_method": method.id})
    for days, status in ((6, "requires_capture"), (8, "canceled")):
        at = 1_800_000_000 + days * 86_400
        emulator.stripe.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": at})
        assert emulator.stripe.v1.payment_intents.retrieve(held.id).status == status
    assert emulator.stripe.v1.payment_intents.retrieve(held.id).cancellation_reason == "automatic"


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required", "authentication_required"),
        ("pm_card_authenticationRequiredSetupForOffSession", "card_declined", "insufficient_funds"),
    ],
)
def test_a_card_declined_later_says_why_and_leaves_the_payment_open(
    emulator: Emulated, card: str, code: str, decline_code: str
) -> None:
    customer, method = emulator.customer_with(card)
    with pytest.raises(stripe.CardError) as refused:
        emulator.stripe.v1.payment_intents.create({**CHARGE, "customer": customer, "payment_method": method})
    assert (refused.value.code, refused.value.http_status) == (code, 402)
    error = refused.value.error
    assert error is not None
    assert error.decline_code == decline_code
    assert error.payment_intent is not None
    left = emulator.stripe.v1.payment_intents.retrieve(error.payment_intent.id)
    assert left.status == "requires_payment_method"
    assert left.last_payment_error is not None
    assert left.last_payment_error.code == code
    paid = emulator.stripe.v1.payment_intents.confirm(left.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    ],
)
def test_a_bad_card_is_refused_when_it_is_saved(emulator: Emulated, card: str, code: str) -> None:
    with pytest.raises(stripe.CardError) as refused:
        emulator.customer_with(card)
    assert refused.value.code == code


def test_a_card_that_asks_its_holder_once_is_charged_without_them_afterwards(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_authenticationRequiredOnSetup")
    paid = emulator.stripe.v1.payment_intents.create({**CHARGE, "customer": customer, "payment_method": method})
    assert paid.status == "succeeded"


def test_a_holder_who_is_present_answers_their_bank(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_authenticationRequired")
    asked = {"amount": 1990, "currency": "eur", "customer": customer, "payment_method": method, "confirm": True}
    for answer, status in (("no", "requires_payment_method"), ("yes", "succeeded")):
        intent = emulator.stripe.v1.payment_intents.create({**asked, "return_url": "http://app.test/back"})  # type: ignore[typeddict-item]
        assert intent.status == "requires_action"
        page = intent.next_action.redirect_to_url.url  # type: ignore[union-attr]
        assert "banque" in emulator.http.get(str(page)).text
        sent_to = emulator.http.post(str(page), data={"answer": answer}).headers["location"]
        assert sent_to == "http://app.test/back"
        assert emulator.stripe.v1.payment_intents.retrieve(intent.id).status == status


def test_several_partial_refunds_never_exceed_what_was_taken(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_visa")
    paid = emulator.stripe.v1.payment_intents.create({**CHARGE, "customer": customer, "payment_method": method})
    for amount in (500, 490):
        refund = emulator.stripe.v1.refunds.create({"payment_intent": paid.id, "amount": amount})
        assert refund.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.stripe.v1.refunds.create({"payment_intent": paid.id, "amount": 1001})
    assert refused.value.code == "amount_too_large"
    assert emulator.stripe.v1.refunds.create({"payment_intent": paid.id}).amount == 1000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.stripe.v1.refunds.create({"payment_intent": paid.id})
    assert refused.value.code == "charge_already_refunded"


def test_a_hold_is_cancelled_not_refunded(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_visa")
    held = emulator.stripe.v1.payment_intents.create({**HOLD, "customer": customer, "payment_method": method})
    with pytest.raises(stripe.InvalidRequestError):
        emulator.stripe.v1.refunds.create({"payment_intent": held.id})


@pytest.mark.parametrize(("evidence", "status", "back"), [("winning_evidence", "won", 0), ("sorry", "lost", -3990)])
def test_a_dispute_takes_the_money_until_it_is_decided(
    emulator: Emulated, evidence: str, status: str, back: int
) -> None:
    customer, method = emulator.customer_with("pm_card_createDispute")
    paid = emulator.stripe.v1.payment_intents.create({**CHARGE, "customer": customer, "payment_method": method})
    (dispute,) = emulator.stripe.v1.disputes.list({"payment_intent": paid.id}).data
    assert dispute.status == "needs_response"
    with pytest.raises(stripe.InvalidRequestError):
        emulator.stripe.v1.refunds.create({"payment_intent": paid.id})
    emulator.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}, "submit": True})
    assert emulator.stripe.v1.disputes.retrieve(dispute.id).status == status
    lines = emulator.stripe.v1.balance_transactions.list({"source": dispute.id}).data
    assert sum(line.net for line in lines) == back


def test_another_customers_card_is_not_charged(emulator: Emulated) -> None:
    _, method = emulator.customer_with("pm_card_visa")
    other, _ = emulator.customer_with("pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.stripe.v1.payment_intents.create({**CHARGE, "customer": other, "payment_method": method})
    assert refused.value.code == "payment_method_unexpected_state"


def test_a_removed_card_is_gone_from_the_list_and_is_attached_no_more(emulator: Emulated) -> None:
    customer, method = emulator.customer_with("pm_card_visa")
    assert [each.id for each in emulator.stripe.v1.customers.payment_methods.list(customer).data] == [method]
    emulator.stripe.v1.payment_methods.detach(method)
    assert emulator.stripe.v1.payment_methods.list({"customer": customer}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        emulator.stripe.v1.payment_methods.attach(method, {"customer": customer})


@pytest.mark.parametrize("amount", [0, 49, -100, 100_000_000])
def test_amounts_that_stripe_refuses_are_refused(emulator: Emulated, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.stripe.v1.payment_intents.create({"amount": amount, "currency": "eur"})
    assert refused.value.param == "amount"


def test_lists_come_in_pages_that_the_sdk_walks_through(emulator: Emulated) -> None:
    made = [emulator.stripe.v1.customers.create({"name": str(number)}).id for number in range(7)]
    walked = [each.id for each in emulator.stripe.v1.customers.payment_methods.list(made[0]).auto_paging_iter()]
    assert walked == []
    events = emulator.stripe.v1.events.list({"type": "customer.created", "limit": 3})
    found = [each.data.object["id"] for each in events.auto_paging_iter()]
    assert found[:7] == made[::-1]
