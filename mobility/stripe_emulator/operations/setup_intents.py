from mobility.stripe_emulator.account import Account, flag, metadata, required, text
from mobility.stripe_emulator.cards import Authentication
from mobility.stripe_emulator.errors import StripeError, unexpected_state
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.operations.customers import attach, card_of, method_named
from mobility.stripe_emulator.store import Object

# Members that a session in mode `setup` leaves empty.
EMPTY = dict.fromkeys(
    """
    adaptive_pricing after_expiration allow_promotion_codes amount_subtotal billing_address_collection
    client_secret collected_information consent consent_collection currency_conversion customer_account
    customer_creation customer_details customer_email discounts integration_identifier invoice invoice_creation
    managed_payments origin_context payment_link payment_method_collection payment_method_configuration_details
    permissions recovered_from saved_payment_method_options shipping_address_collection shipping_cost
    submit_type subscription total_details wallet_options
    """.split()  # noqa: SIM905 forty quoted words are no easier to read
)
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create_setup_intent(account: Account, params: Params) -> Object:
    customer = text(params, "customer")
    if customer:
        account.store.get("customer", customer)
    intent = account.create(
        "setup_intent",
        "seti",
        application=None,
        automatic_payment_methods=None,
        cancellation_reason=None,
        customer=customer,
        description=text(params, "description"),
        excluded_payment_method_types=None,
        flow_directions=None,
        last_setup_error=None,
        latest_attempt=None,
        mandate=None,
        metadata=metadata(params),
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_configuration_details=None,
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        single_use_mandate=None,
        status="requires_payment_method",
        usage=text(params, "usage") or "off_session",
    )
    intent["client_secret"] = account.store.new_id(f"{intent['id']}_secret")
    account.store.save(intent)
    account.tell("setup_intent.created", intent)
    if method := text(params, "payment_method"):
        chosen = method_named(account, method)["id"]
        intent = account.store.save({**intent, "payment_method": chosen, "status": "requires_confirmation"})
    return confirm_setup_intent(account, params, intent["id"]) if flag(params, "confirm") else intent


def get_setup_intent(account: Account, params: Params, intent: str) -> Object:
    return account.store.get("setup_intent", intent)


def confirm_setup_intent(account: Account, params: Params, intent: str) -> Object:
    found = _open(account, intent)
    name = text(params, "payment_method") or found["payment_method"]
    if name is None:
        raise unexpected_state("setup_intent_unexpected_state", "You must provide a payment method to confirm.")
    method = method_named(account, name)
    chosen = {**found, "payment_method": method["id"], "_return_url": text(params, "return_url")}
    if card_of(method).authentication is not Authentication.NEVER:
        url = f"{account.url}/emulator/authenticate/{intent}"
        asked = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": chosen["_return_url"]}}
        account.tell("setup_intent.requires_action", chosen)
        return account.store.save({**chosen, "status": "requires_action", "next_action": asked})
    return set_up(account, chosen)


def set_up(account: Account, intent: Object) -> Object:
    """The card can be charged from now on without its holder."""
    method = account.store.get("payment_method", intent["payment_method"])
    try:
        if intent["customer"]:
            method = attach(account, method, intent["customer"])
    except StripeError as error:
        failed(account, intent, error)
        raise
    account.store.save({**method, "_set_up": True})
    done = account.store.save({**intent, "status": "succeeded", "next_action": None, "last_setup_error": None})
    account.tell("setup_intent.succeeded", done)
    return done


def failed(account: Account, intent: Object, error: StripeError) -> Object:
    again = {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    saved = account.store.save({**intent, **again, "last_setup_error": dict(error.facts)})
    account.tell("setup_intent.setup_failed", saved)
    error.facts["setup_intent"] = saved
    return saved


def cancel_setup_intent(account: Account, params: Params, intent: str) -> Object:
    reason = text(params, "cancellation_reason")
    gone = account.store.save({**_open(account, intent), "status": "canceled", "cancellation_reason": reason})
    account.tell("setup_intent.canceled", gone)
    return gone


def create_checkout_session(account: Account, params: Params) -> Object:
    """Stripe's hosted page in mode `setup`: where a rider saves a card, SCA included."""
    if required(params, "mode") != "setup":
        raise unexpected_state("parameter_unknown", "This emulator has Checkout in mode setup only.", param="mode")
    customer, success_url = required(params, "customer"), required(params, "success_url")
    data = params.get("setup_intent_data", {})
    intent = create_setup_intent(account, {"customer": customer, "metadata": data.get("metadata", {})})
    session = account.create(
        "checkout.session",
        "cs_test",
        **EMPTY,
        amount_total=None,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=text(params, "cancel_url"),
        client_reference_id=text(params, "client_reference_id"),
        currency=text(params, "currency"),
        custom_fields=[],
        custom_text={},
        customer=customer,
        expires_at=account.now(customer) + 86_400,
        locale=text(params, "locale"),
        metadata=metadata(params),
        mode="setup",
        payment_intent=None,
        payment_method_options={},
        payment_method_types=["card"],
        payment_status="no_payment_required",
        phone_number_collection={"enabled": False},
        setup_intent=intent["id"],
        shipping_options=[],
        status="open",
        success_url=success_url,
        ui_mode="hosted",
    )
    return account.store.save({**session, "url": f"{account.url}/emulator/checkout/{session['id']}"})


def get_checkout_session(account: Account, params: Params, session: str) -> Object:
    return account.store.get("checkout.session", session)


def expire_checkout_session(account: Account, params: Params, session: str) -> Object:
    found = account.store.get("checkout.session", session)
    if found["status"] != "open":
        raise unexpected_state("checkout_session_unexpected_state", "Only an open session can be expired.")
    gone = account.store.save({**found, "status": "expired", "url": None})
    account.tell("checkout.session.expired", gone)
    return gone


def complete_checkout(account: Account, session: Object) -> Object:
    done = account.store.save({**session, "status": "complete", "url": None})
    account.tell("checkout.session.completed", done)
    return done


def _open(account: Account, intent: str) -> Object:
    found = account.store.get("setup_intent", intent)
    if found["status"] not in OPEN:
        message = f"This SetupIntent's status is {found['status']}."
        raise unexpected_state("setup_intent_unexpected_state", message, setup_intent=found)
    return found
