from litestar.types import ControllerRouterHandler

from mobility.fleet.routes import alerts, commands, crew, damage_reports, live, tasks, upkeep, vehicles

ROUTES: list[ControllerRouterHandler] = [
    *vehicles.ROUTES,
    *commands.ROUTES,
    *live.ROUTES,
    *alerts.ROUTES,
    *crew.ROUTES,
    *tasks.ROUTES,
    *damage_reports.ROUTES,
    *upkeep.ROUTES,
]
