from litestar.types import ControllerRouterHandler

from mobility.booking.routes import find, history, looks, ride, today

ROUTES: list[ControllerRouterHandler] = [*find.ROUTES, *ride.ROUTES, *history.ROUTES, *today.ROUTES, *looks.ROUTES]
