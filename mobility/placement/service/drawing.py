"""A scenario that somebody drew: nothing to search for, only to say what it costs and whom it reaches."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid
from mobility.city.rules.city_file import Station
from mobility.geo.streets.times import Times
from mobility.geo.streets.travel import straight_m, travel_minutes
from mobility.placement.rules.document import Place, PlacedStation, ScenarioAnswer
from mobility.placement.rules.ground import WALK_MINUTES_MAX, Ground
from mobility.placement.rules.money import Build, build_cents, vehicles_of, yearly_cents
from mobility.placement.rules.reach import nearest_walk, scenario_answer
from mobility.placement.rules.sites import Site, at, code_of, drawn_sites, positions, stays
from mobility.placement.rules.study import Drawn, ScenarioWords, StudyRefused
from mobility.placement.service.aims import loss_of

Floats = NDArray[np.float64]
WALKS_KEPT = 4_000  # places somebody has drawn at: of 5,000 demand points 160 MB


class DrawnOutside(Invalid):
    code = "drawn_outside_area"
    fr = "« {name} » est à {metres} m de la zone de service."
    en = "{name} is {metres} m outside the service area."


class DrawnTooSmall(Invalid):
    code = "drawn_size_unknown"
    fr = "« {name} » ne peut pas avoir {bays} places : {sizes}."
    en = "{name} cannot have {bays} bays: {sizes}."


@dataclass(eq=False)
class Board:
    """A study's ground to draw on: the walks of the stations that stand, and of each place once it was asked for."""

    ground: Ground
    times: Times | None
    walks: dict[tuple[float, float], Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        standing = np.flatnonzero(self.ground.has_station).tolist()
        self.standing = [self.ground.sites[number] for number in standing]
        self.walk_min = self.ground.walk_min[standing]

    def evaluate(self, words: ScenarioWords) -> ScenarioAnswer:
        """The scenario as a study would answer it, its days apart.

        Raises
        ------
        StudyRefused, DrawnOutside, DrawnTooSmall
        """
        new = drawn_sites(words.draws or (), {site.code: site for site in self.standing})
        rows = [self._walk(site) for site in new]
        sites = (*self.standing, *new)
        ground = replace(self.ground, sites=sites, walk_min=np.stack([*self.walk_min, *rows]), apart_m=_apart(sites))
        return scenario_answer(ground, words, as_drawn(ground, words))

    def _walk(self, site: Site) -> Floats:
        key = site.position.lon, site.position.lat
        if key not in self.walks:
            if len(self.walks) >= WALKS_KEPT:
                self.walks.pop(next(iter(self.walks)))
            self.walks[key] = self._walked(site)
        return self.walks[key]

    def _walked(self, site: Site) -> Floats:
        speed = self.ground.city.file.quarter_hour.walking_speed_kmh
        to = self.ground.points.position
        found = travel_minutes(self.times, positions([site]), to, minutes_max=WALK_MINUTES_MAX, speed_kmh=speed)
        minutes: Floats = found.minutes[0]
        return minutes


def _apart(sites: Sequence[Site]) -> Floats:
    apart: Floats = straight_m(positions(sites), positions(sites))
    return apart


def as_drawn(ground: Ground, words: ScenarioWords) -> Place:
    """The place of a drawn scenario, whose new sites the ground has; raises as `Board.evaluate`."""
    _refuse(ground, words)
    stations = tuple(_stations(ground, words))
    number = {site.code: index for index, site in enumerate(ground.sites)}
    loss = loss_of(ground, nearest_walk(ground, [number[each.code] for each in stations]))
    invested = sum(build_cents(ground.study, each) for each in _builds(ground, words))
    return Place(
        stations=stations,
        closed=words.closes,
        invested_cents=invested,
        invested_by_year_cents=(invested,),
        yearly_cents=yearly_more(ground, stations),
        loss=loss,
        bound=loss,
        gap=0.0,
    )


def _refuse(ground: Ground, words: ScenarioWords) -> None:
    draws, today = words.draws or (), today_of(ground)
    named = [*words.closes, *(each.station for each in draws if each.station)]
    for code, times in Counter(named).items():
        if code not in today:
            raise StudyRefused(reason=f"there is no station {code}")
        if times > 1:
            raise StudyRefused(reason=f"the station {code} is drawn or closed twice")
    for code, times in Counter(map(code_of, draws)).items():
        if times > 1:
            raise StudyRefused(reason=f"two stations are drawn at one place, {code}")
    area = ground.city.service_area(ground.study.vehicle_type)
    for each, away in zip(draws, area.outside_m([at(each) for each in draws]), strict=True):
        if away > 0:
            raise DrawnOutside(name=each.name, metres=round(away))
        if each.bays not in (fit := _sizes(ground, each, today)):
            raise DrawnTooSmall(name=each.name, bays=each.bays, sizes=", ".join(map(str, fit)))


def _sizes(ground: Ground, drawn: Drawn, today: Mapping[str, Station]) -> list[int]:
    """In bays: those of the study, and for one of the city's stations its own; it never shrinks."""
    sizes, own = {each.bays for each in ground.study.aims.sizes}, today.get(drawn.station or "")
    return sorted(sizes if own is None else {own.bays} | {bays for bays in sizes if bays > own.bays})


def _stations(ground: Ground, words: ScenarioWords) -> Iterator[PlacedStation]:
    drawn = {each.station: each for each in words.draws or () if each.station}
    standing = {site.code: site for site in ground.sites if site.station}
    number = {site.code: index for index, site in enumerate(ground.sites)}
    for code, site in standing.items():
        if site.station is not None and code not in words.closes and code not in drawn:
            yield _station(ground, number[code], site.name, site.station.bays, code)
    for each in words.draws or ():
        here = each.station if each.station and stays(each, standing) else code_of(each)
        yield _station(ground, number[here], each.name, each.bays, each.station)


def _station(ground: Ground, number: int, name: str, bays: int, before: str | None) -> PlacedStation:
    """`before` is the city's station that it is, or was."""
    site, today = ground.sites[number], today_of(ground).get(before or "")
    nearest = int(ground.walk_min[number].argmin())
    brought = vehicles_of(ground.study, bays - (today.bays if today else 0))
    return PlacedStation(
        code=site.code,
        name=name,
        lon=site.position.lon,
        lat=site.position.lat,
        bays=bays,
        chargers=_chargers(ground, bays, today),
        vehicles=vehicles_today(ground, before or "") + brought,
        year=1,
        is_new=site.station is None,
        commune=ground.points.communes[int(ground.points.commune[nearest])],
    )


def _chargers(ground: Ground, bays: int, today: Station | None) -> int:
    own = 0 if today is None else today.chargers
    return max([own, *(each.chargers for each in ground.study.aims.sizes if each.bays == bays)])


def _builds(ground: Ground, words: ScenarioWords) -> Iterator[Build]:
    """What is built for each that is drawn: one that moves is built anew, and brings its vehicles along."""
    today, standing = today_of(ground), {site.code: site for site in ground.sites if site.station}
    for each in words.draws or ():
        before, grows = today.get(each.station or ""), stays(each, standing)
        bays, chargers = (0, 0) if before is None else (before.bays, before.chargers)
        vehicles, wanted = vehicles_of(ground.study, each.bays - bays), _chargers(ground, each.bays, before)
        yield Build(1 - grows, each.bays - grows * bays, wanted - grows * chargers, vehicles)


def today_of(ground: Ground) -> dict[str, Station]:
    return {site.code: site.station for site in ground.sites if site.station}


def yearly_more(ground: Ground, stations: Sequence[PlacedStation]) -> int:
    """What running these stations and vehicles costs each year beyond today's."""
    today = today_of(ground)
    more = Build(
        stations=len(stations) - len(today),
        bays=sum(each.bays for each in stations) - sum(each.bays for each in today.values()),
        chargers=sum(each.chargers for each in stations) - sum(each.chargers for each in today.values()),
        vehicles=sum(each.vehicles for each in stations) - sum(vehicles_today(ground, code) for code in today),
    )
    return yearly_cents(ground.study, more)


def vehicles_today(ground: Ground, code: str) -> int:
    of_class = (each for each in ground.city.file.fleet if each.vehicle_type == ground.study.vehicle_type)
    return sum(each.count for each in of_class if each.station == code)
