"""A city's ground: its zones and stations, which operators may draw anew without touching the rest of its file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mobility.city.rules.checks import check_sections
from mobility.city.rules.city_file import STATIONS_MAX, ZONES_MAX, CityFile, Station, Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.night import Night, QuietHours, Site
from mobility.city.rules.words import Record

Thing = Literal["zone", "station"]
NIGHT = "night."
# Where the file put its vehicles when they were new: they have moved since.
FIRST_PLACES = "fleet["


class Ground(Record, frozen=True, kw_only=True):
    """Zones in order of precedence, stations, and what is otherwise at a station than `night.chargers` says."""

    zones: Annotated[tuple[Zone, ...], Meta(max_length=ZONES_MAX)]
    stations: Annotated[tuple[Station, ...], Meta(max_length=STATIONS_MAX)]
    sites: Annotated[tuple[Site, ...], Meta(max_length=STATIONS_MAX)] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """`moved` is a zone that is otherwise as before and comes earlier or later among the others."""

    thing: Thing
    code: str
    what: Literal["added", "changed", "moved", "removed"]


def ground_of(city: CityFile) -> Ground:
    sites = city.night.sites if city.night else ()
    return Ground(zones=city.zones, stations=city.stations, sites=sites)


def with_ground(city: CityFile, ground: Ground) -> CityFile:
    """The city with other zones and stations. Quiet hours that were of a station which is no more go with it."""
    codes = {station.code for station in ground.stations}
    return msgspec.structs.replace(
        city, zones=ground.zones, stations=ground.stations, night=city.night and _night(city.night, ground, codes)
    )


def faults_of(city: CityFile, ground: Ground) -> list[Fault]:
    """What the ground would be refused for in the city's file; paths start at the ground where it is at fault."""
    document = with_ground(city, ground)
    found = check_sections({name: getattr(document, name) for name in CityFile.__struct_fields__})
    faults = [replace(fault, path=_path(fault.path)) for fault in found if not fault.path.startswith(FIRST_PLACES)]
    if city.night is None and ground.sites:
        faults.append(Fault("sites", "no_night", "the city's file says nothing of the night"))
    return sorted(faults, key=lambda fault: fault.path)


def changes(old: Ground, new: Ground) -> list[Change]:
    """What one ground does otherwise than another, zones first."""
    return [
        *_changes("zone", _by_code(old.zones), _by_code(new.zones)),
        *_moved(old.zones, new.zones),
        *_changes("station", _sited(old), _sited(new)),
    ]


def _night(night: Night, ground: Ground, codes: set[str]) -> Night:
    kept = (_still(quiet, codes) for quiet in night.quiet_hours)
    return msgspec.structs.replace(night, sites=ground.sites, quiet_hours=tuple(each for each in kept if each))


def _still(quiet: QuietHours, codes: set[str]) -> QuietHours | None:
    """Without a station named, quiet hours would be everywhere's."""
    left = tuple(code for code in quiet.stations if code in codes)
    return None if quiet.stations and not left else msgspec.structs.replace(quiet, stations=left)


def _path(path: str) -> str:
    return path.removeprefix(NIGHT) if path.startswith(f"{NIGHT}sites") else path


def _by_code(things: Sequence[Zone]) -> dict[str, object]:
    return {thing.code: thing for thing in things}


def _sited(ground: Ground) -> dict[str, object]:
    sites = {site.station: site for site in ground.sites}
    return {station.code: (station, sites.get(station.code)) for station in ground.stations}


def _changes(thing: Thing, old: dict[str, object], new: dict[str, object]) -> Iterator[Change]:
    for code, value in new.items():
        if code not in old:
            yield Change(thing, code, "added")
        elif old[code] != value:
            yield Change(thing, code, "changed")
    yield from (Change(thing, code, "removed") for code in old if code not in new)


def _moved(old: Sequence[Zone], new: Sequence[Zone]) -> Iterator[Change]:
    both = {zone.code for zone in old} & {zone.code for zone in new}
    before = [zone for zone in old if zone.code in both]
    after = [zone for zone in new if zone.code in both]
    for was, zone in zip(before, after, strict=True):
        if was.code != zone.code and zone in old:
            yield Change("zone", zone.code, "moved")
