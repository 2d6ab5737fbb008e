"""What storing reports costs: ingest beside the bare COPY of the same rows, keys compared, one vehicle's day, growth.

    python -m benchmarks.telemetry.store [--part ingest|keys|day|growth] [--rounds 15] [--rows 5000000]

Ingest and COPY take turns with the same rows into the same table, so that whatever else runs meets both; medians are
shown. Each turn ends with the commit on disk.
"""

import argparse
import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

import asyncpg
import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.telemetry.fleet import Fleet, database, fleet
from benchmarks.telemetry.history import compare_keys, read_days
from mobility.consumer import GARBAGE_AFTER
from mobility.db import binary
from mobility.db.session import driver_of, transaction
from mobility.telemetry import service
from mobility.telemetry.rules.columns import columns_of
from mobility.telemetry.rules.messages import Message, speakers
from mobility.telemetry.rules.reports import Report
from mobility.telemetry.rules.sifting import read_all
from mobility.telemetry.service.store import rows_of
from mobility.telemetry.tables import TelemetryReport

BATCH = 5_000
KEPT_UP_ROUNDS = 4
Store = Callable[[Fleet, Any, asyncio.Lock], Awaitable[None]]
SHAPES = ((10, "500 vehicles, 10 reports each"), (1, "5,000 vehicles, 1 report each"))
GROWTH = (1_000, 10_000, 100_000)
COLUMNS = [column.name for column in TelemetryReport.__table__.columns]
STAGED = f"""
    INSERT INTO telemetry_report ({", ".join(COLUMNS)}) SELECT * FROM staged
    ON CONFLICT DO NOTHING RETURNING vehicle_id, boot, seq
"""


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    parts: dict[str, Callable[[], None]] = {
        "ingest": lambda: with_fleet(10_000, lambda street: compare(street, asked.rounds)),
        "keys": lambda: with_fleet(10_000, compare_keys),
        "day": lambda: with_fleet(10_000, lambda street: read_days(street, asked.rows)),
        "growth": lambda: grow(asked.rounds),
    }
    for name in [asked.part] if asked.part else parts:
        parts[name]()
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--part", choices=("ingest", "keys", "day", "growth"))
    described.add_argument("--rounds", type=int, default=15)
    described.add_argument(
        "--rows", type=int, default=5_000_000, help="rows of the day that one vehicle's is read from"
    )
    return described


def with_fleet(vehicles: int, measure: Callable[[Fleet], Awaitable[None]]) -> None:
    async def run() -> None:
        # As the consumer does.
        gc.freeze()
        gc.set_threshold(GARBAGE_AFTER)
        async with fleet(url) as street:
            await measure(street)

    with database(vehicles) as url:
        asyncio.run(run())


