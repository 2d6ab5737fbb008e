"""How fast one gets along a street: seconds per metre each way, by its tags.

What a tag does not say is taken from the kind of street. Speeds of driving are what a car keeps up between crossings,
not what a sign allows.

References
----------
.. [1] https://wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions (France)
.. [2] Cerema, Guide de la marche (2019): 4 to 5 km/h on the flat, 3 km/h with a pram or in old age; stairs at half.
"""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Protocol

from mobility.geo.streets.extract import Tags
from mobility.geo.walking import METRES_PER_MINUTE, WALKING_SPEED_KMH

CLOSED = frozenset({"no", "private", "customers", "delivery", "agricultural", "forestry", "military"})
NOT_YET = frozenset({"construction", "proposed", "planned", "razed", "abandoned", "raceway", "platform", "corridor"})
BLOCKING = frozenset({"wall", "fence", "block", "debris", "hedge"})
REVERSE, ONWARD = frozenset({"-1", "reverse"}), frozenset({"yes", "true", "1"})


class Pace(NamedTuple):
    """Seconds per metre along a way and against it (infinite: not allowed), and whether it meets crossings as a walk
    across does: a road runs through its own crossings without waiting."""

    along: float
    against: float
    crosses: bool = False


class Profile(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def speed_kmh(self) -> float:
        """On foot: how one gets from a door to the street."""

    def pace(self, tags: Tags) -> Pace | None:
        """None where nobody goes that way."""

    def delay_s(self, tags: Tags) -> float:
        """What a node costs who passes it; infinite where nobody gets through."""


def per_metre(speed_kmh: float) -> float:
    return 60 / (speed_kmh * METRES_PER_MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """On foot. `rough` and `stairs` multiply the time on unpaved ground and on steps; waits are in seconds."""

    name: str = "walk"
    speed_kmh: float = WALKING_SPEED_KMH
    rough: float = 1.2
    stairs: float = 2.0
    signals_wait_s: float = 20.0
    crossing_wait_s: float = 5.0

    def pace(self, tags: Tags) -> Pace | None:
        if not walkable(tags):
            return None
        kind = tags["highway"]
        slower = self.stairs if kind == "steps" else self.rough if tags.get("surface") in ROUGH else 1.0
        each = per_metre(self.speed_kmh) * slower
        against = inf if tags.get("oneway:foot") == "yes" else each
        return Pace(each, against, crosses=kind in FOOTWAYS)

    def delay_s(self, tags: Tags) -> float:
        if tags.get("barrier") in BLOCKING and tags.get("foot") not in OPEN:
            return inf
        if tags.get("highway") == "traffic_signals" or tags.get("crossing") == "traffic_signals":
            return self.signals_wait_s
        return self.crossing_wait_s if tags.get("highway") == "crossing" else 0.0


WALK = Walker()
SLOW_WALK = Walker(name="slow_walk", speed_kmh=3.0, rough=1.4, stairs=3.0, crossing_wait_s=8.0)
"""With a pram, a stick, small children [2]."""

FOOTWAYS = frozenset({"footway", "path", "pedestrian", "steps", "cycleway", "track", "bridleway"})
ROUGH = frozenset({"unpaved", "gravel", "ground", "dirt", "earth", "grass", "mud", "sand", "pebblestone", "rock"})
OPEN = frozenset({"yes", "designated", "permissive", "destination"})
ROADS_WITHOUT_WALKERS = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})


def walkable(tags: Tags) -> bool:
    kind, foot = tags["highway"], tags.get("foot")
    if foot in OPEN:
        return kind not in NOT_YET
    if foot in CLOSED or tags.get("access") in CLOSED or kind in NOT_YET or tags.get("area") == "yes":
        return False
    if kind in ROADS_WITHOUT_WALKERS:
        return tags.get("sidewalk") in ("both", "left", "right", "yes")
    return not (kind == "bridleway" or tags.get("motorroad") == "yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """By car or van. `share` of the limit is what traffic leaves of it."""

    name: str = "drive"
    speed_kmh: float = WALKING_SPEED_KMH
    share: float = 0.75
    signals_wait_s: float = 12.0

    def pace(self, tags: Tags) -> Pace | None:
        kind = tags["highway"]
        if kind not in LIMITS_KMH or refuses_cars(tags):
            return None
        each = per_metre(max(5.0, self.share * limit_kmh(tags)))
        oneway = tags.get("oneway", "yes" if is_oneway_by_kind(tags) else "no")
        return Pace(inf if oneway in REVERSE else each, inf if oneway in ONWARD else each, crosses=True)

    def delay_s(self, tags: Tags) -> float:
        blocked = tags.get("barrier") in BLOCKING | {"bollard", "gate", "lift_gate", "cycle_barrier"}
        if blocked and tags.get("motor_vehicle") not in OPEN:
            return inf
        return self.signals_wait_s if tags.get("highway") == "traffic_signals" else 0.0


DRIVE = Driver()

LIMITS_KMH = {
    "motorway": 130.0,
    "motorway_link": 70.0,
    "trunk": 110.0,
    "trunk_link": 70.0,
    "primary": 80.0,
    "primary_link": 50.0,
    "secondary": 80.0,
    "secondary_link": 50.0,
    "tertiary": 50.0,
    "tertiary_link": 50.0,
    "unclassified": 50.0,
    "residential": 50.0,
    "living_street": 20.0,
    "service": 20.0,
    "road": 50.0,
}
"""Where no sign is mapped: the French general limits (Code de la route, R413-2, R413-3) by kind of road."""

ZONES_KMH = {"FR:urban": 50.0, "FR:rural": 80.0, "FR:zone30": 30.0, "FR:living_street": 20.0, "FR:motorway": 130.0}
MILE_KM = 1.609344


def refuses_cars(tags: Tags) -> bool:
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return tags[key] in CLOSED
    return tags.get("area") == "yes"


def limit_kmh(tags: Tags) -> float:
    """The signed limit where it can be read, else that of its zone, else that of the kind of road."""
    signed = tags.get("maxspeed", "")
    number, _, unit = signed.partition(" ")
    if number.isdecimal():
        return float(number) * (MILE_KM if unit == "mph" else 1.0)
    zone = ZONES_KMH.get(signed) or ZONES_KMH.get(tags.get("source:maxspeed", "")) or ZONES_KMH.get(zone_of(tags))
    return zone or LIMITS_KMH[tags["highway"]]


def zone_of(tags: Tags) -> str:
    return tags.get("maxspeed:type", tags.get("zone:maxspeed", ""))


def is_oneway_by_kind(tags: Tags) -> bool:
    return tags["highway"] == "motorway" or tags.get("junction") in ("roundabout", "circular")


PROFILES: dict[str, Profile] = {each.name: each for each in (WALK, SLOW_WALK, DRIVE)}
