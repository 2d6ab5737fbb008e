from litestar.types import ControllerRouterHandler

from mobility.office.routes import days, journal, roles

ROUTES: list[ControllerRouterHandler] = [*days.ROUTES, *roles.ROUTES, *journal.ROUTES]
