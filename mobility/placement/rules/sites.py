"""Where stations stand or might: those of the city, then places, a lattice and a file's, inside the service area."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.city_file import Station
from mobility.city.rules.prepared import PreparedCity
from mobility.geo import LonLat, distance_m
from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.lattice import cell_centres
from mobility.geo.streets.travel import straight_m
from mobility.people.points import DemandPoints, People, Places
from mobility.placement.rules.study import Candidates, Drawn, StudyRefused

Floats = NDArray[np.float64]

ELSEWHERE = "elsewhere"
SAME_M = 60  # two descriptions of one place: a railway station and the square in front of it
SITES_MAX = 3_000
STAYS_M, DRAWN_DEGREES = 1.0, 5  # decimals: a metre
KIND = {"rail": "rail_station", "car_park": "carpool_car_park", "market": "square", "job_site": "street"}
"""A place's kind as stations say it, where they say it otherwise; demand knows the stations' words."""


@dataclass(frozen=True, slots=True)
class Site:
    """`station` is the city's, None where nothing stands yet; `bays_max` is None without a limit.

    A `found` site is one of many that nobody asked for by name; a `drawn` one is of one scenario alone.
    """

    code: str
    name: str
    kind: str
    position: LonLat
    station: Station | None = None
    bays_max: int | None = None
    found: bool = False
    drawn: bool = False


def drawn_sites(draws: Iterable[Drawn], stations: Mapping[str, Site]) -> list[Site]:
    """The places of what is drawn, each once; none for a station that only grows where it stands."""
    new = (each for each in draws if not stays(each, stations))
    return list(
        {
            code: Site(code, each.name, ELSEWHERE, at(each), drawn=True) for each in new for code in (code_of(each),)
        }.values()
    )


def stays(drawn: Drawn, stations: Mapping[str, Site]) -> bool:
    """Whether it is a station of the city that stands where it stood."""
    station = stations.get(drawn.station or "")
    return station is not None and distance_m(station.position, at(drawn)) < STAYS_M


def at(drawn: Drawn) -> LonLat:
    return LonLat(round(drawn.lon, DRAWN_DEGREES), round(drawn.lat, DRAWN_DEGREES))


def code_of(drawn: Drawn) -> str:
    """By its place: what two scenarios draw there is one site."""
    place = at(drawn)
    return f"drawn-{place.lon:.{DRAWN_DEGREES}f}-{place.lat:.{DRAWN_DEGREES}f}"


def sites_of(
    city: PreparedCity,
    vehicle_type: str,
    wanted: Candidates,
    *,
    people: People,
    rows: Sequence[Mapping[str, str]],
    draws: Iterable[Drawn] = (),
    language: str,
) -> tuple[Site, ...]:
    """The stations of a class, then candidates that are no station and no other candidate already, then what is drawn.

    Raises
    ------
    StudyRefused
        A row of the candidates' file is unusable or outside the service area, or nothing may be built anywhere.
    """
    stations = [
        Site(each.code, _named(each.name, language), each.kind, each.position, each)
        for each in city.file.stations
        if vehicle_type in each.vehicle_types
    ]
    area = city.service_area(vehicle_type)
    given = [_given(row) for row in rows]
    for site, away in zip(given, area.outside_m([site.position for site in given]), strict=True):
        if away > 0:
            raise StudyRefused(reason=f"the candidate {site.code} lies {away:.0f} m outside the service area")
    found = [*_of_places(people.places, wanted.places), *_of_lattice(city, wanted.grid_m, people.points)]
    inside = [s for s, away in zip(found, area.outside_m([s.position for s in found]), strict=True) if away == 0]
    sites = _apart([*stations, *given, *inside])
    if len(sites) == len(stations) or len(sites) > SITES_MAX:
        raise StudyRefused(reason=f"there are {len(sites) - len(stations)} candidates, not 1 to {SITES_MAX}")
    if len({site.code for site in sites}) < len(sites):
        raise StudyRefused(reason="two candidates have the same code")
    return (*sites, *drawn_sites(draws, {each.code: each for each in stations}))


def _named(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()))


def _given(row: Mapping[str, str]) -> Site:
    try:
        at = LonLat(float(row["lon"]), float(row["lat"]))
        limit = int(row["bays_max"]) if row.get("bays_max") else None
        return Site(row["code"], row["name"], row.get("kind") or ELSEWHERE, at, None, limit)
    except (KeyError, ValueError) as error:
        raise StudyRefused(reason=f"a candidate cannot be read ({error}): {dict(row)}") from None


def _of_places(places: Places, kinds: Sequence[str]) -> Iterator[Site]:
    for number, code in enumerate(places.ids):
        kind = places.kinds[int(places.kind[number])]
        if kind in kinds:
            at = LonLat(*places.position[number].tolist())
            yield Site(f"lieu-{code}", places.names[number], KIND.get(kind, kind), at, found=True)


def _of_lattice(city: PreparedCity, step_m: int | None, people: DemandPoints) -> Iterator[Site]:
    """Named for the commune of the nearest people, numbered from south to north."""
    if step_m is None:
        return
    box, step = city.bounds, step_m / METRES_PER_DEGREE / 2
    lons, lats = np.meshgrid(np.arange(box.west, box.east + step, step), np.arange(box.south, box.north + step, step))
    centres = np.unique(np.round(cell_centres(lons.ravel(), lats.ravel(), size_m=step_m), 5), axis=0)
    centres = centres[np.lexsort((centres[:, 0], centres[:, 1]))]
    nearest = straight_m(centres, people.position).argmin(axis=1)
    count: Counter[str] = Counter()
    for (lon, lat), point in zip(centres.tolist(), nearest.tolist(), strict=True):
        commune = people.communes[int(people.commune[point])]
        count[commune] += 1
        yield Site(f"point-{lon:.4f}-{lat:.4f}", f"{commune} {count[commune]}", ELSEWHERE, LonLat(lon, lat), found=True)


def _apart(sites: Sequence[Site]) -> list[Site]:
    """Stations first: whatever comes later at nearly the same place is left out."""
    kept: list[Site] = []
    for site in sites:
        if site.station or all(distance_m(site.position, other.position) > SAME_M for other in kept):
            kept.append(site)
    return kept


def positions(sites: Sequence[Site]) -> Any:
    """(sites, 2) [degrees], longitude first."""
    return np.array([(site.position.lon, site.position.lat) for site in sites])
