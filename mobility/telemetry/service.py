"""Reports of vehicles checked, stored once, and told on without a rental's trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city import service as city
from mobility.fleet import queries as fleet_queries
from mobility.fleet import service as fleet
from mobility.fleet.rules.credentials import matches, read_credential
from mobility.fleet.rules.hearing import Heard
from mobility.fleet.rules.rentals import CLOCK_TOLERANCE
from mobility.fleet.tables import Vehicle
from mobility.telemetry.rules.reports import Refusal, Report, WrongVehicleKey, by_number, read_report, without_trail

# A hash that no secret has: an unknown vehicle costs the same comparison as a known one.
NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch; `has_news` when the vehicle's latest state changed."""

    accepted: int
    repeated: int
    refused: list[tuple[int, Refusal]]
    has_news: bool


async def authenticate(session: AsyncSession, authorization: str | None) -> Vehicle:
    """The vehicle that a request's header speaks for; raises `WrongVehicleKey`."""
    vehicle_id, secret = read_credential(authorization) or (None, "")
    vehicle = await session.get(Vehicle, vehicle_id) if vehicle_id else None
    if not matches(secret, vehicle.key_hash if vehicle else NO_HASH) or vehicle is None:
        raise WrongVehicleKey
    return vehicle


async def record_batch(session: AsyncSession, clock: Clock, vehicle: Vehicle, batch: Sequence[msgspec.Raw]) -> Outcome:
    """Store the believable reports of a vehicle that are not stored yet, and bring its latest state up to date.

    Positions made during a rental are dropped here, before anything is stored or told on.
    """
    now, bounds = clock.now(), (await city.get_city(session, vehicle.city_id)).bounds
    read = [read_report(raw, now=now, bounds=bounds) for raw in batch]
    believed = [report for report in read if isinstance(report, Report)]
    reports = await _without_trails(session, vehicle.id, by_number(believed))
    new = set(await _store(session, clock, vehicle.id, reports))
    heard = [_heard(report) for report in reports if report.seq in new]
    return Outcome(
        accepted=len(new),
        repeated=len(believed) - len(new),
        refused=[(index, refusal) for index, refusal in enumerate(read) if isinstance(refusal, Refusal)],
        has_news=await fleet.hear(session, clock, vehicle.id, heard),
    )


async def _without_trails(session: AsyncSession, vehicle_id: UUID, reports: Sequence[Report]) -> list[Report]:
    if not reports:
        return []
    # By the time of each report, not by the vehicle's state now: what was kept aboard during a ride arrives after it.
    since = min(report.at for report in reports) - CLOCK_TOLERANCE
    rentals = await fleet_queries.list_rental_spans(session, vehicle_id, since)
    return [without_trail(report, rentals) for report in reports]


# One statement for the whole batch, ordered by number: of two batches at once one waits for the other, never both.
STORE = text("""
    INSERT INTO telemetry_report
        (vehicle_id, boot, seq, at, received_at, lon, lat, speed_kmh, charge_percent, range_m, odometer_m, locked)
    SELECT :vehicle_id, 0, seq, at, :received_at, lon, lat, speed_kmh, charge_percent, range_m, odometer_m, locked
    FROM unnest(
        CAST(:seq AS bigint[]), CAST(:at AS timestamptz[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]),
        CAST(:speed_kmh AS float8[]), CAST(:charge_percent AS float8[]), CAST(:range_m AS int[]),
        CAST(:odometer_m AS bigint[]), CAST(:locked AS bool[])
    ) AS report (seq, at, lon, lat, speed_kmh, charge_percent, range_m, odometer_m, locked)
    ON CONFLICT DO NOTHING
    RETURNING seq
""")
COLUMNS = ("seq", "at", "speed_kmh", "charge_percent", "range_m", "odometer_m", "locked")


async def _store(session: AsyncSession, clock: Clock, vehicle_id: UUID, reports: Sequence[Report]) -> Sequence[int]:
    """The numbers of the reports that were new."""
    columns = {name: [getattr(report, name) for report in reports] for name in COLUMNS}
    positions = [report.position for report in reports]
    columns["lon"] = [position and position.lon for position in positions]
    columns["lat"] = [position and position.lat for position in positions]
    stored = await session.scalars(STORE, {"vehicle_id": vehicle_id, "received_at": clock.now(), **columns})
    return stored.all()


def _heard(report: Report) -> Heard:
    return Heard(
        at=report.at,
        seq=report.seq,
        position=report.position,
        charge_percent=report.charge_percent,
        range_m=report.range_m,
        odometer_m=report.odometer_m,
        locked=report.locked,
    )
