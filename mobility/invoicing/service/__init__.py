"""Use cases of invoicing: issue, number, correct, state."""

from mobility.invoicing.service.issuing import issue
from mobility.invoicing.service.numbering import number_documents

__all__ = ["issue", "number_documents"]
