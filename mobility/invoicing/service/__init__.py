"""Use cases of invoicing: issue, number, correct, state."""

from mobility.invoicing.service.corrections import Correction, correct, credit, credit_refund
from mobility.invoicing.service.issuing import issue
from mobility.invoicing.service.numbering import number_documents

__all__ = ["Correction", "correct", "credit", "credit_refund", "issue", "number_documents"]
