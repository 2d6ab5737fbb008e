"""What a study stands on: the people of the service area, the sites, and the walks between them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.prepared import PreparedCity
from mobility.geo import LonLat
from mobility.geo.streets.times import Times
from mobility.geo.streets.travel import straight_m, travel_minutes
from mobility.people.points import DemandPoints
from mobility.placement.rules.sites import Site, positions
from mobility.placement.rules.study import Study, StudyRefused

Floats = NDArray[np.float64]

WALK_MINUTES_MAX = 60.0


@dataclass(frozen=True, eq=False)
class Ground:
    """Arrays of S sites and N demand points.

    Attributes
    ----------
    walk_min : (S, N) [minutes], infinite beyond an hour
    apart_m : (S, S) [m], in a straight line
    walks : "streets", "straight_line" or "mixed": what the walks were measured along
    detour_factor : of straight lines
    """

    study: Study
    city: PreparedCity
    points: DemandPoints
    sites: tuple[Site, ...]
    walk_min: Floats
    apart_m: Floats
    walks: str
    detour_factor: float

    @property
    def residents(self) -> int:
        return int(self.points.residents.sum())

    @property
    def has_station(self) -> NDArray[np.bool_]:
        return np.array([site.station is not None for site in self.sites])


def ground_of(
    study: Study, city: PreparedCity, points: DemandPoints, sites: Sequence[Site], times: Times | None
) -> Ground:
    """The ground of the people inside the service area of the study's class; raises `StudyRefused` without any.

    Sites that nobody asked for by name are left out where nobody can walk to them.
    """
    if study.vehicle_type not in city.vehicle_types:
        raise StudyRefused(reason=f"the city has no class {study.vehicle_type}")
    if city.vehicle_types[study.vehicle_type].return_constraint != "any_station":
        raise StudyRefused(reason=f"{study.vehicle_type} needs no stations")
    inside = within_area(city, study.vehicle_type, points)
    if not inside.residents.sum():
        raise StudyRefused(reason="nobody lives in the service area")
    at, speed = positions(sites), city.file.quarter_hour.walking_speed_kmh
    travel = travel_minutes(times, at, inside.position, minutes_max=WALK_MINUTES_MAX, speed_kmh=speed)
    reached = np.isfinite(travel.minutes.min(axis=1))
    kept = [number for number, site in enumerate(sites) if reached[number] or not site.found]
    walk, apart = travel.minutes[kept], straight_m(at[kept], at[kept])
    some_sites = tuple(sites[number] for number in kept)
    return Ground(study, city, inside, some_sites, walk, apart, travel.basis, travel.detour_factor)


def within_area(city: PreparedCity, vehicle_type: str, points: DemandPoints) -> DemandPoints:
    away = city.service_area(vehicle_type).outside_m([LonLat(*at) for at in points.position.tolist()])
    return some(points, np.array(away) == 0)


def some(points: DemandPoints, which: Any) -> DemandPoints:
    """Those of a mask; communes without any are forgotten."""
    left = np.unique(points.commune[which])
    columns = ("position", "residents", "licensed_share", "carless_share", "age_share", "spread")
    return replace(
        points,
        ids=tuple(np.array(points.ids)[which].tolist()),
        commune=np.searchsorted(left, points.commune[which]),
        communes=tuple(points.communes[number] for number in left.tolist()),
        **{name: getattr(points, name)[which] for name in columns},
    )
