from litestar.types import ControllerRouterHandler

from mobility.fleet.routes import alerts, commands, crew, damage_reports, live, upkeep, vehicles

ROUTES: list[ControllerRouterHandler] = [
    *vehicles.ROUTES,
    *commands.ROUTES,
    *live.ROUTES,
    *alerts.ROUTES,
    *crew.ROUTES,
    *damage_reports.ROUTES,
    *upkeep.ROUTES,
]
