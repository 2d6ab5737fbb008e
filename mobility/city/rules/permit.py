"""What a city lets an operator do with its streets: the words of its file. MDS tells them as policies (`mds`)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from mobility.city.rules.words import Code, Count, Names, Record, TimeOfDay

Mode = Literal["micromobility", "car-share"]
Weekday = Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
PermitKind = Literal["fleet", "no_parking", "idle", "no_riding", "speed"]

RULES_MAX = 200


class PermitRule(Record, frozen=True, kw_only=True):
    """One rule for the vehicles of a mode, in the zones named or everywhere, at the times told or always.

    `minimum` and `maximum` are vehicles for a `fleet`, hours for `idle`, km/h for `speed`. Times are the city's; an end
    before the beginning is that of the next day.
    """

    code: Code
    name: Names
    kind: PermitKind
    mode: Mode
    zones: tuple[Code, ...] = ()
    minimum: Count | None = None
    maximum: Count | None = None
    days: tuple[Weekday, ...] = ()
    begins: TimeOfDay = "00:00"
    ends: TimeOfDay = "24:00"
    effective_from: date | None = None


class Permit(Record, frozen=True, kw_only=True):
    """Who permits, for how long, to which providers as MDS knows them, and by which rules."""

    agency: Annotated[str, Meta(min_length=1, max_length=255)]
    agency_url: Annotated[str, Meta(pattern="^https?://")]
    description: Names
    valid_from: date
    valid_until: date
    providers: dict[Mode, UUID]
    rules: Annotated[tuple[PermitRule, ...], Meta(max_length=RULES_MAX)] = ()
