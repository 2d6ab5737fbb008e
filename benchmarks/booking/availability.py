"""What is free for a time to come, of 1,000 cars with 30 days of bookings, beside a bare Litestar endpoint.

    python -m benchmarks.booking.availability [--cars 1000] [--days 30] [--searches 300] [--rounds 3]

*near*: two hours at a random time, cars within the quarter-hour's walk, with forecast charge and price. *city*: the
same at every station. *day*: the quarter-hours of a day at a station. The bare endpoint answers `SELECT 1`. All are
asked in turns over one connection, so that what else runs on the machine meets all; medians of the rounds are shown.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import urlencode

import uvloop
from sqlalchemy import text

from benchmarks.booking import town
from benchmarks.booking.clients import Round, ask_all, get, up
from benchmarks.booking.site import Site, site
from mobility.booking.rules.quarters import QUARTER, quarter_after
from mobility.db.session import Sessions, create_engine, create_sessions, transaction

CLASS = "totem-two-seater"
CARS = """
    INSERT INTO vehicle (id, city_id, type_code, plate, public_id, key_hash, state, state_seq, state_since, created_at,
        station_id)
    SELECT gen_random_uuid(), 'bethune', :class, 'X-' || number, gen_random_uuid(), ''::bytea, 'available', 0,
        now(), now(), (ids.ids)[1 + number % array_length(ids.ids, 1)]
    FROM generate_series(1, :number) AS number,
        (SELECT array_agg(id ORDER BY code) AS ids FROM station WHERE vehicle_types ? :class) AS ids
"""
STATUSES = """
    INSERT INTO vehicle_status (vehicle_id, lon, lat, charge_percent, range_m, odometer_m, locked, report_seq,
        position_at, reported_at, heard_at)
    SELECT vehicle.id, station.lon, station.lat, 50 + random() * 50, 40000, 0, true, 0, now(), now(), now()
    FROM vehicle JOIN station ON station.id = vehicle.station_id WHERE plate LIKE 'X-%'
"""
# A way there and back in the morning, at noon and in the evening of most days.
BOOKINGS = """
    INSERT INTO booking (id, account_id, booked_by, city_id, vehicle_id, type_code, by_class, start_station_id,
        end_station_id, starts_at, ends_at, blocked_until, state, tariff_id, quoted_cents, created_at)
    SELECT gen_random_uuid(), account.id, account.id, 'bethune', vehicle.id, :class, true, vehicle.station_id,
        vehicle.station_id, begins, begins + length, begins + length + interval '15 minutes', 'confirmed',
        (SELECT id FROM tariff WHERE type_code = :class ORDER BY effective_from DESC LIMIT 1), 500, now()
    FROM vehicle
    JOIN account ON account.email = substr(vehicle.plate, 3) || '@example.org'
    CROSS JOIN generate_series(1, :days) AS day
    CROSS JOIN (VALUES (7), (12), (17)) AS hour (hour)
    CROSS JOIN LATERAL (
        SELECT date_trunc('day', now()) + make_interval(days => day, hours => hour.hour)
            + interval '15 minutes' * floor(random() * 6 + 0 * vehicle.state_seq) AS begins,
            interval '15 minutes' * (2 + floor(random() * 8 + 0 * vehicle.state_seq)) AS length
    ) AS drawn
    WHERE vehicle.plate LIKE 'X-%' AND random() < 0.8
    ON CONFLICT DO NOTHING
"""


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with site() as where:
        uvloop.run(measure(where, asked))
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--cars", type=int, default=1_000)
    described.add_argument("--days", type=int, default=30)
    described.add_argument("--searches", type=int, default=300, help="of each kind, in a round")
    described.add_argument("--rounds", type=int, default=3)
    return described


async def measure(where: Site, asked: argparse.Namespace) -> None:
    engine = create_engine(where.database_url)
    sessions = create_sessions(engine)
    await fill(sessions, cars=asked.cars, days=asked.days)
    booked = await town.count(sessions, "SELECT count(*) FROM booking")
    station = await first_station(sessions)
    print(f"{asked.cars} cars, {booked} bookings in {asked.days} days", flush=True)
    await up(where.whole)
    await up(where.bare)
    kinds: dict[str, Callable[[random.Random], bytes]] = {
        "near": lambda drawn: search(drawn, asked.days, lon=town.HERE[0], lat=town.HERE[1]),
        "city": lambda drawn: search(drawn, asked.days, limit=100),
        "day": lambda drawn: day(drawn, asked.days, station),
    }
    turns = [await turn(where, kinds, random.Random(number), asked.searches) for number in range(asked.rounds + 1)]
    # The first warms both up.
    print("\n".join(row(name, [each[name] for each in turns[1:]]) for name in ("bare", *kinds)))
    await engine.dispose()


async def fill(sessions: Sessions, *, cars: int, days: int) -> None:
    await town.fill(sessions, vehicles=0, riders=cars, spread_deg=0)
    async with transaction(sessions) as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text(CARS), {"class": CLASS, "number": cars})
        await session.execute(text(STATUSES))
        await session.execute(text(BOOKINGS), {"class": CLASS, "days": days})
    await town.tidy(sessions)


async def first_station(sessions: Sessions) -> str:
    async with sessions() as session:
        return str(await session.scalar(text("SELECT station_id FROM vehicle WHERE plate = 'X-1'")))


def search(drawn: random.Random, days: int, **where: float) -> bytes:
    starts_at = quarter_after(datetime.now(UTC)) + drawn.randrange(1, days * 96 - 12) * QUARTER
    times = {"from": starts_at.isoformat(), "to": (starts_at + timedelta(hours=2)).isoformat()}
    return get("/v1/cities/bethune/availability?" + urlencode({**times, "type": CLASS, **where}))


def day(drawn: random.Random, days: int, station: str) -> bytes:
    on = datetime.now(UTC).date() + timedelta(days=drawn.randrange(1, days))
    asked = urlencode({"date": on.isoformat(), "type": CLASS})
    return get(f"/v1/cities/bethune/stations/{station}/availability?{asked}")


async def turn(
    where: Site, kinds: dict[str, Callable[[random.Random], bytes]], drawn: random.Random, number: int
) -> dict[str, Round]:
    rounds = {"bare": await ask_all(where.bare, [get("/one")] * number, at_once=1)}
    for name, ask in kinds.items():
        rounds[name] = await ask_all(where.whole, [ask(drawn) for _ in range(number)], at_once=1)
        if set(rounds[name].answers) != {200}:
            raise SystemExit(f"{name}: answered {rounds[name].answers}")
    return rounds


def row(name: str, rounds: Sequence[Round]) -> str:
    cpu_us = median(each.cpu_us for each in rounds)
    p50_ms, p99_ms = (median(each.quantile_ms(share) for each in rounds) for share in (0.5, 0.99))
    return f"  {name:<6} p50 {p50_ms:7.2f} ms  p99 {p99_ms:7.2f} ms  {cpu_us:7.0f} µs CPU"


if __name__ == "__main__":
    sys.exit(main())
