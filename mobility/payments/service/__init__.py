"""Use cases of payments: charge, collect, refund, cards, and what the gateway tells by itself."""

from mobility.payments.service.cards import refuse_without_means, remember_customer, remove_card, save_card
from mobility.payments.service.charges import Due, charge, lease_due, pay_again, record_answer, retry_declined
from mobility.payments.service.inbox import lease_event, receive, record_seen
from mobility.payments.service.refunds import RefundDue, lease_refund, record_refund, refund

__all__ = [
    "Due",
    "RefundDue",
    "charge",
    "lease_due",
    "lease_event",
    "lease_refund",
    "pay_again",
    "receive",
    "record_answer",
    "record_refund",
    "record_seen",
    "refund",
    "refuse_without_means",
    "remember_customer",
    "remove_card",
    "retry_declined",
    "save_card",
]
