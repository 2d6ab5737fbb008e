from litestar.types import ControllerRouterHandler

from mobility.fleet.routes import commands, live, vehicles

ROUTES: list[ControllerRouterHandler] = [*vehicles.ROUTES, *commands.ROUTES, *live.ROUTES]
