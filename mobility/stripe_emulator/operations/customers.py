from datetime import UTC, datetime

from mobility.stripe_emulator.account import Account, metadata, required, text, whole
from mobility.stripe_emulator.cards import BY_NUMBER, BY_TOKEN, MESSAGES, TestCard, passes_luhn
from mobility.stripe_emulator.errors import StripeError, card_error, invalid, unexpected_state
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.store import Object

WORDS = ("email", "name", "phone", "description")


def create_customer(account: Account, params: Params) -> Object:
    clock = text(params, "test_clock")
    if clock:
        account.store.get("test_helpers.test_clock", clock)
    customer = account.create(
        "customer",
        "cus",
        email=text(params, "email"),
        name=text(params, "name"),
        phone=text(params, "phone"),
        description=text(params, "description"),
        address=params.get("address"),
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        discount=None,
        invoice_prefix=account.store.new_id("", 8)[1:].upper(),
        invoice_settings={"custom_fields": None, "default_payment_method": None, "footer": None},
        metadata=metadata(params),
        next_invoice_sequence=1,
        preferred_locales=params.get("preferred_locales", []),
        shipping=None,
        tax_exempt="none",
        test_clock=clock,
    )
    account.tell("customer.created", customer)
    return customer


def get_customer(account: Account, params: Params, customer: str) -> Object:
    found = account.store.find(customer)
    # A deleted customer is still answered, as a stub that says so.
    return found if found and found.get("deleted") else account.store.get("customer", customer)


def update_customer(account: Account, params: Params, customer: str) -> Object:
    before = account.store.get("customer", customer)
    changed = {**before, **{word: text(params, word) for word in WORDS if word in params}}
    changed["metadata"] = metadata(params, before["metadata"])
    default = params.get("invoice_settings", {}).get("default_payment_method")
    if default is not None:
        _own(account, customer, default)
        changed["invoice_settings"] = {**before["invoice_settings"], "default_payment_method": default or None}
    account.store.save(changed)
    account.tell("customer.updated", changed)
    return changed


def delete_customer(account: Account, params: Params, customer: str) -> Object:
    gone = account.store.get("customer", customer)
    for method in account.store.all("payment_method", customer=customer):
        account.store.save({**method, "customer": None, "_spent": True})
    account.tell("customer.deleted", gone)
    return account.store.save({"id": customer, "object": "customer", "deleted": True})


def create_payment_method(account: Account, params: Params) -> Object:
    if required(params, "type") != "card":
        raise invalid("type", "This account takes cards only.", code="parameter_invalid_string")
    return keep_card(account, read_card(account, params.get("card", {})), params)


def get_payment_method(account: Account, params: Params, payment_method: str) -> Object:
    return account.store.get("payment_method", payment_method)


def list_payment_methods(account: Account, params: Params) -> list[Object]:
    return account.store.all("payment_method", customer=required(params, "customer"), type=text(params, "type"))


def list_methods_of_customer(account: Account, params: Params, customer: str) -> list[Object]:
    account.store.get("customer", customer)
    return account.store.all("payment_method", customer=customer, type=text(params, "type"))


def attach_payment_method(account: Account, params: Params, payment_method: str) -> Object:
    return attach(account, method_named(account, payment_method), required(params, "customer"))


def detach_payment_method(account: Account, params: Params, payment_method: str) -> Object:
    method = account.store.get("payment_method", payment_method)
    if method["customer"] is None:
        raise unexpected_state("resource_missing", "The payment method is not attached to a customer.")
    account.tell("payment_method.detached", method)
    return account.store.save({**method, "customer": None, "_spent": True})


# --- Shared by the intents ---


def method_named(account: Account, name: str) -> Object:
    """A payment method by its id, or a new one by the token of a test card (`pm_card_visa`)."""
    if name in BY_TOKEN:
        card = BY_TOKEN[name]
        return keep_card(account, (card, 12, 2034), {})
    return account.store.get("payment_method", name)


def attach(account: Account, method: Object, customer: str) -> Object:
    """Tie the method to its customer.

    Raises
    ------
    StripeError
        402 if the bank refuses the card when it is saved; 400 if it is another's, or was detached before.
    """
    account.store.get("customer", customer)
    if method["customer"] == customer:
        return method
    if method.get("_spent") or method["customer"] is not None:
        raise unexpected_state("payment_method_unexpected_state", "This payment method can not be attached again.")
    card = card_of(method)
    if card.declined_on_saving and card.decline:
        raise declined(card.decline)
    attached = account.store.save({**method, "customer": customer})
    account.tell("payment_method.attached", attached)
    return attached


def declined(decline: tuple[str, str | None], **facts: object) -> StripeError:
    code, decline_code = decline
    return card_error(code, MESSAGES[code], decline_code=decline_code, **facts)


def card_of(method: Object) -> TestCard:
    return BY_NUMBER[method["_number"]]


def read_card(account: Account, sent: Params) -> tuple[TestCard, int, int]:
    """Card, expiry month and year.

    Raises
    ------
    StripeError
        402 for a number that no card has, that is no test card, or that has expired.
    """
    if "token" in sent:
        return BY_TOKEN[sent["token"].replace("tok_", "pm_card_")], 12, 2034
    number = "".join(required(sent, "number").split())
    if not number.isdecimal() or not passes_luhn(number):
        raise card_error("incorrect_number", "Your card number is incorrect.", param="number")
    if number not in BY_NUMBER:
        message = "Your card was declined. Your request was in test mode, but used a non test card."
        raise card_error("card_declined", message, decline_code="test_mode_live_card")
    month, year = whole(sent, "exp_month") or 0, whole(sent, "exp_year") or 0
    year += 2000 if year < 100 else 0
    if not 1 <= month <= 12:
        raise card_error("invalid_expiry_month", "Your card's expiration month is invalid.", param="exp_month")
    if (year, month) < _month(account.now()):
        raise card_error("invalid_expiry_year", "Your card's expiration year is invalid.", param="exp_year")
    return BY_NUMBER[number], month, year


def keep_card(account: Account, card: tuple[TestCard, int, int], params: Params) -> Object:
    test_card, month, year = card
    return account.create(
        "payment_method",
        "pm",
        allow_redisplay="unspecified",
        billing_details={"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        card={
            "brand": test_card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "FR",
            "display_brand": test_card.brand,
            "exp_month": month,
            "exp_year": year,
            "fingerprint": f"emulated{test_card.last4}",
            "funding": "credit",
            "generated_from": None,
            "last4": test_card.last4,
            "networks": {"available": [test_card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        customer=None,
        customer_account=None,
        metadata=metadata(params),
        type="card",
        _number=test_card.number,
        _set_up=False,
    )


def _own(account: Account, customer: str, payment_method: str) -> None:
    if payment_method and account.store.get("payment_method", payment_method)["customer"] != customer:
        raise invalid(
            "payment_method", "The payment method belongs to no or another customer.", code="resource_missing"
        )


def _month(now: int) -> tuple[int, int]:
    today = datetime.fromtimestamp(now, UTC)
    return today.year, today.month
