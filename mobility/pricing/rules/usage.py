from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mobility.city.rules.prepared import PreparedCity


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is known of a ride when its price is made: all that a plan may price.

    Attributes
    ----------
    started_at, ended_at
        Instants in UTC, in this order; of a ride that is still under way, until when it is priced. So are all others.
    zone, holidays
        The city's clocks and calendar, which factors go by.
    pauses
        Their starts and ends, within the ride, apart from each other and in order.
    distance_m
        By the odometer, from start to end.
    end_zones, end_station
        Codes of the zones that hold the place where the ride ends, and of the station it ends at; None as long as
        nobody knows, and no fee for the place is due.
    booked_ahead
        Whether the ride was booked ahead.
    """

    started_at: datetime
    ended_at: datetime
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    distance_m: int = 0
    end_zones: frozenset[str] | None = None
    end_station: str | None = None
    booked_ahead: bool = False

    def paused_until(self, at: datetime) -> timedelta:
        """Time spent in pauses before an instant of the ride."""
        return sum((min(end, at) - start for start, end in self.pauses if start < at), timedelta(0))

    def every(self, length: timedelta) -> Iterator[datetime]:
        """The instants within the ride that are whole multiples of a length after its start."""
        at = self.started_at
        while at < self.ended_at:
            yield at
            at += length


def usage_in(
    city: PreparedCity,
    started_at: datetime,
    ended_at: datetime,
    *,
    pauses: tuple[tuple[datetime, datetime], ...] = (),
    distance_m: int = 0,
    end_zones: frozenset[str] | None = None,
    end_station: str | None = None,
    booked_ahead: bool = False,
) -> Usage:
    """A ride by the clocks and the calendar of a city."""
    return Usage(
        started_at=started_at,
        ended_at=ended_at,
        zone=ZoneInfo(city.file.time_zone),
        holidays=city.holidays,
        pauses=pauses,
        distance_m=distance_m,
        end_zones=end_zones,
        end_station=end_station,
        booked_ahead=booked_ahead,
    )
