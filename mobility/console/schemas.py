from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.city.rules.city_file import MaintenanceRule
from mobility.console.queries.figures import Figures
from mobility.console.queries.finding import Found, FoundKind
from mobility.console.queries.story import Entry
from mobility.console.rules.story import EntryKind, Place


class StoryEntry(Struct, frozen=True, kw_only=True):
    """Something that happened with a vehicle."""

    at: datetime
    kind: EntryKind
    key: Annotated[str, Meta(description="Together with the kind, its own")]
    facts: Annotated[
        Mapping[str, Any],
        Meta(description="A few plain values, by kind; never a position, and nobody's name", examples=[{"cents": 480}]),
    ]

    @classmethod
    def of(cls, entry: Entry, rules: Sequence[MaintenanceRule]) -> Self:
        """`rules`: the city's, for what work is called."""
        facts = dict(entry.facts)
        if entry.kind == "work":
            facts["name"] = next((rule.name for rule in rules if rule.code == facts["rule"]), None)
        return cls(at=entry.at, kind=entry.kind, key=entry.key, facts=facts)


class VehicleStory(Struct, frozen=True, kw_only=True):
    """Newest first."""

    items: Sequence[StoryEntry]
    next: Annotated[str | None, Meta(description="`after` of the next page; null on the last")]

    @classmethod
    def page(cls, found: Sequence[Entry], limit: int, rules: Sequence[MaintenanceRule]) -> Self:
        """`found` may hold one more than the page does."""
        shown = found[:limit]
        last = Place(shown[-1].at, shown[-1].kind, shown[-1].key).written() if len(found) > limit else None
        return cls(items=[StoryEntry.of(entry, rules) for entry in shown], next=last)


class ChargeReading(Struct, frozen=True):
    at: datetime
    charge_percent: Annotated[float, Meta(description="State of charge, 0 to 100", examples=[82.5])]


class VehicleFigures(Struct, frozen=True, kw_only=True):
    """What a vehicle did, earned and cost in a stretch of time, and how full it was meanwhile."""

    since: datetime
    until: datetime
    charge: Annotated[Sequence[ChargeReading], Meta(description="Oldest first, evenly thinned")]
    rides: Annotated[int, Meta(description="That ended in it", examples=[14])]
    ridden_s: Annotated[int, Meta(description="Seconds, pauses too")]
    ridden_m: Annotated[int, Meta(description="Metres, by the odometer")]
    charged: Annotated[Money, Meta(description="For rides, holds and bookings of it, tax included, by whatever means")]
    returned: Annotated[Money, Meta(description="Of such money, sent back by the desk")]
    earned: Annotated[Money, Meta(description="`charged` without `returned`")]
    tasks_done: Annotated[int, Meta(description="By crews, at the vehicle")]
    tasks_s: Annotated[int, Meta(description="Seconds that crews said they were at it")]
    works_done: Annotated[int, Meta(description="Work orders")]
    damages: Annotated[int, Meta(description="Reported in it, without those that were none")]

    @classmethod
    def of(
        cls,
        figures: Figures,
        charge: Sequence[tuple[datetime, float]],
        *,
        since: datetime,
        until: datetime,
        currency: str,
    ) -> Self:
        return cls(
            since=since,
            until=until,
            charge=[ChargeReading(*reading) for reading in charge],
            rides=figures.rides,
            ridden_s=figures.ridden_s,
            ridden_m=figures.ridden_m,
            charged=Money(figures.charged_cents, currency),
            returned=Money(figures.returned_cents, currency),
            earned=Money(figures.charged_cents - figures.returned_cents, currency),
            tasks_done=figures.tasks_done,
            tasks_s=figures.tasks_s,
            works_done=figures.works_done,
            damages=figures.damages,
        )


class FoundView(Struct, frozen=True, kw_only=True):
    """Something that fits what was typed."""

    kind: FoundKind
    id: UUID
    name: Annotated[str, Meta(description="Plate, name or number", examples=["AT-017"])]
    state: str | None
    at: Annotated[datetime | None, Meta(description="When it begins or began, or was issued")]
    vehicle_id: Annotated[UUID | None, Meta(description="Lasting id of its vehicle")]
    account_id: Annotated[UUID | None, Meta(description="Whose it is; never said of a ride")]
    contact: Annotated[str | None, Meta(description="Address of that account", examples=["lea@example.fr"])]

    @classmethod
    def of(cls, found: Found) -> Self:
        return cls(**{name: getattr(found, name) for name in cls.__struct_fields__})


class FoundList(Struct, frozen=True, kw_only=True):
    """Kind by kind: vehicles, riders, bookings, rides, documents."""

    items: Sequence[FoundView]
