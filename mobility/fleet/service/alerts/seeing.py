"""What is known of a city's vehicles, in one read, and where each was parked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.prepared import PreparedCity
from mobility.fleet.rules.alerts.readings import PARKED, Seen
from mobility.fleet.rules.alerts.rulebook import Rulebook, rulebook
from mobility.fleet.rules.alerts.strays import Anchor, Whereabouts, stray
from mobility.fleet.rules.modes import Mode
from mobility.fleet.tables import Vehicle, VehicleStatus, VehicleType
from mobility.geo import LonLat

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """A vehicle with the rules of its class; `anchor` is where it counts as parked from now on, if that changed."""

    vehicle_id: UUID
    rules: Rulebook
    seen: Seen
    anchor: Anchor | None


async def list_known(session: AsyncSession, city: PreparedCity, vehicle_id: UUID | None = None) -> list[Known]:
    """The city's vehicles, or the one asked for, by id."""
    books = await _rulebooks(session, city)
    rows = await _rows(session, city.file.id, vehicle_id)
    outside_m = _outside_m(city, rows)
    return [_known(row, books[row.type_code], outside_m.get(row.id)) for row in rows]


# A vehicle whose report is being stored is left to the next round: it would have to be judged anew anyway.
ANCHOR = text("""
    WITH anchor AS (
        SELECT * FROM unnest(
            CAST(:vehicle_id AS uuid[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]), CAST(:by AS text[])
        ) AS anchor (vehicle_id, lon, lat, by)
    ), free AS (
        SELECT vehicle_id FROM vehicle_status
        WHERE vehicle_id = ANY (CAST(:vehicle_id AS uuid[]))
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE vehicle_status AS status SET parked_lon = anchor.lon, parked_lat = anchor.lat, parked_by = anchor.by
    FROM anchor JOIN free USING (vehicle_id)
    WHERE status.vehicle_id = anchor.vehicle_id
""")


async def anchor(session: AsyncSession, known: Iterable[Known]) -> None:
    """Keep where vehicles count as parked from now on."""
    moved = [(each.vehicle_id, each.anchor) for each in known if each.anchor]
    if moved:
        await session.execute(
            ANCHOR,
            {
                "vehicle_id": [vehicle_id for vehicle_id, _ in moved],
                "lon": [at.position and at.position.lon for _, at in moved],
                "lat": [at.position and at.position.lat for _, at in moved],
                "by": [at.by for _, at in moved],
            },
        )


async def _rulebooks(session: AsyncSession, city: PreparedCity) -> Mapping[str, Rulebook]:
    types = await session.scalars(select(VehicleType).where(VehicleType.city_id == city.file.id))
    return {
        each.code: rulebook(
            city.file.alerts,
            type_code=each.code,
            mode=Mode(each.mode),
            charge_percent_min=each.charge_percent_min,
        )
        for each in types
    }


async def _rows(session: AsyncSession, city_id: str, vehicle_id: UUID | None) -> Sequence[AnyRow]:
    status = VehicleStatus
    rows = (
        select(
            *(Vehicle.id, Vehicle.type_code, Vehicle.state, Vehicle.state_since),
            *(status.lon, status.lat, status.accuracy_m, status.position_at, status.heard_at),
            *(status.charge_percent, status.alarms, status.parked_lon, status.parked_lat, status.parked_by),
        )
        .join(status, status.vehicle_id == Vehicle.id)
        .where(Vehicle.city_id == city_id)
        .order_by(Vehicle.id)
    )
    if vehicle_id:
        rows = rows.where(Vehicle.id == vehicle_id)
    return (await session.execute(rows)).all()


def _outside_m(city: PreparedCity, rows: Sequence[AnyRow]) -> dict[UUID, float]:
    by_type: defaultdict[str, list[AnyRow]] = defaultdict(list)
    for row in rows:
        if row.state in PARKED:
            by_type[row.type_code].append(row)
    return {
        row.id: metres
        for type_code, parked in by_type.items()
        for row, metres in zip(
            parked,
            city.service_area(type_code).outside_m([LonLat(row.lon, row.lat) for row in parked]),
            strict=True,
        )
    }


def _known(row: AnyRow, rules: Rulebook, outside_m: float | None) -> Known:
    parked = None if row.parked_by is None else LonLat(row.parked_lon, row.parked_lat)
    found = stray(
        Whereabouts(
            state=row.state,
            state_since=row.state_since,
            position=LonLat(row.lon, row.lat),
            position_at=row.position_at,
            parked=Anchor(parked, row.parked_by),
        )
    )
    seen = Seen(
        state=row.state,
        charge_percent=row.charge_percent,
        heard_at=row.heard_at,
        alarms=frozenset(row.alarms),
        moved_m=found.moved_m,
        elsewhere_m=found.elsewhere_m,
        outside_m=outside_m,
        accuracy_m=row.accuracy_m or 0.0,
    )
    return Known(row.id, rules, seen, found.anchor)
