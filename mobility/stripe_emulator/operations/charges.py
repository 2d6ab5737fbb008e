from mobility.stripe_emulator.account import Account, metadata, text, whole
from mobility.stripe_emulator.errors import StripeError, invalid, missing, unexpected_state
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.store import Object

# What a card hold lasts; banks may end it earlier, Stripe ends it then.
HOLD_S = 7 * 86_400


def get_charge(account: Account, params: Params, charge: str) -> Object:
    return account.store.get("charge", charge)


def list_charges(account: Account, params: Params) -> list[Object]:
    return account.store.all("charge", customer=text(params, "customer"), payment_intent=text(params, "payment_intent"))


def authorise(account: Account, intent: Object, method: Object) -> Object:
    """The bank holds the intent's amount."""
    before = account.now(intent["customer"]) + HOLD_S if intent["capture_method"] == "manual" else None
    charge = _charge(account, intent, method, paid=True, status="succeeded", capture_before=before)
    if intent["capture_method"] == "manual":
        account.tell("charge.succeeded", charge)
    return charge


def refuse(account: Account, intent: Object, method: Object, error: StripeError) -> Object:
    charge = _charge(account, intent, method, paid=False, status="failed", capture_before=None)
    why = {"failure_code": error.facts.get("code"), "failure_message": error.facts["message"]}
    failed = account.store.save({**charge, **why})
    account.tell("charge.failed", failed)
    return failed


def release(account: Account, charge: Object, *, expired: bool) -> Object:
    """Give a hold back to the holder; no money moved."""
    gone = account.store.save({**charge, "refunded": True, "amount_refunded": charge["amount"]})
    account.tell("charge.expired" if expired else "charge.refunded", gone)
    return gone


def create_refund(account: Account, params: Params) -> Object:
    charge = _charge_to_refund(account, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    asked = whole(params, "amount")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise unexpected_state("charge_already_refunded", message)
    amount = left if asked is None else asked
    if not 0 < amount <= left:
        message = f"Refund amount ({amount}) is not between 1 and the unrefunded amount on the charge ({left})."
        raise invalid("amount", message, code="amount_too_large")
    if charge["disputed"]:
        raise unexpected_state("charge_disputed", f"Charge {charge['id']} has been charged back; cannot refund.")
    refund = account.create(
        "refund",
        "re",
        created=account.now(charge["customer"]),
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        customer_account=None,
        destination_details={"card": {"type": "refund"}, "type": "card"},
        metadata=metadata(params),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=text(params, "reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status="succeeded",
        transfer_reversal=None,
    )
    refund["balance_transaction"] = account.book("refund", -amount, refund)["id"]
    account.store.save(refund)
    back = charge["amount_refunded"] + amount
    refunded = {**charge, "amount_refunded": back, "refunded": back == charge["amount_captured"]}
    account.store.save(refunded)
    account.tell("refund.created", refund)
    account.tell("charge.refunded", refunded)
    return refund


def get_refund(account: Account, params: Params, refund: str) -> Object:
    return account.store.get("refund", refund)


def list_refunds(account: Account, params: Params) -> list[Object]:
    return account.store.all("refund", charge=text(params, "charge"), payment_intent=text(params, "payment_intent"))


def list_balance_transactions(account: Account, params: Params) -> list[Object]:
    return account.store.all("balance_transaction", source=text(params, "source"), type=text(params, "type"))


def get_balance_transaction(account: Account, params: Params, line: str) -> Object:
    return account.store.get("balance_transaction", line)


def get_balance(account: Account, params: Params) -> Object:
    net = sum(line["net"] for line in account.store.all("balance_transaction"))
    available = [{"amount": net, "currency": "eur", "source_types": {"card": net}}]
    nothing = [{"amount": 0, "currency": "eur", "source_types": {"card": 0}}]
    return {"object": "balance", "available": available, "connect_reserved": [], "livemode": False, "pending": nothing}


def _charge_to_refund(account: Account, params: Params) -> Object:
    if intent_id := text(params, "payment_intent"):
        intent = account.store.get("payment_intent", intent_id)
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
            raise unexpected_state("payment_intent_unexpected_state", message)
        return account.store.get("charge", intent["latest_charge"])
    charge_id = text(params, "charge")
    if charge_id is None:
        raise missing("charge")
    charge = account.store.get("charge", charge_id)
    if not charge["captured"]:
        raise unexpected_state("charge_not_refundable", "An uncaptured charge is cancelled, not refunded.")
    return charge


def _charge(
    account: Account, intent: Object, method: Object, *, paid: bool, status: str, capture_before: int | None
) -> Object:
    card = method["card"]
    return account.create(
        "charge",
        "ch",
        created=account.now(intent["customer"]),
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        application=None,
        application_fee=None,
        application_fee_amount=None,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="EMULATED",
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        metadata=intent["metadata"],
        on_behalf_of=None,
        outcome={"type": "authorized" if paid else "issuer_declined", "network_status": None, "reason": None},
        paid=paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={
            "card": {
                "brand": card["brand"],
                "capture_before": capture_before,
                "country": card["country"],
                "exp_month": card["exp_month"],
                "exp_year": card["exp_year"],
                "fingerprint": card["fingerprint"],
                "funding": card["funding"],
                "last4": card["last4"],
                "network": card["brand"],
                "three_d_secure": None,
                "wallet": None,
            },
            "type": "card",
        },
        receipt_email=None,
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        review=None,
        shipping=None,
        source=None,
        source_transfer=None,
        statement_descriptor=None,
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        status=status,
        transfer_data=None,
        transfer_group=None,
    )
