from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.city.rules.tariffs import NamedPlan, Tariff
from mobility.pricing.queries import draft_of, plan_of
from mobility.pricing.rules.preview import Comparison, Row
from mobility.pricing.rules.wording import beyond_gbfs
from mobility.pricing.service.previews import Preview
from mobility.pricing.tables import Tariff as Version
from mobility.pricing.tables import TariffDraft

Next = Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]


class TariffInForce(Struct, kw_only=True):
    tariff: Tariff
    details: Annotated[
        list[str],
        Meta(
            description="What the figures of start, minutes and kilometres leave out, in the language of "
            "Accept-Language",
            examples=[["Pause : 0,10 € par minute."]],
        ),
    ]

    @classmethod
    def of(cls, version: Version, language: str) -> Self:
        plan = plan_of(version)
        return cls(tariff=plan, details=beyond_gbfs(plan, language))


class VersionView(Struct, kw_only=True):
    """A tariff for sale from `starts_at` on, until one of the same class begins later, or of the same start was made
    later; `withdrawn` never began.
    """

    id: UUID
    state: Literal["announced", "in_force", "replaced", "withdrawn"]
    version: Annotated[int, Meta(description="1 for the first of this class and start", examples=[1])]
    starts_at: datetime
    published_at: datetime
    published_by: Annotated[UUID | None, Meta(description="The operator; null for the city file")]
    withdrawn_at: datetime | None
    tariff: Tariff

    @classmethod
    def of(cls, version: Version, now: datetime, in_force: set[UUID]) -> Self:
        return cls(
            id=version.id,
            state=_state(version, now, in_force),
            version=version.version,
            starts_at=version.effective_from,
            published_at=version.published_at,
            published_by=version.published_by,
            withdrawn_at=version.withdrawn_at,
            tariff=plan_of(version),
        )


class VersionList(Struct, kw_only=True):
    """The latest made first."""

    items: Sequence[VersionView]
    next: Next


class DraftView(Struct, kw_only=True):
    id: UUID
    changed_at: datetime
    changed_by: UUID
    plan: NamedPlan

    @classmethod
    def of(cls, draft: TariffDraft) -> Self:
        return cls(id=draft.id, changed_at=draft.changed_at, changed_by=draft.changed_by, plan=draft_of(draft))


class DraftList(Struct, kw_only=True):
    """The latest first."""

    items: Sequence[DraftView]
    next: Next


class Publication(Struct, kw_only=True, forbid_unknown_fields=True):
    effective_from: Annotated[
        date, Meta(description="The first day, from its midnight on; tomorrow at the earliest", examples=["2026-09-01"])
    ]


class TypicalRide(Struct, kw_only=True):
    minutes: Annotated[int, Meta(description="From start to end, pauses included", examples=[60])]
    km: Annotated[int, Meta(examples=[15])]
    pause_minutes: int
    weekday: Annotated[int, Meta(description="1 for Monday to 7 for Sunday", examples=[5])]
    starts: Annotated[str, Meta(description="On the city's clocks", examples=["17:30"])]
    booked_ahead: bool
    old: Annotated[Money | None, Meta(description="By the tariff in force; null where there is none")]
    new: Money

    @classmethod
    def of(cls, row: Row, currency: str) -> Self:
        ride = row.ride
        return cls(
            minutes=ride.minutes,
            km=ride.km,
            pause_minutes=ride.pause_minutes,
            weekday=ride.weekday + 1,
            starts=f"{ride.starts:%H:%M}",
            booked_ahead=ride.booked_ahead,
            old=None if row.old_cents is None else Money(row.old_cents, currency),
            new=Money(row.new_cents, currency),
        )


class ChangeBand(Struct, kw_only=True):
    from_cents: Annotated[int | None, Meta(description="The least change; null: anything less", examples=[-100])]
    until_cents: Annotated[int | None, Meta(description="Changes below this; null: anything more", examples=[-50])]
    rides: int


class PastRides(Struct, kw_only=True):
    """Sums and counts over the latest rides; no ride can be told from another, and nothing of it is kept."""

    rides: int
    old: Annotated[Money, Meta(description="All of them by the tariff in force, without anybody's benefits")]
    new: Annotated[Money, Meta(description="All of them by the draft")]
    change: Money
    dearer: int
    cheaper: int
    median_change: Money | None
    bands: Annotated[Sequence[ChangeBand], Meta(description="How many change by how much; those that do not, in none")]

    @classmethod
    def of(cls, rides: Comparison, currency: str) -> Self:
        median = rides.median_change_cents
        return cls(
            rides=rides.rides,
            old=Money(rides.old_cents, currency),
            new=Money(rides.new_cents, currency),
            change=Money(rides.new_cents - rides.old_cents, currency),
            dearer=rides.dearer,
            cheaper=rides.cheaper,
            median_change=None if median is None else Money(median, currency),
            bands=[ChangeBand(from_cents=b.from_cents, until_cents=b.until_cents, rides=b.rides) for b in rides.bands],
        )


class PreviewView(Struct, kw_only=True):
    draft: DraftView
    in_force: Annotated[Tariff | None, Meta(description="What it is compared with")]
    typical: Sequence[TypicalRide]
    past: Annotated[PastRides | None, Meta(description="null where no tariff is in force")]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        draft = DraftView.of(preview.draft)
        currency = draft.plan.currency
        return cls(
            draft=draft,
            in_force=None if preview.in_force is None else plan_of(preview.in_force),
            typical=[TypicalRide.of(row, currency) for row in preview.typical],
            past=None if preview.rides is None else PastRides.of(preview.rides, currency),
        )


def _state(
    version: Version, now: datetime, in_force: set[UUID]
) -> Literal["announced", "in_force", "replaced", "withdrawn"]:
    if version.withdrawn_at is not None:
        return "withdrawn"
    if version.effective_from > now:
        return "announced"
    return "in_force" if version.id in in_force else "replaced"
