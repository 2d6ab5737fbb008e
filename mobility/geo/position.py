from math import asin, cos, radians, sin, sqrt
from typing import Annotated

import msgspec

from mobility.base.errors import Invalid

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the WGS 84 ellipsoid (IUGG)


class PositionOutOfRange(Invalid):
    code = "position_out_of_range"
    fr = "La longitude va de -180 à 180 et la latitude de -90 à 90."
    en = "Longitude runs from -180 to 180 and latitude from -90 to 90."


class LonLat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A position on the ground, WGS 84 decimal degrees, longitude first.

    Raises
    ------
    PositionOutOfRange
        A coordinate is outside its range, infinite or not a number.
    """

    lon: Annotated[float, msgspec.Meta(description="Degrees east, -180 to 180", examples=[2.64])]
    lat: Annotated[float, msgspec.Meta(description="Degrees north, -90 to 90", examples=[50.53049])]

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):  # false for NaN too
            raise PositionOutOfRange


def distance_m(a: LonLat, b: LonLat) -> float:
    """Great-circle distance in metres (haversine); within 0.5 % of the ellipsoid's."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    chord = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))
