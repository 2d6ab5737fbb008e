from litestar.types import ControllerRouterHandler

from mobility.helpdesk.routes import acts, stories

ROUTES: list[ControllerRouterHandler] = [*stories.ROUTES, *acts.ROUTES]
