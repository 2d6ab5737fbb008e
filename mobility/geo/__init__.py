"""Positions, distances, walks and zones on the ground: pure, no input or output."""

from mobility.geo.bounds import Bounds, PositionSwapped
from mobility.geo.position import LonLat, PositionOutOfRange, distance_m
from mobility.geo.walking import reach_m, walk_minutes
from mobility.geo.zones import ZoneIndex

__all__ = [
    "Bounds",
    "LonLat",
    "PositionOutOfRange",
    "PositionSwapped",
    "ZoneIndex",
    "distance_m",
    "reach_m",
    "walk_minutes",
]
