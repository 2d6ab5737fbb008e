"""Which key a day of reports should have, and how long one vehicle's day takes to read."""

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.telemetry.fleet import EVERY_S, Fleet
from mobility.base.clock import FixedClock
from mobility.db.session import driver_of, transaction
from mobility.telemetry.queries import list_reports
from mobility.telemetry.rules.days import partition_of
from mobility.telemetry.tasks import pack_closed_days

KEYS = {
    "(vehicle_id, boot, seq, at)": ("PRIMARY KEY (vehicle_id, boot, seq, at)",),
    "(vehicle_id, at, boot, seq)": ("PRIMARY KEY (vehicle_id, at, boot, seq)",),
    "(vehicle_id, boot, seq) and (vehicle_id, at)": ("PRIMARY KEY (vehicle_id, boot, seq)", "INDEX (vehicle_id, at)"),
    "(vehicle_id, at, boot, seq), BRIN (at)": ("PRIMARY KEY (vehicle_id, at, boot, seq)", "INDEX USING brin (at)"),
}
KEY_ROWS, KEY_VEHICLES = 1_000_000, 2_000
DAY_REPORTS = 86_400 // EVERY_S
ASKED, PAGE = 20, 200
DAY = """
    SELECT * FROM telemetry_report
    WHERE vehicle_id = $1 AND at >= $2 AND at < $2::timestamptz + interval '1 day' ORDER BY boot, seq
"""

# In the order of time, as reports come: neighbours in the table are of different vehicles.
GENERATED = """
    INSERT INTO {table} (vehicle_id, boot, seq, at, received_at, lon, lat, accuracy_m, speed_kmh, charge_percent,
        range_m, odometer_m, locked, ignition)
    SELECT id, 0, number, at, at, 2.6 + number * 1e-6, 50.5, 5, 0, 82.5, 57750, 1204300 + number, true, false
    FROM generate_series(1, $1::int) AS number,
        LATERAL (SELECT $2::timestamptz + number * interval '1 second' * $3 AS at) AS instant,
        LATERAL (SELECT id FROM bench_vehicle) AS vehicle
"""


async def compare_keys(street: Fleet) -> None:
    async with transaction(street.sessions) as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        connection = await driver_of(session)
        await choose(connection, KEY_VEHICLES)
        print(f"{KEY_ROWS:,} rows of {KEY_VEHICLES:,} vehicles into a table with the key")
        for name, indexes in KEYS.items():
            print(f"  {name:<46} {await tried(connection, indexes)}", flush=True)


async def choose(connection: "asyncpg.Connection[Any]", vehicles: int) -> None:
    """The vehicles that the rows are of."""
    await connection.execute(
        f"CREATE TEMP TABLE bench_vehicle ON COMMIT DROP AS SELECT id FROM vehicle ORDER BY id LIMIT {vehicles}"
    )


async def tried(connection: "asyncpg.Connection[Any]", indexes: tuple[str, ...]) -> str:
    await connection.execute("CREATE TABLE bench_key (LIKE telemetry_report)")
    for index in indexes:
        added = f"ALTER TABLE bench_key ADD {index}" if index.startswith("PRIMARY") else index_of(index)
        await connection.execute(added)
    began = time.perf_counter()
    per_vehicle = KEY_ROWS // KEY_VEHICLES
    await connection.execute(
        GENERATED.format(table="bench_key"), per_vehicle, datetime(2026, 1, 1, tzinfo=UTC), EVERY_S
    )
    insert_s = time.perf_counter() - began
    await connection.execute("ANALYZE bench_key")
    index_mb = await connection.fetchval("SELECT pg_indexes_size('bench_key') / 1e6")
    of_vehicle = "SELECT * FROM bench_key WHERE vehicle_id = $1 ORDER BY at"
    of_number = "SELECT at FROM bench_key WHERE vehicle_id = $1 AND boot = 0 AND seq = 250"
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM bench_vehicle ORDER BY random() LIMIT 50")]
    day_ms, number_ms = [await asked(connection, query, ids) for query in (of_vehicle, of_number)]
    await connection.execute("DROP TABLE bench_key")
    speed = f"{KEY_ROWS / insert_s:8.0f} rows/s, index {float(index_mb):5.0f} MB"
    return f"{speed}, all of a vehicle {day_ms:5.2f} ms, one number {number_ms:5.2f} ms"


