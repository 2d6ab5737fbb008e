"""HTTP edge of cities."""

from litestar.types import ControllerRouterHandler

from mobility.city.routes import cities, ground

ROUTES: list[ControllerRouterHandler] = [*cities.ROUTES, *ground.ROUTES]
