"""Which rule holds where: the zones of a place, in the order of the city file, answer question by question.

Questions and precedence are those of GBFS 3.0 `geofencing_zones`: zones that overlap apply together, and where two
answer the same question the earlier one wins; `FLOOR`, the standard's `global_rules`, answers what none does.
https://github.com/MobilityData/gbfs/blob/v3.0/gbfs.md#geofencing_zonesjson
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal, get_args

from mobility.city.rules.city_file import VehicleType, Zone, ZoneKind
from mobility.city.rules.hours import is_within, lines_of

Question = Literal[
    "ride_start_allowed", "ride_end_allowed", "ride_through_allowed", "maximum_speed_kph", "station_parking"
]
QUESTIONS: Final[tuple[Question, ...]] = get_args(Question)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a class of vehicles may do at a place; `maximum_speed_kph` is None where only the class limits it.

    With `station_parking` a ride ends in a bay of a station, and nowhere else.
    """

    ride_start_allowed: bool = True
    ride_end_allowed: bool = False
    ride_through_allowed: bool = True
    maximum_speed_kph: int | None = None
    station_parking: bool = False


FLOOR: Final = Rule()

SAYS: Final[Mapping[ZoneKind, Mapping[Question, bool]]] = {
    "service": {"ride_start_allowed": True, "ride_end_allowed": True, "ride_through_allowed": True},
    "no_ride": {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": False},
    "slow": {},  # its own `max_speed_kmh`
    "no_parking": {"ride_end_allowed": False},
    "no_start": {"ride_start_allowed": False},
    "bays": {"ride_end_allowed": True, "station_parking": False},
    "bays_only": {"station_parking": True},
}
ABOUT_PARKING: Final = frozenset({"no_parking", "bays", "bays_only"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule in force at a place for a class, and why.

    Attributes
    ----------
    zones
        Those that hold the place, bind the class and are in force, in the file's order.
    deciders
        The zone that answered each question; what the floor answered is not in it.
    """

    rule: Rule
    zones: tuple[Zone, ...]
    deciders: Mapping[Question, Zone]

    @property
    def decided(self) -> dict[Question, Zone | None]:
        """Which zone answered each question; None for the floor."""
        return {question: self.deciders.get(question) for question in QUESTIONS}

    @property
    def is_served(self) -> bool:
        """Whether the place lies in the service area of the class."""
        return any(zone.kind == "service" for zone in self.zones)


def decide(zones: Sequence[Zone], vehicle_type: VehicleType) -> Ruling:
    """The rule for a class where `zones`, in the file's order, hold the place and are in force."""
    binding = tuple(zone for zone in zones if zone.binds(vehicle_type.code))
    answers: dict[Question, bool | int] = {}
    deciders: dict[Question, Zone] = {}
    for zone in binding:
        for question, answer in says(zone, vehicle_type).items():
            if question not in answers:
                answers[question], deciders[question] = answer, zone
    floor = replace(FLOOR, station_parking=vehicle_type.return_constraint == "any_station")
    return Ruling(replace(floor, **answers), binding, deciders)  # type: ignore[arg-type]  # the speed is the one number


def says(zone: Zone, vehicle_type: VehicleType) -> Mapping[Question, bool | int]:
    """What a zone answers for a class: one that ends at stations stands in their bays, whatever the ground around."""
    is_beside_the_point = zone.kind in ABOUT_PARKING and vehicle_type.return_constraint == "any_station"
    return {} if is_beside_the_point else answers(zone)


def answers(zone: Zone) -> Mapping[Question, bool | int]:
    """The questions that a zone answers, and how."""
    return SAYS[zone.kind] if zone.max_speed_kmh is None else {"maximum_speed_kph": zone.max_speed_kmh}


def is_in_force(zone: Zone, local: datetime, holidays: Collection[date]) -> bool:
    """Whether a zone holds at `local`, an instant in the city's own time zone."""
    if not zone.hours:
        return True
    lines = lines_of(zone.hours, local.date(), holidays)
    return any(is_within(line.begins, line.ends, local) for line in lines)


def in_force(zones: Iterable[Zone], local: datetime, holidays: Collection[date]) -> tuple[int, ...]:
    """The places in the file's order of the zones that hold at `local`."""
    return tuple(at for at, zone in enumerate(zones) if is_in_force(zone, local, holidays))
