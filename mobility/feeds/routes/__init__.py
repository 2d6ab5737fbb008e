from litestar.types import ControllerRouterHandler

from mobility.feeds.routes import files, ground_preview, notices

ROUTES: list[ControllerRouterHandler] = [*files.ROUTES, *notices.ROUTES, *ground_preview.ROUTES]
