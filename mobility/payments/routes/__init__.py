"""HTTP edge of payments."""

from litestar.types import ControllerRouterHandler

from mobility.payments.routes import cards, ledger, payments, reconciliation, refunds, wallet, webhooks

ROUTES: list[ControllerRouterHandler] = [
    *payments.ROUTES,
    *cards.ROUTES,
    *wallet.ROUTES,
    *refunds.ROUTES,
    *ledger.ROUTES,
    *reconciliation.ROUTES,
    *webhooks.ROUTES,
]
