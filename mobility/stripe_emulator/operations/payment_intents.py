from mobility.stripe_emulator.account import Account, amount_of, fee_of, flag, metadata, text, whole
from mobility.stripe_emulator.cards import MESSAGES, Authentication
from mobility.stripe_emulator.errors import StripeError, card_error, invalid, unexpected_state
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.operations.charges import authorise, refuse, release
from mobility.stripe_emulator.operations.customers import attach, card_of, declined, method_named
from mobility.stripe_emulator.operations.disputes import open_dispute
from mobility.stripe_emulator.store import Object

CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CHANGEABLE = ("requires_payment_method", "requires_confirmation")


def create_payment_intent(account: Account, params: Params) -> Object:
    amount, currency = amount_of(params)
    customer, name = text(params, "customer"), text(params, "payment_method")
    if customer:
        account.store.get("customer", customer)
    method = _usable(account, name, customer)
    if flag(params, "off_session") and not flag(params, "confirm"):
        raise invalid("off_session", "`off_session` goes with `confirm=true`.", code="parameter_invalid_empty")
    intent = account.create(
        "payment_intent",
        "pi",
        created=account.now(customer),
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        application=None,
        application_fee_amount=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method=text(params, "capture_method") or "automatic_async",
        confirmation_method=text(params, "confirmation_method") or "automatic",
        currency=currency,
        customer=customer,
        customer_account=None,
        description=text(params, "description"),
        excluded_payment_method_types=None,
        last_payment_error=None,
        latest_charge=None,
        managed_payments=None,
        metadata=metadata(params),
        next_action=None,
        on_behalf_of=None,
        payment_method=method and method["id"],
        payment_method_configuration_details=None,
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        processing=None,
        receipt_email=None,
        review=None,
        setup_future_usage=text(params, "setup_future_usage"),
        shipping=None,
        source=None,
        statement_descriptor=None,
        statement_descriptor_suffix=text(params, "statement_descriptor_suffix"),
        status="requires_confirmation" if method else "requires_payment_method",
        transfer_data=None,
        transfer_group=None,
    )
    intent["client_secret"] = account.store.new_id(f"{intent['id']}_secret")
    account.store.save(intent)
    account.tell("payment_intent.created", intent)
    return confirm_payment_intent(account, params, intent["id"]) if flag(params, "confirm") else intent


def get_payment_intent(account: Account, params: Params, intent: str) -> Object:
    return account.store.get("payment_intent", intent)


def list_payment_intents(account: Account, params: Params) -> list[Object]:
    return account.store.all("payment_intent", customer=text(params, "customer"))


def update_payment_intent(account: Account, params: Params, intent: str) -> Object:
    found = _in(account, intent, CANCELABLE)
    changed = {**found, "metadata": metadata(params, found["metadata"])}
    if "description" in params:
        changed["description"] = text(params, "description")
    if "amount" in params:
        _in(account, intent, CHANGEABLE)
        changed["amount"], _ = amount_of({"currency": found["currency"], **params})
    return account.store.save(changed)


def confirm_payment_intent(account: Account, params: Params, intent: str) -> Object:
    found = _in(account, intent, CONFIRMABLE)
    method = _usable(account, text(params, "payment_method") or found["payment_method"], found["customer"])
    if method is None:
        raise unexpected_state("payment_intent_unexpected_state", "You must provide a payment method to confirm.")
    return_url = text(params, "return_url")
    chosen = account.store.save({**found, "payment_method": method["id"], "_return_url": return_url})
    if not _asks_holder(method):
        return pay(account, chosen)
    if flag(params, "off_session"):
        raise payment_failed(account, chosen, _authentication_required())
    url = f"{account.url}/emulator/authenticate/{intent}"
    asked = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
    waiting = account.store.save({**chosen, "status": "requires_action", "next_action": asked})
    account.tell("payment_intent.requires_action", waiting)
    return waiting


