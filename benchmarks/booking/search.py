"""How long a search takes beside a bare `SELECT 1`: what is free nearby, and what is free for a time to come.

    python -m benchmarks.booking.search [--vehicles 10000] [--searches 200] [--rounds 5]

All are asked in turns, a few at once, so that whatever else runs on the machine meets all; medians of the rounds' p50
and p99 are shown.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import uvloop
from sqlalchemy import text

from benchmarks.booking import town
from benchmarks.booking.clients import Round, ask_all, get, up
from benchmarks.booking.site import Site, site
from mobility.db.session import Sessions, create_engine, create_sessions, transaction

AT_ONCE = 4
CARS, DAYS = 1_000, 30
# Over the whole town: its quarter-hour's walk holds about one in ten.
SPREAD_DEG = 0.08
LON, LAT = town.HERE
BECOME_CARS = """
    UPDATE vehicle SET type_code = 'totem-two-seater', station_id = (
        SELECT id FROM station WHERE city_id = 'bethune' AND vehicle_types ? 'totem-two-seater'
        ORDER BY md5(vehicle.plate || code) LIMIT 1
    ) WHERE plate IN (SELECT plate FROM vehicle WHERE plate LIKE 'X-%' ORDER BY plate LIMIT :cars)
"""
# Each car is booked two hours of every day, at an hour of its own.
BOOKED = """
    INSERT INTO booking (id, account_id, booked_by, city_id, vehicle_id, type_code, by_class, start_station_id,
        end_station_id, starts_at, ends_at, blocked_until, state, tariff_id, quoted_cents, fee_cents, created_at, terms)
    SELECT gen_random_uuid(), rider.id, rider.id, 'bethune', car.id, car.type_code, false, car.station_id,
        car.station_id, slot, slot + interval '2 hours', slot + interval '135 minutes', 'confirmed', tariff.id, 0, 0,
        now(), '{}'
    FROM (
        SELECT vehicle.*, row_number() OVER (ORDER BY id) AS number FROM vehicle
        WHERE type_code = 'totem-two-seater' AND plate LIKE 'X-%'
    ) AS car
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM account) AS rider USING (number)
    CROSS JOIN generate_series(0, :days - 1) AS day
    CROSS JOIN LATERAL (
        SELECT date_trunc('day', now()) + make_interval(days => 1 + day::int, hours => (car.number % 22)::int) AS slot
    ) AS slots
    JOIN LATERAL (SELECT id FROM tariff WHERE type_code = car.type_code LIMIT 1) AS tariff ON true
"""


def main(arguments: Sequence[str] | None = None) -> int:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--vehicles", type=int, default=10_000)
    described.add_argument("--searches", type=int, default=200, help="searches of each kind in a round")
    described.add_argument("--rounds", type=int, default=5)
    asked = described.parse_args(arguments)
    with site() as where:
        uvloop.run(measure(where, asked))
    return 0


async def measure(where: Site, asked: argparse.Namespace) -> None:
    engine = create_engine(where.database_url)
    sessions = create_sessions(engine)
    await town.fill(sessions, vehicles=asked.vehicles, riders=CARS, spread_deg=SPREAD_DEG)
    await book(sessions)
    await up(where.whole)
    await up(where.bare)
    starts_at = (datetime.now(UTC) + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    span = f"from={starts_at:%Y-%m-%dT%H:%M:%SZ}&to={starts_at + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    searches = {
        "SELECT 1": (where.bare, "/one"),
        "nearby": (where.whole, f"/v1/cities/bethune/vehicles/nearby?lon={LON}&lat={LAT}"),
        "availability": (where.whole, f"/v1/cities/bethune/availability?lon={LON}&lat={LAT}&{span}"),
    }
    rounds: dict[str, list[Round]] = {name: [] for name in searches}
    for _ in range(asked.rounds + 1):
        for name, (port, path) in searches.items():
            rounds[name].append(await ask_all(port, [get(path)] * asked.searches, at_once=AT_ONCE))
    for name, made in rounds.items():
        print(row(name, made[1:], rounds["SELECT 1"][1:]), flush=True)  # the first warms up
    await engine.dispose()


async def book(sessions: Sessions) -> None:
    """A thousand of the vehicles are cars at stations, and booked for a month."""
    async with transaction(sessions) as session:
        await session.execute(text(BECOME_CARS), {"cars": CARS})
        await session.execute(text(BOOKED), {"days": DAYS})
    await town.tidy(sessions)


def row(name: str, rounds: Sequence[Round], bare: Sequence[Round]) -> str:
    p50_ms, p99_ms = (median(each.quantile_ms(share) for each in rounds) for share in (0.5, 0.99))
    beside = p99_ms / median(each.quantile_ms(0.99) for each in bare)
    cpu_us = median(each.cpu_us for each in rounds)
    answers = ", ".join(f"{status}: {number}" for status, number in sorted(rounds[-1].answers.items()))
    return (
        f"{name:<13} p50 {p50_ms:7.2f} ms  p99 {p99_ms:7.2f} ms  {beside:6.1f} × bare  {cpu_us:6.0f} µs CPU ({answers})"
    )


if __name__ == "__main__":
    sys.exit(main())