async def compare(street: Fleet, rounds: int) -> None:
    ways = {
        "bare COPY": bare_copy,
        "COPY of bytes made before": ready_copy,
        "COPY to staging, INSERT ON CONFLICT": through_staging,
        "ingest, from bytes to latest states": ingest,
    }
    for each, shape in SHAPES:
        took: dict[str, list[Took]] = {name: [] for name in ways}
        for at in range(rounds + 1):
            messages = street.says(BATCH, each, first=at * BATCH // each)
            for name, way in ways.items():
                took[name].append(await way(street, messages))
        print(f"{BATCH} reports of {shape}; medians of {rounds}, CPU as sums")
        # The first turn prepares statements and plans.
        bare = summed(took["bare COPY"][1:])
        for name, turns in took.items():
            mine = summed(turns[1:])
            print(
                f"  {name:<36} {BATCH / mine.wall_s:8.0f} rows/s {bare.wall_s / mine.wall_s:5.2f}   CPU a row:"
                f" client {mine.client_s * 1e6 / BATCH:5.1f} µs, server {mine.server_s * 1e6 / BATCH:5.1f} µs,"
                f" ratio {(bare.client_s + bare.server_s) / (mine.client_s + mine.server_s):.2f}",
                flush=True,
            )
    for each, shape in SHAPES:
        await compare_kept_up(street, each, shape, rounds)


async def compare_kept_up(street: Fleet, each: int, shape: str, batches: int) -> None:
    """Batch after batch, as when many wait: one transaction at a time, and two, as the consumer has."""
    ways: dict[str, tuple[Store, int]] = {
        "bare COPY, one after the other": (store_bare, 1),
        "bare COPY, two connections": (store_bare, 2),
        "ingest, one after the other": (store_said, 1),
        "ingest, two in hand": (store_said, 2),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(KEPT_UP_ROUNDS + 1):
        for name, (store, hands) in ways.items():
            waiting = [street.says(BATCH, each, first=at * BATCH // each) for at in range(batches)]
            took[name].append(await kept_up(street, store, hands, waiting))
    bare_s = median(took["bare COPY, one after the other"][1:])
    print(f"{batches} batches of {shape}, that wait; medians of {KEPT_UP_ROUNDS}")
    for name, seconds in took.items():
        mine_s = median(seconds[1:])
        print(f"  {name:<36} {batches * BATCH / mine_s:8.0f} rows/s {bare_s / mine_s:5.2f}", flush=True)


async def kept_up(street: Fleet, store: Store, hands: int, waiting: Sequence[list[Message]]) -> float:
    """Seconds by the clock until all is committed."""
    prepared = [rows_with(street, messages, boot=4) if store is store_bare else messages for messages in waiting]
    left, reading = iter(prepared), asyncio.Lock()

    async def work() -> None:
        for batch in left:
            await store(street, batch, reading)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(hands)))
    return time.perf_counter() - began


async def store_bare(street: Fleet, rows: Any, _: asyncio.Lock) -> None:
    async with transaction(street.sessions) as session:
        await session.execute(text("SELECT 1"))
        await (await driver_of(session)).copy_records_to_table("telemetry_report", records=rows, columns=COLUMNS)


async def store_said(street: Fleet, messages: Any, reading: asyncio.Lock) -> None:
    """As `Consumer` does it."""
    async with transaction(street.sessions) as session:
        async with reading:
            said = await service.lock_and_read(session, messages)
        await service.keep(session, street.clock, said)


class Took(NamedTuple):
    """Seconds of the clock, and of CPU in this process and in its one PostgreSQL backend."""

    wall_s: float
    client_s: float
    server_s: float


def summed(turns: Sequence[Took]) -> Took:
    """Of one turn: the median by the clock, the mean by CPU."""
    wall_s, client_s, server_s = zip(*turns, strict=True)
    return Took(median(wall_s), fmean(client_s), fmean(server_s))


async def timed(street: Fleet, work: Callable[[AsyncSession], Awaitable[None]]) -> Took:
    """What `work` and the commit take."""
    async with street.sessions() as session:
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
    wall, client, server = time.perf_counter(), time.process_time(), backend_cpu_s(backend)
    async with transaction(street.sessions) as session:
        await work(session)
    return Took(time.perf_counter() - wall, time.process_time() - client, backend_cpu_s(backend) - server)


def backend_cpu_s(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


async def ingest(street: Fleet, messages: list[Message]) -> Took:
    count = len(read_all(messages).reports)

    async def work(session: AsyncSession) -> None:
        assert (await service.ingest(session, street.clock, messages)).accepted == count

    return await timed(street, work)


async def bare_copy(street: Fleet, messages: list[Message]) -> Took:
    """The same rows, read before the clock starts, as those of another restart."""
    rows = rows_with(street, messages, boot=1)

    async def work(session: AsyncSession) -> None:
        await session.execute(text("SELECT 1"))
        await (await driver_of(session)).copy_records_to_table("telemetry_report", records=rows, columns=COLUMNS)

    return await timed(street, work)


async def ready_copy(street: Fleet, messages: list[Message]) -> Took:
    """The same rows as columns, made before the clock starts: what is left is the server's part."""
    ids, read = speakers(messages), read_all(messages)
    reports = columns_of(read.reports, ids.of_message[read.message])
    reports = replace(reports, boot=np.full(len(reports), 3))
    key = np.array([vehicle_id.bytes for vehicle_id in ids.ids], "V16")
    rows = rows_of(reports, key, street.clock.now())

    async def work(session: AsyncSession) -> None:
        await session.execute(text("SELECT 1"))
        await binary.copy(session, "telemetry_report", rows)

    return await timed(street, work)


async def through_staging(street: Fleet, messages: list[Message]) -> Took:
    """COPY into a temporary table, then INSERT … ON CONFLICT: rows only, without rules and latest states."""
    rows = rows_with(street, messages, boot=2)

    async def work(session: AsyncSession) -> None:
        await session.execute(text("SELECT 1"))
        await stage(await driver_of(session), rows)

    return await timed(street, work)


async def stage(connection: "asyncpg.Connection[Any]", rows: list[tuple[Any, ...]]) -> None:
    await connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS staged ON COMMIT DELETE ROWS AS"
        f" SELECT {', '.join(COLUMNS)} FROM telemetry_report LIMIT 0"
    )
    await connection.copy_records_to_table("staged", records=rows, columns=COLUMNS)
    assert len(await connection.fetch(STAGED)) == len(rows)


def rows_with(street: Fleet, messages: list[Message], *, boot: int) -> list[tuple[Any, ...]]:
    """In the order of vehicles and numbers, as ingest stores them."""
    read, received_at = read_all(messages), street.clock.now()
    said = [(messages[message].vehicle_id, report) for message, report in zip(read.message, read.reports, strict=True)]
    said.sort(key=lambda each: (each[0].int, each[1].seq))
    return [(vehicle_id, boot, report.seq, report.at, received_at, *_values(report)) for vehicle_id, report in said]


def _values(report: Report) -> tuple[Any, ...]:
    fix, network = report.position, report.network
    place = (None, None, None) if fix is None else (fix.lon, fix.lat, fix.accuracy_m)
    return (
        *place,
        *(getattr(report, name) for name in COLUMNS[8:17]),
        network and network.technology,
        network and network.signal_dbm,
    )


def grow(rounds: int) -> None:
    for vehicles in GROWTH:
        with_fleet(vehicles, lambda street: grown(street, rounds))


async def grown(street: Fleet, rounds: int) -> None:
    """Every vehicle in turn says one report; batches as large as ten seconds of the fleet, at most `BATCH`."""
    batch = min(BATCH, len(street.ids))
    copied, ingested = [], []
    for at in range(rounds + 1):
        messages = street.says(batch, 1, first=at * batch)
        copied.append(await bare_copy(street, messages))
        ingested.append(await ingest(street, messages))
    bare, mine = summed(copied[1:]), summed(ingested[1:])
    client_us, server_us = mine.client_s / batch * 1e6, mine.server_s / batch * 1e6
    print(
        f"{len(street.ids):>7} vehicles, batches of {batch}: CPU of a report {client_us:5.1f} µs in the consumer,"
        f" {server_us:5.1f} µs in PostgreSQL; {bare.wall_s / mine.wall_s:.2f} of COPY; with a report in 10 s of each"
        f" {client_us * len(street.ids) / 1e7:6.1%} and {server_us * len(street.ids) / 1e7:6.1%} of a core",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
