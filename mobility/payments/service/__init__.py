"""Use cases of payments: charge, collect, keep ready, refund, credit, cards, and what the gateway tells by itself."""

from mobility.payments.service.authorisations import (
    HoldDue,
    authorise,
    keep_authorisations,
    lease_hold,
    place_again,
    record_hold,
    release_authorisation,
)
from mobility.payments.service.cards import refuse_without_means, remember_customer, remove_card, save_card
from mobility.payments.service.charges import charge
from mobility.payments.service.collecting import Due, lease_due, pay_again, record_answer, retry_declined
from mobility.payments.service.credit import credit_of, grant_credit
from mobility.payments.service.inbox import lease_event, receive, record_seen
from mobility.payments.service.reconciling import Span, explain_difference, record_reconciliation, span_due
from mobility.payments.service.refunds import RefundDue, lease_refund, record_refund, refund
from mobility.payments.service.waiving import waive

__all__ = [
    "Due",
    "HoldDue",
    "RefundDue",
    "Span",
    "authorise",
    "charge",
    "credit_of",
    "explain_difference",
    "grant_credit",
    "keep_authorisations",
    "lease_due",
    "lease_event",
    "lease_hold",
    "lease_refund",
    "pay_again",
    "place_again",
    "receive",
    "record_answer",
    "record_hold",
    "record_reconciliation",
    "record_refund",
    "record_seen",
    "refund",
    "refuse_without_means",
    "release_authorisation",
    "remember_customer",
    "remove_card",
    "retry_declined",
    "save_card",
    "span_due",
    "waive",
]
