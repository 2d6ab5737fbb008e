from litestar.types import ControllerRouterHandler

from mobility.booking.routes import find, history, ride, today

ROUTES: list[ControllerRouterHandler] = [*find.ROUTES, *ride.ROUTES, *history.ROUTES, *today.ROUTES]
