"""Use cases of invoicing: issue, number, set on paper, correct, state."""

from mobility.invoicing.service.corrections import Correction, correct, credit, credit_refund
from mobility.invoicing.service.issuing import issue
from mobility.invoicing.service.numbering import number_documents
from mobility.invoicing.service.papers import PDF, file_name, hand_over, number_of, paper
from mobility.invoicing.service.statements import choose_statements, send_statements

__all__ = [
    "PDF",
    "Correction",
    "choose_statements",
    "correct",
    "credit",
    "credit_refund",
    "file_name",
    "hand_over",
    "issue",
    "number_documents",
    "number_of",
    "paper",
    "send_statements",
]
