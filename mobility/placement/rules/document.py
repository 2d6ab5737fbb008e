"""What a study answers: the JSON document that pages, reports and comparisons read. docs/studies.md has its schema."""

from datetime import date
from typing import Any

from msgspec import Struct, field

from mobility.placement.rules.study import Names

FORMAT = 1
"""Of the document; part of a study's id, so that a change of what is calculated is another study."""


class PlacedStation(Struct, frozen=True, kw_only=True):
    """A station of a scenario, from a year on (1 is the first); `is_new` where the city has none today."""

    code: str
    name: str
    lon: float
    lat: float
    bays: int
    chargers: int
    vehicles: int
    year: int
    is_new: bool
    commune: str


class Place(Struct, frozen=True, kw_only=True):
    """How a scenario was placed: costs in cents of the programme's end; loss and bound in weighted residents."""

    stations: tuple[PlacedStation, ...]
    closed: tuple[str, ...]
    invested_cents: int
    invested_by_year_cents: tuple[int, ...]
    yearly_cents: int
    loss: float
    bound: float
    gap: float


class CommuneReach(Struct, frozen=True, kw_only=True):
    name: str
    residents: int
    within: int


class GroupReach(Struct, frozen=True, kw_only=True):
    """Of the residents of whom it is known whether they belong to the group."""

    group: str
    people: float
    within: float


class Reach(Struct, frozen=True, kw_only=True):
    """Residents within the walk; `mean_walk_min` is of those, `near` says it of each of the answer's points."""

    residents: int
    within: int
    mean_walk_min: float
    communes: tuple[CommuneReach, ...]
    groups: tuple[GroupReach, ...]
    by_year: tuple[int, ...]
    near: list[bool]

    @property
    def share(self) -> float:
        return self.within / self.residents if self.residents else 0.0


class Interval(Struct, frozen=True, kw_only=True):
    """A mean and how far its 95 % interval reaches to both sides; None of a single replication."""

    mean: float
    half_width: float | None


class Played(Struct, frozen=True, kw_only=True):
    """What a day of the scenario is like, and how it differs from today with the same riders (paired)."""

    figures: dict[str, Interval]
    differences: dict[str, Interval]


class ScenarioAnswer(Struct, frozen=True, kw_only=True):
    code: str
    name: Names
    is_front: bool
    place: Place
    reach: Reach
    played: Played | None = None


class ReplayPlace(Struct, frozen=True, kw_only=True):
    name: str
    lon: float
    lat: float


class ReplayRide(Struct, frozen=True, kw_only=True):
    """Seconds of the day; `until_s` is null of one that is under way at its end."""

    vehicle: int
    from_place: int
    to_place: int
    from_s: int
    until_s: int | None


class ReplayLoss(Struct, frozen=True, kw_only=True):
    """Somebody who asked and did not ride, though a better placed or charged fleet would have served them."""

    at_s: int
    place: int
    why: str


class Replay(Struct, frozen=True, kw_only=True):
    """A simulated day of the studied class, instant by instant.

    `stands` and `charge_percent` are by instant and vehicle: the place, -1 on a ride. Instants are `step_s` apart, the
    first is midnight. What crews do at night is there at five in the morning, all at once.
    """

    code: str
    seed: int
    day: date
    step_s: int
    charge_percent_min: int
    places: tuple[ReplayPlace, ...]
    stands: list[list[int]]
    charge_percent: list[list[int]]
    rides: tuple[ReplayRide, ...]
    losses: tuple[ReplayLoss, ...]


class SourceLine(Struct, frozen=True, kw_only=True):
    name: str
    licence: str
    as_of: date
    url: str = ""


class Walking(Struct, frozen=True, kw_only=True):
    minutes: float
    speed_kmh: float
    basis: str
    detour_factor: float
    spread_share: float


class Points(Struct, frozen=True, kw_only=True):
    """Where people live, column by column."""

    lon: list[float]
    lat: list[float]
    residents: list[int]


class SiteLine(Struct, frozen=True, kw_only=True):
    code: str
    name: str
    kind: str
    lon: float
    lat: float
    stands: bool


class Answer(Struct, frozen=True, kw_only=True):
    """The whole answer; `recommended` is the code of the scenario that the report speaks for."""

    format: int
    study_id: str
    code: str
    version: str
    question: Names
    language: str
    city_id: str
    city_name: Names
    currency: str
    vehicle_type: Names
    walking: Walking
    scenarios: tuple[ScenarioAnswer, ...]
    recommended: str
    sites: tuple[SiteLine, ...]
    points: Points
    study: dict[str, Any]
    factors: dict[str, Any]
    sources: tuple[SourceLine, ...] = field(default_factory=tuple)

    def scenario(self, code: str) -> ScenarioAnswer:
        return next(each for each in self.scenarios if each.code == code)
