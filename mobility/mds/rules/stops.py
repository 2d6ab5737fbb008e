"""Stations as MDS's stops."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mobility.geo import LonLat
from mobility.mds.rules.protocol import milliseconds
from mobility.mds.rules.provider import Provider
from mobility.mds.rules.words import Position, Stop, StopStatus


@dataclass(frozen=True, slots=True)
class Parked:
    """A vehicle at a station, nobody riding it."""

    vehicle_id: UUID
    vehicle_type: str
    state: str
    since: datetime


def stop_of(
    provider: Provider,
    *,
    id: UUID,  # noqa: A002
    name: str,
    position: LonLat,
    capacity: Mapping[str, int],
    parked: Sequence[Parked],
    is_open: bool,
    now: datetime,
) -> Stop:
    """A station; a held vehicle stands there and is not available."""
    free = Counter(each.vehicle_type for each in parked if each.state == "available")
    taken = Counter(each.vehicle_type for each in parked)
    return Stop(
        stop_id=id,
        last_updated=milliseconds(max((each.since for each in parked), default=now)),
        name=name[:255],
        location=Position(lat=position.lat, lng=position.lon),
        status=StopStatus(is_installed=True, is_renting=is_open, is_returning=True),
        capacity=dict(capacity),
        num_vehicles_available={type_: free[type_] for type_ in capacity},
        num_vehicles_disabled={type_: taken[type_] - free[type_] for type_ in capacity},
        num_places_available={type_: max(0, bays - taken[type_]) for type_, bays in capacity.items()},
        provider_id=provider.id,
        devices=[each.vehicle_id for each in parked],
    )
