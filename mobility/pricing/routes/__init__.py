"""HTTP edge of pricing."""

from litestar.types import ControllerRouterHandler

from mobility.pricing.routes import codes, fares, passes, tariffs

ROUTES: list[ControllerRouterHandler] = [*tariffs.ROUTES, *passes.ROUTES, *codes.ROUTES, *fares.ROUTES]
