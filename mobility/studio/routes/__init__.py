from litestar.types import ControllerRouterHandler

from mobility.studio.routes import board, drawings, jobs, studies

ROUTES: list[ControllerRouterHandler] = [*board.ROUTES, *drawings.ROUTES, *jobs.ROUTES, *studies.ROUTES]