def index_of(index: str) -> str:
    return f"CREATE INDEX ON bench_key {index.removeprefix('INDEX ')}"


async def asked(connection: "asyncpg.Connection[Any]", query: str, ids: list[Any]) -> float:
    """Median milliseconds."""
    took = []
    for vehicle_id in ids:
        began = time.perf_counter()
        await connection.fetch(query, vehicle_id)
        took.append((time.perf_counter() - began) * 1e3)
    return median(took)


async def read_days(street: Fleet, rows: int) -> None:
    """One vehicle's day out of `rows` reports of that day, every vehicle having said all of its own."""
    vehicles = rows // DAY_REPORTS
    # In a partition that the migration opened; midnight, so that the whole day lies in it.
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    began = time.perf_counter()
    async with transaction(street.sessions) as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        connection = await driver_of(session)
        await choose(connection, vehicles)
        # Up to the last second before the next midnight.
        await connection.execute(
            GENERATED.format(table="telemetry_report"), DAY_REPORTS - 1, start - timedelta(seconds=1), EVERY_S
        )
        ids = [row["id"] for row in await connection.fetch("SELECT id FROM bench_vehicle ORDER BY random()")]
    made_s, count = time.perf_counter() - began, vehicles * (DAY_REPORTS - 1)
    async with transaction(street.sessions) as session:
        day = f"telemetry_days.day_{start:%Y%m%d}"
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text(f"ANALYZE {day}"))
        bytes_a_row = (await session.scalar(text(f"SELECT pg_total_relation_size('{day}')")) or 0) / count
        print(
            f"{count:,} rows of {vehicles} vehicles, made in {made_s:.0f} s, {bytes_a_row:.0f} bytes a row with its key"
        )
        plan = await (await driver_of(session)).fetch("EXPLAIN (ANALYZE, BUFFERS)" + DAY, ids[-1], start)
        whole = [await read_whole(session, vehicle_id, start) for vehicle_id in ids[:ASKED]]
        page = [await read_page(session, vehicle_id, start) for vehicle_id in ids[ASKED : 2 * ASKED]]
    packed = await pack(street, start)
    async with transaction(street.sessions) as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        ordered = [await read_whole(session, vehicle_id, start) for vehicle_id in ids[:ASKED]]
    print(
        f"  one vehicle's day ({DAY_REPORTS - 1} rows): first of all {whole[0]:.1f} ms, median {median(whole):.1f} ms"
    )
    print(f"  its first page of {PAGE}: median {median(page):.1f} ms")
    print(f"  {packed}")
    print(f"  its whole day once the partition is in the order of its key: median {median(ordered):.1f} ms")
    print("\n".join(f"  | {row[0]}" for row in plan))


async def pack(street: Fleet, start: datetime) -> str:
    """What it takes the worker to put the day into the order of its key, when it is over."""
    size = text(f"SELECT pg_total_relation_size('telemetry_days.{partition_of(start.date())}') / 1e6")
    async with street.sessions() as session:
        before_mb = await session.scalar(size)
    began = time.perf_counter()
    async with transaction(street.sessions) as session:
        assert await pack_closed_days(session, FixedClock(start + timedelta(days=2))) == 1
    took_s = time.perf_counter() - began
    async with street.sessions() as session:
        after_mb = await session.scalar(size)
    return f"packed by the worker in {took_s:.1f} s, from {before_mb:.0f} to {after_mb:.0f} MB"


async def read_whole(session: AsyncSession, vehicle_id: UUID, start: datetime) -> float:
    """Milliseconds of the bare query."""
    began = time.perf_counter()
    found = await (await driver_of(session)).fetch(DAY, vehicle_id, start)
    assert len(found) == DAY_REPORTS - 1
    return (time.perf_counter() - began) * 1e3


async def read_page(session: AsyncSession, vehicle_id: UUID, start: datetime) -> float:
    """Milliseconds of what the route asks."""
    session.expunge_all()
    began = time.perf_counter()
    found = await list_reports(
        session, vehicle_id, since=start, until=start + timedelta(days=1), after=None, limit=PAGE + 1
    )
    assert len(found) == PAGE + 1
    return (time.perf_counter() - began) * 1e3
