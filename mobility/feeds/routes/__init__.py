from litestar.types import ControllerRouterHandler

from mobility.feeds.routes import files, notices

ROUTES: list[ControllerRouterHandler] = [*files.ROUTES, *notices.ROUTES]
