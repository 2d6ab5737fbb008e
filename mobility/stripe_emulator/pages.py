"""The two pages a cardholder meets: Checkout's card form and the bank's question (3-D Secure)."""

from html import escape

from mobility.stripe_emulator.account import Account
from mobility.stripe_emulator.cards import CARDS
from mobility.stripe_emulator.errors import StripeError, card_error, unknown
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.operations import setup_intents
from mobility.stripe_emulator.operations.customers import create_payment_method
from mobility.stripe_emulator.operations.payment_intents import pay, payment_failed
from mobility.stripe_emulator.store import Object

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:8vh auto;padding:0 1rem;color:#1a1f36}"
    "form{display:grid;gap:.75rem}label{display:grid;gap:.25rem}input,button{font:inherit;padding:.6rem;"
    "border:1px solid #8792a2;border-radius:.4rem}button{background:#0a5c4e;color:#fff;border:0}"
    ".plain{background:#fff;color:#1a1f36;border:1px solid #8792a2}.why{color:#a4122f}small{color:#4f566b}"
)


def page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def checkout_page(account: Account, session_id: str, why: str = "") -> str:
    session = account.store.get("checkout.session", session_id)
    if session["status"] != "open":
        return page("Cette page n'est plus valable", "<p>Revenez à l'application. / Go back to the application.</p>")
    numbers = "".join(f"<li><code>{card.number}</code> {escape(card.token)}</li>" for card in CARDS)
    back = escape(session["cancel_url"] or session["success_url"], quote=True)
    return page(
        "Enregistrer une carte",
        f'<p class="why" role="alert">{escape(why)}</p><form method="post">'
        '<label>Numéro de carte / Card number<input name="number" inputmode="numeric" autocomplete="cc-number" '
        'value="4242 4242 4242 4242" required></label>'
        '<label>Expire (MM/AA)<input name="expiry" autocomplete="cc-exp" value="12/34" required></label>'
        '<label>Code / CVC<input name="cvc" inputmode="numeric" autocomplete="cc-csc" value="123" required></label>'
        f'<button>Enregistrer / Save</button></form><p><a href="{back}">Annuler / Cancel</a></p>'
        "<details><summary>Cartes d'essai / Test cards</summary>"
        f"<ul>{numbers}</ul></details><small>Émulateur : aucun argent ne bouge. / No money moves.</small>",
    )


def submit_checkout(account: Account, session_id: str, form: Params) -> tuple[str, str]:
    """Where the browser goes next, or else why the form is shown again."""
    session = account.store.get("checkout.session", session_id)
    month, _, year = form.get("expiry", "").partition("/")
    card = {"number": form.get("number", ""), "exp_month": month.strip(), "exp_year": year.strip()}
    target = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id)
    try:
        method = create_payment_method(account, {"type": "card", "card": card})
        asked = {"payment_method": method["id"], "return_url": target}
        intent = setup_intents.confirm_setup_intent(account, asked, session["setup_intent"])
    except StripeError as error:
        return "", error.facts["message"]
    if intent["status"] == "requires_action":
        return intent["next_action"]["redirect_to_url"]["url"], ""
    setup_intents.complete_checkout(account, session)
    return target, ""


def authentication_page(account: Account, intent_id: str) -> str:
    _waiting(account, intent_id)
    return page(
        "Votre banque veut être sûre que c'est vous",
        "<p>3-D Secure (émulateur)</p>"
        '<form method="post"><button name="answer" value="yes">C\'est moi / It is me</button>'
        '<button name="answer" value="no" class="plain">Ce n\'est pas moi / It is not me</button></form>',
    )


def submit_authentication(account: Account, intent_id: str, *, passed: bool) -> str:
    """Go on with the intent as the holder answered; where the browser goes next ("" stays)."""
    intent = _waiting(account, intent_id)
    try:
        if not passed:
            raise _not_authenticated(account, intent)
        done = setup_intents.set_up(account, intent) if intent["object"] == "setup_intent" else pay(account, intent)
    except StripeError:
        done = account.store.get(intent["object"], intent_id)
    for session in account.store.all("checkout.session", setup_intent=intent_id, status="open"):
        if done["status"] != "succeeded":
            return str(session["url"])
        setup_intents.complete_checkout(account, session)
    return intent["_return_url"] or ""


def _not_authenticated(account: Account, intent: Object) -> StripeError:
    message = "We are unable to authenticate your payment method. Please choose a different one and try again."
    if intent["object"] == "setup_intent":
        error = card_error("setup_intent_authentication_failure", message)
        setup_intents.failed(account, intent, error)
        return error
    return payment_failed(account, intent, card_error("payment_intent_authentication_failure", message))


def _waiting(account: Account, intent_id: str) -> Object:
    found = account.store.find(intent_id)
    if found is None or found.get("status") != "requires_action":
        raise unknown("intent waiting for its holder", intent_id)
    return found
