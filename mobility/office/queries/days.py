"""A service's days in figures, each kind read where it is written down, over an index of its time."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.office.rules.days import Cell, Days, Sums

# A day of a class and a station, where both are known. `:type` and `:station` empty: every one.
RIDES = """
SELECT (ride.ended_at AT TIME ZONE :zone)::date AS day, vehicle.type_code, station.code AS station,
    count(*) AS trips, sum(extract(epoch FROM ride.ended_at - ride.started_at))::bigint / 60 AS ride_minutes,
    coalesce(sum(ride.distance_m), 0) AS distance_m, sum(ride.total_cents) AS fares_cents
FROM rental AS ride
JOIN vehicle ON vehicle.id = ride.vehicle_id
LEFT JOIN station ON station.id = ride.start_station_id
WHERE ride.city_id = :city AND ride.state = 'ended' AND ride.ended_at >= :since AND ride.ended_at < :until
    AND (:type = '' OR vehicle.type_code = :type) AND (:station = '' OR station.code = :station)
GROUP BY 1, 2, 3
"""
# A refund of something else than a ride belongs to no class and no station.
REFUNDS = """
SELECT (refund.created_at AT TIME ZONE :zone)::date AS day, coalesce(vehicle.type_code, '') AS type_code,
    station.code AS station, sum(refund.amount_cents) AS refunds_cents
FROM refund
JOIN payment ON payment.id = refund.payment_id
LEFT JOIN rental AS ride ON ride.id = payment.reference_id
LEFT JOIN vehicle ON vehicle.id = ride.vehicle_id
LEFT JOIN station ON station.id = ride.start_station_id
WHERE payment.city_id = :city AND refund.state <> 'refused'
    AND refund.created_at >= :since AND refund.created_at < :until
    AND (:type = '' OR vehicle.type_code = :type) AND (:station = '' OR station.code = :station)
GROUP BY 1, 2, 3
"""
SEARCHES = """
SELECT (quarter_at AT TIME ZONE :zone)::date AS day, type_code, NULL AS station, sum(searches) AS unserved
FROM unserved_search
WHERE city_id = :city AND quarter_at >= :since AND quarter_at < :until AND (:type = '' OR type_code = :type)
GROUP BY 1, 2
"""
ALERTS = """
SELECT (alert.raised_at AT TIME ZONE :zone)::date AS day, coalesce(vehicle.type_code, '') AS type_code,
    NULL AS station, count(*) AS alerts
FROM alert LEFT JOIN vehicle ON vehicle.id = alert.vehicle_id
WHERE alert.city_id = :city AND alert.raised_at >= :since AND alert.raised_at < :until
    AND (:type = '' OR vehicle.type_code = :type)
GROUP BY 1, 2
"""
# From each event of a vehicle to its next one it was in the state that the event led to; a vehicle's events are read
# from the last one before the period on, and each stay is cut at the midnights in it.
STAYS = """
WITH stay AS (
    SELECT vehicle.type_code, event.to_state AS state, greatest(event.at, :since) AS begins,
        least(coalesce(lead(event.at) OVER (PARTITION BY vehicle.id ORDER BY event.seq), :told_until), :told_until)
            AS ends
    FROM vehicle
    LEFT JOIN LATERAL (
        SELECT seq FROM vehicle_event
        WHERE vehicle_id = vehicle.id AND at < :since ORDER BY seq DESC LIMIT 1
    ) AS before ON true
    JOIN LATERAL (
        SELECT seq, at, to_state FROM vehicle_event
        WHERE vehicle_id = vehicle.id AND seq >= coalesce(before.seq, 0) AND at < :told_until
    ) AS event ON true
    WHERE vehicle.city_id = :city AND (:type = '' OR vehicle.type_code = :type)
), piece AS (
    SELECT stay.type_code, stay.state, local.day::date AS day,
        extract(epoch FROM least(stay.ends, (local.day + interval '1 day') AT TIME ZONE :zone)
            - greatest(stay.begins, local.day AT TIME ZONE :zone)) / 60 AS minutes
    FROM stay CROSS JOIN LATERAL generate_series(
        date_trunc('day', stay.begins AT TIME ZONE :zone), stay.ends AT TIME ZONE :zone, interval '1 day'
    ) AS local (day)
    WHERE stay.begins < stay.ends AND stay.state <> 'removed'
)
SELECT day, type_code, NULL AS station, round(sum(minutes))::int AS fleet_minutes,
    round(coalesce(sum(minutes) FILTER (WHERE state = 'available'), 0))::int AS free_minutes,
    round(coalesce(sum(minutes) FILTER (WHERE state = 'on_trip'), 0))::int AS ridden_minutes,
    round(coalesce(sum(minutes) FILTER (WHERE state = 'non_operational'), 0))::int AS broken_minutes
FROM piece GROUP BY day, type_code HAVING sum(minutes) > 0
"""
TAKINGS = """
SELECT (entry.at AT TIME ZONE :zone)::date AS day, -sum(line.amount_cents)::bigint AS cents
FROM ledger_transaction AS entry
JOIN ledger_entry AS line ON line.transaction_id = entry.id
JOIN ledger_account AS account ON account.id = line.account_id
WHERE entry.city_id = :city AND entry.at >= :since AND entry.at < :until
    AND account.kind IN ('revenue', 'vat') AND account.currency = :currency
GROUP BY 1
"""
# What has a place is told by station; what has none is not.
PLACED = (RIDES, REFUNDS)
EVERYWHERE = (*PLACED, SEARCHES, ALERTS, STAYS)


async def list_cells(
    session: AsyncSession, city_id: str, days: Days, *, now: datetime, type_code: str, station: str
) -> list[Cell]:
    """Everything that adds up to the days' figures; with a station, what has a place. Stays are told until `now`."""
    given = {"city": city_id, "zone": days.zone.key, "since": days.since, "until": days.until}
    given |= {"told_until": min(days.until, now), "type": type_code, "station": station}
    found: list[Cell] = []
    for query in PLACED if station else EVERYWHERE:
        asked = {name: value for name, value in given.items() if re.search(rf":{name}\b", query)}
        found += _cells((await session.execute(text(query), asked)).mappings())
    return sorted(found, key=lambda cell: (cell.day, cell.type_code, cell.station or ""))


async def takings_by_day(session: AsyncSession, city_id: str, days: Days, *, currency: str) -> dict[date, int]:
    """What the books say was charged on each day, less what was given back; cents, tax included."""
    given = {"city": city_id, "zone": days.zone.key, "since": days.since, "until": days.until, "currency": currency}
    rows = await session.execute(text(TAKINGS), given)
    return {day: int(cents) for day, cents in rows}


def _cells(rows: Any) -> Iterator[Cell]:
    for row in rows:
        figures = {name: int(value) for name, value in row.items() if name not in ("day", "type_code", "station")}
        yield Cell(row["day"], row["type_code"], row["station"], Sums(**figures))
