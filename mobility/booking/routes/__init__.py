from litestar.types import ControllerRouterHandler

from mobility.booking.routes import damage, find, history, looks, ride, today

ROUTES: list[ControllerRouterHandler] = [
    *find.ROUTES,
    *ride.ROUTES,
    *history.ROUTES,
    *today.ROUTES,
    *looks.ROUTES,
    *damage.ROUTES,
]
