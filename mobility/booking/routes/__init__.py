from litestar.types import ControllerRouterHandler

from mobility.booking.routes import (
    availability,
    bookings,
    damage,
    desk_bookings,
    family,
    find,
    ground_effect,
    history,
    holds,
    looks,
    own,
    parking_photos,
    propagation,
    ride,
    tariff_previews,
    today,
)

ROUTES: list[ControllerRouterHandler] = [
    *find.ROUTES,
    *own.ROUTES,
    *holds.ROUTES,
    *ride.ROUTES,
    *history.ROUTES,
    *today.ROUTES,
    *looks.ROUTES,
    *damage.ROUTES,
    *parking_photos.ROUTES,
    *availability.ROUTES,
    *bookings.ROUTES,
    *desk_bookings.ROUTES,
    *propagation.ROUTES,
    *family.ROUTES,
    *tariff_previews.ROUTES,
    *ground_effect.ROUTES,
]
