"""A night's plan as people see it: vehicles by plate, places by name, times by the clock, money in cents."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID, uuid5

from msgspec import Meta, Struct

from mobility.geo import LonLat
from mobility.geo.streets.travel import Mixed

TaskKind = Literal["swap", "load", "unload", "plug", "drive", "break"]
Names = dict[str, str]


class Stop(Struct, frozen=True, kw_only=True):
    """A place where crews work: a station, a depot, or a part of the free-floating area."""

    code: Annotated[str, Meta(description="Code of the station or depot, or of the cell", examples=["wharf"])]
    name: Annotated[Names, Meta(description="Per language; a cell is named by what it is near")]
    position: LonLat


class Handled(Struct, frozen=True):
    """A vehicle that a task names."""

    id: UUID
    plate: Annotated[str, Meta(examples=["AT-017"])]
    charge_percent: Annotated[int, Meta(description="When the plan was made")]


class PlannedTask(Struct, frozen=True, kw_only=True):
    """One piece of work; the same work has the same id in every version of the night's plan."""

    id: UUID
    kind: TaskKind
    place: Stop
    to_place: Annotated[Stop | None, Meta(description="Where a car is driven")]
    vehicles: list[Handled]
    starts_at: datetime
    ends_at: datetime
    load: Annotated[int, Meta(description="Mopeds on the van afterwards")]
    batteries: Annotated[int, Meta(description="Charged batteries on the van afterwards")]
    locked: bool
    reason: Annotated[Names, Meta(description="Why, per language", examples=[{"en": "1.8 trips more"}])]
    worth_cents: Annotated[int | None, Meta(description="What the night would lose without it")]


class CrewTour(Struct, frozen=True, kw_only=True):
    """What one crew does, in order; a crew without tasks stays at home."""

    crew: Annotated[str, Meta(description="Code of the crew", examples=["early"])]
    name: Names
    van: Annotated[str | None, Meta(description="Code of its van; null: by bicycle")]
    depot: Stop
    shift_begins_at: datetime
    shift_ends_at: datetime
    leaves_at: datetime | None
    returns_at: datetime | None
    travel_min: int
    service_min: int
    tasks: list[PlannedTask]


class CarCharge(Struct, frozen=True):
    """What a car draws in each quarter-hour from `Charging.begins_at` on, in watts at the wall."""

    vehicle: Handled
    watts: list[int]


class SiteCharging(Struct, frozen=True, kw_only=True):
    """A station's charging: `cap_w` is what all of it may draw, `cars` what each does."""

    place: Stop
    cap_w: list[int]
    cars: list[CarCharge]


class Charging(Struct, frozen=True, kw_only=True):
    begins_at: Annotated[datetime, Meta(description="Beginning of the first quarter-hour")]
    cents_per_kwh: list[float]
    sites: list[SiteCharging]


class NotDone(Struct, frozen=True, kw_only=True):
    """What was asked for and cannot be had, or work (`work`) that is left, and why."""

    what: Literal["booking", "lock", "crew", "charge", "work"]
    name: str
    code: Annotated[str, Meta(examples=["too_late"])]
    reason: Names


class CostParts(Struct, frozen=True, kw_only=True):
    """Cents; `charge_worth` is taken off."""

    moped_loss: int
    car_loss: int
    crew: int
    energy: int
    charge_worth: int


class Totals(Struct, frozen=True, kw_only=True):
    """The plan against no plan, in cents: what the morning loses and the night costs."""

    cost_cents: int
    nothing_cents: Annotated[int | None, Meta(description="The same if all stay at home")]
    bound_cents: Annotated[int | None, Meta(description="No plan costs less")]
    parts: CostParts


class Change(Struct, frozen=True, kw_only=True):
    """What became of a task since the version before."""

    task_id: UUID
    change: Literal["added", "removed", "moved", "retimed"]
    kind: TaskKind
    place: Names
    crew: str
    crew_before: str | None


class Roads(Struct, frozen=True):
    """What the times between places follow."""

    basis: Annotated[
        Mixed, Meta(description="`streets`, a `straight_line` times the detour, or `mixed`: some of either")
    ] = "straight_line"
    detour_factor: Annotated[float, Meta(description="What straight lines were multiplied by", examples=[1.3])] = 1.3


class PlanDocument(Struct, frozen=True, kw_only=True):
    tours: list[CrewTour]
    charging: Charging
    not_done: list[NotDone]
    totals: Totals
    changes: list[Change]
    violations: Annotated[list[str], Meta(description="By the independent check; must be empty to be published")]
    # Of plans made before there were streets it is what they followed.
    roads: Roads = Roads()

    def tasks(self) -> "Iterator[tuple[CrewTour, PlannedTask]]":
        return ((tour, task) for tour in self.tours for task in tour.tasks)


def task_id(night_id: UUID, *, crew: str, kind: str, place: str, to_place: str, vehicles: list[str]) -> UUID:
    """The same for the same work: whoever does it and when; a break is its crew's."""
    whose = crew if kind == "break" else ""
    return uuid5(night_id, "|".join((whose, kind, place, to_place, *sorted(vehicles))))
