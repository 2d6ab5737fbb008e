"""What zones ask of a vehicle in a rental, and what its rider and the desk are told of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

from mobility.city.rules.alert_rules import AlertKind

NoticeKind = Literal["outside_service_area", "no_ride_zone"]

ALERTS: Final[Mapping[NoticeKind, AlertKind]] = {
    "outside_service_area": "ride_outside_area",
    "no_ride_zone": "ride_in_no_ride_zone",
}

# A vehicle that refuses a limit refuses it again a second later; one that rides on may have changed its mind.
ASK_AGAIN_AFTER = timedelta(minutes=1)


class Notice(NamedTuple):
    """What a rider should know of where the ride is; `zone_code` is None outside the service area."""

    kind: NoticeKind
    zone_code: str | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """The last speed limit that a vehicle was told, if it did not take it."""

    speed_limit_kmh: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Ridden:
    """A vehicle in a rental, as far as zones matter.

    Attributes
    ----------
    speed_limit_kmh
        What it was told last and may still do, or else what it last confirmed; None without a limit.
    desk_limit_kmh
        What an operator has limited it to, wherever it is; None without.
    notices
        What the rider is told at the moment.
    """

    vehicle_id: UUID
    rental_id: UUID | None
    speed_limit_kmh: int | None
    desk_limit_kmh: int | None
    declined: Declined | None
    notices: frozenset[Notice]

    def slowest(self, zone_limit_kmh: int | None) -> int | None:
        """The limit where a zone asks for one: an operator's holds in zones too, and a zone's holds under it."""
        limits = [limit for limit in (zone_limit_kmh, self.desk_limit_kmh) if limit is not None]
        return min(limits, default=None)

    def may_be_told(self, speed_limit_kmh: int | None, now: datetime) -> bool:
        """Whether it is worth telling the vehicle this limit now."""
        if self.declined is None or self.declined.speed_limit_kmh != speed_limit_kmh:
            return True
        return now - self.declined.at >= ASK_AGAIN_AFTER
