"""Use cases of invoicing: issue, number, correct, state."""

from mobility.invoicing.service.issuing import issue

__all__ = ["issue"]
