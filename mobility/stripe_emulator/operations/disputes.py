from mobility.stripe_emulator.account import DISPUTE_FEE, Account, flag, metadata, text
from mobility.stripe_emulator.errors import unexpected_state
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.store import Object

ANSWER_WITHIN_S = 9 * 86_400
# The words with which Stripe's test mode lets an answer win; any other answer loses.
WINNING = "winning_evidence"


def open_dispute(account: Account, charge: Object) -> Object:
    """The holder's bank takes the money back until the dispute is decided."""
    at = account.now(charge["customer"])
    dispute = account.create(
        "dispute",
        "du",
        created=at,
        amount=charge["amount_captured"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": at + ANSWER_WITHIN_S,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "enhanced_eligibility": {},
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={
            "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4"},
            "type": "card",
        },
        reason="fraudulent",
        status="needs_response",
    )
    line = account.book("adjustment", -charge["amount_captured"], dispute, fee=DISPUTE_FEE)
    dispute = account.store.save({**dispute, "balance_transactions": [line]})
    account.store.save({**charge, "disputed": True})
    account.tell("charge.dispute.created", dispute)
    account.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def get_dispute(account: Account, params: Params, dispute: str) -> Object:
    return account.store.get("dispute", dispute)


def list_disputes(account: Account, params: Params) -> list[Object]:
    return account.store.all("dispute", charge=text(params, "charge"), payment_intent=text(params, "payment_intent"))


def update_dispute(account: Account, params: Params, dispute: str) -> Object:
    found = _open(account, dispute)
    evidence = {**found["evidence"], **params.get("evidence", {})}
    answered = account.store.save({**found, "evidence": evidence, "metadata": metadata(params, found["metadata"])})
    if not flag(params, "submit"):
        return answered
    return _decide(account, answered, won=evidence.get("uncategorized_text") == WINNING)


def close_dispute(account: Account, params: Params, dispute: str) -> Object:
    return _decide(account, _open(account, dispute), won=False)


def _decide(account: Account, dispute: Object, *, won: bool) -> Object:
    decided = {**dispute, "status": "won" if won else "lost"}
    if won:
        line = account.book("adjustment", dispute["amount"], dispute, fee=-DISPUTE_FEE)
        decided["balance_transactions"] = [*dispute["balance_transactions"], line]
    account.store.save(decided)
    account.tell("charge.dispute.closed", decided)
    if won:
        account.tell("charge.dispute.funds_reinstated", decided)
    return decided


def _open(account: Account, dispute: str) -> Object:
    found = account.store.get("dispute", dispute)
    if found["status"] != "needs_response":
        raise unexpected_state("dispute_unexpected_state", f"This dispute is already {found['status']}.")
    return found
