from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city import service as city
from mobility.fleet import queries as fleet_queries
from mobility.fleet import service as fleet
from mobility.fleet.rules.hearing import Heard, Known
from mobility.fleet.service import sightings
from mobility.geo import Bounds
from mobility.telemetry.rules import sifting
from mobility.telemetry.rules.messages import NO_CITY, Message, Outcome
from mobility.telemetry.rules.reports import Report
from mobility.telemetry.service import store


async def ingest(session: AsyncSession, clock: Clock, messages: Sequence[Message]) -> Outcome:
    """Store the believable reports of many vehicles that are not stored yet, and bring their latest states up to date.

    One call is one transaction, of up to about 5,000 reports; the edge commits, and acknowledges what it was sent only
    then. Positions made during a rental are dropped here, before anything is stored or told on.
    """
    now = clock.now()
    said, refused = sifting.read_all(messages)
    # From here on nobody else stores reports of these vehicles: what is read below stays true until the commit.
    known = await fleet_queries.lock_known(session, said)
    said, disbelieved = sifting.believe(said, known, await _bounds(session, known.values()), now)
    stored = await store.find_stored(session, sifting.perhaps_repeated(said, known), now)
    said, repeated, reused = sifting.new_ones(said, stored)
    rentals = await fleet_queries.list_rental_spans(session, sifting.perhaps_in_rental(said, known))
    said, leapt = sifting.without_leaps(said, known, rentals)
    reports, in_ride = sifting.without_trails(said, rentals, known)
    await store.copy(session, reports, now)
    # For the rides that two people may look at now, the latest position; nothing of any other ride.
    await sightings.keep(session, clock, in_ride)
    changed = await fleet.hear(session, clock, known, _heard(reports))
    refused = sorted([*refused, *disbelieved, *reused, *leapt], key=lambda each: (each.message, each.index or 0))
    await store.keep_refused(session, messages, refused, now)
    accepted = {vehicle_id: len(kept) for vehicle_id, kept in reports.items()}
    return Outcome(
        accepted=sum(accepted.values()),
        repeated=sum(repeated.values()),
        counts=_counts(known, accepted, repeated, [(messages[each.message].vehicle_id, each.code) for each in refused]),
        refused=refused,
        news=_by_city(changed, known),
        in_ride=in_ride,
    )


async def _bounds(session: AsyncSession, known: Iterable[Known]) -> dict[str, Bounds]:
    cities = {vehicle.city_id for vehicle in known}
    return {city_id: (await city.get_city(session, city_id)).bounds for city_id in cities}


def _by_city(vehicle_ids: Iterable[UUID], known: Mapping[UUID, Known]) -> dict[str, list[UUID]]:
    news: dict[str, list[UUID]] = {}
    for vehicle_id in vehicle_ids:
        news.setdefault(known[vehicle_id].city_id, []).append(vehicle_id)
    return news


def _counts(
    known: Mapping[UUID, Known],
    accepted: Mapping[UUID, int],
    repeated: Mapping[UUID, int],
    refused: Iterable[tuple[UUID, str]],
) -> dict[str, Counter[str]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for vehicle_id, count in accepted.items():
        counted = counts[known[vehicle_id].city_id]
        counted["accepted"] += count
        counted["repeated"] += repeated[vehicle_id]
    for vehicle_id, code in refused:
        counts[known[vehicle_id].city_id if vehicle_id in known else NO_CITY][code] += 1
    return dict(counts)


def _heard(reports: Mapping[UUID, Sequence[Report]]) -> dict[UUID, list[Heard]]:
    return {vehicle_id: [_as_heard(report) for report in said] for vehicle_id, said in reports.items()}


def _as_heard(report: Report) -> Heard:
    position, network = report.position, report.network
    return Heard(
        at=report.at,
        boot=report.boot,
        seq=report.seq,
        position=position,
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