def pay(account: Account, intent: Object) -> Object:
    """The bank is asked, once the holder has shown themselves where they must.

    Raises
    ------
    StripeError
        402 when the bank declines.
    """
    method = account.store.get("payment_method", intent["payment_method"])
    card = card_of(method)
    if card.decline:
        raise payment_failed(account, intent, declined(card.decline), method)
    if intent["setup_future_usage"] and intent["customer"]:
        attach(account, {**method, "_set_up": True}, intent["customer"])
    charge = authorise(account, intent, method)
    held = {**intent, "next_action": None, "last_payment_error": None, "latest_charge": charge["id"]}
    if intent["capture_method"] == "manual":
        waiting = {**held, "status": "requires_capture", "amount_capturable": intent["amount"]}
        account.store.save(waiting)
        account.tell("payment_intent.amount_capturable_updated", waiting)
        return waiting
    paid = _captured(account, held, charge, intent["amount"])
    if card.disputed:
        open_dispute(account, account.store.get("charge", charge["id"]))
    return paid


def capture_payment_intent(account: Account, params: Params, intent: str) -> Object:
    found = _in(account, intent, ("requires_capture",))
    asked = whole(params, "amount_to_capture")
    amount = found["amount_capturable"] if asked is None else asked
    if not 0 < amount <= found["amount_capturable"]:
        message = f"The amount_to_capture must be between 1 and {found['amount_capturable']}."
        raise invalid("amount_to_capture", message, code="amount_too_large")
    captured = _captured(account, found, account.store.get("charge", found["latest_charge"]), amount)
    if card_of(account.store.get("payment_method", found["payment_method"])).disputed:
        open_dispute(account, account.store.get("charge", found["latest_charge"]))
    return captured


def cancel_payment_intent(account: Account, params: Params, intent: str) -> Object:
    return cancel(account, _in(account, intent, CANCELABLE), text(params, "cancellation_reason"))


def cancel(account: Account, intent: Object, reason: str | None) -> Object:
    at = account.now(intent["customer"])
    if intent["status"] == "requires_capture":
        release(account, account.store.get("charge", intent["latest_charge"]), expired=reason == "automatic")
    members = {"status": "canceled", "canceled_at": at, "cancellation_reason": reason, "amount_capturable": 0}
    gone = account.store.save({**intent, **members, "next_action": None})
    account.tell("payment_intent.canceled", gone)
    return gone


def payment_failed(account: Account, intent: Object, error: StripeError, charged: Object | None = None) -> StripeError:
    """Write down that the attempt failed and return the error to raise; the rider may try another card."""
    if charged is not None:
        charge = refuse(account, intent, charged, error)
        intent = {**intent, "latest_charge": charge["id"]}
        error.facts["charge"] = charge["id"]
    method = intent["payment_method"] and account.store.find(intent["payment_method"])
    why = {**error.facts, "payment_method": method}
    again = {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    failed = account.store.save({**intent, **again, "last_payment_error": why})
    account.tell("payment_intent.payment_failed", failed)
    error.facts["payment_intent"] = failed
    return error


def _captured(account: Account, intent: Object, charge: Object, amount: int) -> Object:
    line = account.book("charge", amount, charge, fee=fee_of(amount))
    taken = {"captured": True, "amount_captured": amount, "balance_transaction": line["id"]}
    captured = account.store.save({**charge, **taken})
    members = {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    done = account.store.save({**intent, **members})
    account.tell("charge.captured" if intent["capture_method"] == "manual" else "charge.succeeded", captured)
    account.tell("payment_intent.succeeded", done)
    return done


def _usable(account: Account, name: str | None, customer: str | None) -> Object | None:
    """The payment method, which must be the customer's own; a card once used without a customer is spent."""
    if name is None:
        return None
    method = method_named(account, name)
    if method.get("_spent") or (method["customer"] is not None and method["customer"] != customer):
        message = "The provided PaymentMethod cannot be used: it was used or detached before, or is another customer's."
        raise invalid("payment_method", message, code="payment_method_unexpected_state")
    return method


def _asks_holder(method: Object) -> bool:
    match card_of(method).authentication:
        case Authentication.ALWAYS:
            return True
        case Authentication.UNLESS_SET_UP:
            return not method["_set_up"]
    return False


def _authentication_required() -> StripeError:
    code = "authentication_required"
    return card_error(code, MESSAGES[code], decline_code=code)


def _in(account: Account, intent: str, states: tuple[str, ...]) -> Object:
    found = account.store.get("payment_intent", intent)
    if found["status"] not in states:
        message = f"This PaymentIntent could not be changed because it has a status of {found['status']}."
        raise unexpected_state("payment_intent_unexpected_state", message, payment_intent=found)
    return found
