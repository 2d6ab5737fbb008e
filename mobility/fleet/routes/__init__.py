from litestar.types import ControllerRouterHandler

from mobility.fleet.routes import alerts, commands, crew, live, vehicles

ROUTES: list[ControllerRouterHandler] = [*vehicles.ROUTES, *commands.ROUTES, *live.ROUTES, *alerts.ROUTES, *crew.ROUTES]
