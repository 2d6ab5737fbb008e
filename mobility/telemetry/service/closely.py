"""Reports that need a closer look, vehicle by vehicle: late, repeated, doubtful, of a ride, or of nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet import queries as fleet_queries
from mobility.fleet.rules.columns import Flags, LatestColumns, ReportColumns, latest_of
from mobility.fleet.rules.hearing import Heard, Known, newest
from mobility.geo import Bounds
from mobility.telemetry.rules import sifting
from mobility.telemetry.rules.columns import columns_of
from mobility.telemetry.rules.messages import InRide, Refused, Speakers
from mobility.telemetry.rules.reports import Report
from mobility.telemetry.rules.sifting import ByVehicle
from mobility.telemetry.service import store


@dataclass(frozen=True, slots=True)
class Seen:
    """What is to be kept of the reports, and what became of the others; `has_news` is by the vehicles' places."""

    reports: ReportColumns
    latest: LatestColumns
    has_news: Flags
    repeated: dict[UUID, int]
    refused: list[Refused]
    in_ride: list[InRide]


async def look_closely(
    session: AsyncSession, now: datetime, said: ByVehicle, spoke: Speakers, bounds: Mapping[str, Bounds]
) -> Seen:
    """Sift the reports of vehicles that are locked, one by one."""
    known = await fleet_queries.lock_known(session, said) if said else {}
    said, disbelieved = sifting.believe(said, known, bounds, now)
    stored = await store.find_stored(session, sifting.perhaps_repeated(said, known), now)
    said, repeated, reused = sifting.new_ones(said, stored)
    rentals = await fleet_queries.list_rental_spans(session, sifting.perhaps_in_rental(said, known))
    said, leapt = sifting.without_leaps(said, known, rentals)
    kept, in_ride = sifting.without_trails(said, rentals, known)
    states, with_news = _states(known, kept)
    has_news = np.zeros(len(spoke.ids), bool)
    has_news[spoke.places(with_news)] = True
    return Seen(
        reports=columns_of(
            [each for reports in kept.values() for each in reports],
            spoke.places(vehicle_id for vehicle_id, reports in kept.items() for _ in reports),
        ),
        latest=latest_of(states, spoke.places(known)),
        has_news=has_news,
        repeated=repeated,
        refused=[*disbelieved, *reused, *leapt],
        in_ride=in_ride,
    )


def _states(known: Mapping[UUID, Known], kept: Mapping[UUID, Sequence[Report]]) -> tuple[list[Known], list[UUID]]:
    """The latest state of each vehicle, and the vehicles that said something new."""
    after = [newest(vehicle, [as_heard(each) for each in kept[vehicle_id]]) for vehicle_id, vehicle in known.items()]
    return [state for state, _ in after], [state.vehicle_id for state, has_news in after if has_news]


def as_heard(report: Report) -> Heard:
    """What fleet hears of a report."""
    position, network = report.position, report.network
    return Heard(
        at=report.at,
        boot=report.boot,
        seq=report.seq,
        position=None if position is None else position.place,
        accuracy_m=None if position is None else position.accuracy_m,
        speed_kmh=report.speed_kmh,
        charge_percent=report.charge_percent,
        range_m=report.range_m,
        odometer_m=report.odometer_m,
        locked=report.locked,
        ignition=report.ignition,
        charging=report.charging,
        alarms=report.alarms,
        network_technology=None if network is None else network.technology,
        signal_dbm=None if network is None else network.signal_dbm,
    )
