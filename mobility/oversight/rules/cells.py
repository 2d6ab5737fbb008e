"""Coarse time and place: a week, a quarter of the day, a commune, a class. They never change, so publications nest."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, get_args

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.geometry import outline
from mobility.geo import LonLat

PartOfDay = Literal["night", "morning", "afternoon", "evening"]
PARTS: tuple[PartOfDay, ...] = get_args(PartOfDay)
PART_HOURS = 24 // len(PARTS)
ELSEWHERE = "elsewhere"
WEEK = timedelta(days=7)


class Cell(NamedTuple):
    """`part` of the day when the ride began, on the city's clocks; `place` is the code of a commune."""

    part: PartOfDay
    place: str
    type_code: str


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def part_of(local: datetime) -> PartOfDay:
    return PARTS[local.hour // PART_HOURS]


class Communes:
    """Which commune a position lies in."""

    def __init__(self, city: CityFile) -> None:
        self._outlines: Mapping[str, BaseGeometry] = {each.code: outline(each.geometry) for each in city.communes}
        for each in self._outlines.values():
            shapely.prepare(each)

    def of(self, position: LonLat) -> str:
        point = shapely.Point(position.lon, position.lat)
        return next((code for code, each in self._outlines.items() if each.covers(point)), ELSEWHERE)
