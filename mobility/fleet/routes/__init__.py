from litestar.types import ControllerRouterHandler

from mobility.fleet.routes import live, vehicles

ROUTES: list[ControllerRouterHandler] = [*vehicles.ROUTES, *live.ROUTES]
