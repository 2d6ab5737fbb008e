from litestar.types import ControllerRouterHandler

from mobility.partners.routes import desk, webhooks

ROUTES: list[ControllerRouterHandler] = [*desk.ROUTES, *webhooks.ROUTES]
