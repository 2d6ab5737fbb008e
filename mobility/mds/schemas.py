"""The permit's keeping, as our own API tells it."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.mds.queries.keeping import Broken, Kept

Unit = Literal["count", "time", "speed"]


class RuleKeptView(Struct, frozen=True, kw_only=True):
    """How one rule was kept; nothing was seen against it where `breaches` is 0."""

    policy_id: Annotated[UUID, Meta(description="Of the published policy")]
    code: Annotated[str, Meta(examples=["moped-cap"])]
    name: str
    mode: Annotated[str, Meta(examples=["micromobility"])]
    kind: Annotated[Unit, Meta(description="`count` of vehicles, `time` in hours, `speed` in km/h")]
    provider_id: UUID
    allowed: Annotated[int | None, Meta(description="In the rule's unit")]
    breaches: int
    vehicles: Annotated[int, Meta(description="How many broke it; 0 for a rule about the whole fleet")]
    seconds: Annotated[int, Meta(description="Of all its breaches together")]
    worst: Annotated[int | None, Meta(description="In the rule's unit")]

    @classmethod
    def of(cls, kept: Kept) -> Self:
        return cls(**{name: getattr(kept, name) for name in cls.__struct_fields__})


class BreachView(Struct, frozen=True, kw_only=True):
    """A rule that was not kept: by which vehicle, from when to when."""

    id: UUID
    code: str
    policy_id: UUID
    provider_id: UUID
    plate: Annotated[str | None, Meta(description="Of the vehicle; empty for a rule about the whole fleet")]
    began_at: datetime
    ended_at: Annotated[datetime | None, Meta(description="Empty while it lasts")]
    measured: Annotated[int, Meta(description="The worst that was seen, in the rule's unit")]
    allowed: int

    @classmethod
    def of(cls, broken: Broken) -> Self:
        row = broken.breach
        return cls(
            id=row.id,
            code=row.rule_code,
            policy_id=row.policy_id,
            provider_id=row.provider_id,
            plate=broken.plate,
            began_at=row.began_at,
            ended_at=row.ended_at,
            measured=row.measured,
            allowed=row.allowed,
        )


class BreachPage(Struct, frozen=True, kw_only=True):
    items: list[BreachView]
    next: str | None


class ComplianceView(Struct, frozen=True, kw_only=True):
    """How the city's permit was kept in a stretch of days."""

    city: str
    first_day: date
    last_day: date
    rules: list[RuleKeptView]


class ComplianceReportView(Struct, frozen=True, kw_only=True):
    """The report of one day, as it was made when the day was over."""

    city: str
    day: date
    made_at: datetime
    rules: list[RuleKeptView]
    breaches: Annotated[list[dict[str, Any]], Meta(description="Rule, provider, vehicle, from when to when, how much")]


BREACH_COLUMNS = (
    *("day", "rule", "policy_id", "provider_id", "vehicle"),
    *("began_at", "ended_at", "measured", "allowed"),
)


def csv_of(report: Mapping[str, Any]) -> Iterator[str]:
    """The breaches of a report, a line each, a header first."""
    yield _line(BREACH_COLUMNS)
    for breach in report["breaches"]:
        told = {"day": report["day"], **breach}
        yield _line([told[name] if told[name] is not None else "" for name in BREACH_COLUMNS])


def _line(values: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
