"""HTTP edge of payments."""

from litestar.types import ControllerRouterHandler

from mobility.payments.routes import cards, ledger, payments, refunds, wallet, webhooks

ROUTES: list[ControllerRouterHandler] = [
    *payments.ROUTES,
    *cards.ROUTES,
    *wallet.ROUTES,
    *refunds.ROUTES,
    *ledger.ROUTES,
    *webhooks.ROUTES,
]
