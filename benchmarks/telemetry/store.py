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
from statistics import median
from typing import Any

import asyncpg
from sqlalchemy import text

from benchmarks.telemetry.fleet import Fleet, database, fleet
from benchmarks.telemetry.history import compare_keys, read_days
from mobility.db.session import driver_of, transaction
from mobility.telemetry import service
from mobility.telemetry.rules.messages import Message
from mobility.telemetry.rules.reports import Report
from mobility.telemetry.rules.sifting import read_all
from mobility.telemetry.service.store import COLUMNS, rows_of

BATCH = 5_000
SHAPES = ((10, "500 vehicles, 10 reports each"), (1, "5,000 vehicles, 1 report each"))
GROWTH = (1_000, 10_000, 100_000)
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
        gc.freeze()  # as the consumer does
        async with fleet(url) as street:
            await measure(street)

    with database(vehicles) as url:
        asyncio.run(run())


async def compare(street: Fleet, rounds: int) -> None:
    for each, shape in SHAPES:
        turns = []
        for at in range(rounds + 1):
            messages = street.says(BATCH, each, first=at * BATCH // each)
            turns.append([await turn(street, messages) for turn in (bare_copy, through_staging, ingest)])
        # The first turn prepares statements and plans.
        copy_s, staged_s, ingest_s = (median(turn[at][0] for turn in turns[1:]) for at in range(3))
        cpu_us = [median(turn[at][1] for turn in turns[1:]) / BATCH * 1e6 for at in range(3)]
        print(f"{BATCH} reports of {shape}, medians of {rounds}")
        print(f"  bare COPY             {BATCH / copy_s:8.0f} rows/s   1.00   client {cpu_us[0]:4.1f} µs CPU a row")
        print(f"  staging, ON CONFLICT  {BATCH / staged_s:8.0f} rows/s   {copy_s / staged_s:.2f}   {cpu_us[1]:11.1f}")
        print(f"  ingest from bytes     {BATCH / ingest_s:8.0f} rows/s   {copy_s / ingest_s:.2f}   {cpu_us[2]:11.1f}")


async def timed(work: Awaitable[Any]) -> tuple[float, float]:
    """Wall and CPU seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    await work
    return time.perf_counter() - wall, time.process_time() - cpu


async def ingest(street: Fleet, messages: list[Message]) -> tuple[float, float]:
    async def work() -> None:
        async with transaction(street.sessions) as session:
            outcome = await service.ingest(session, street.clock, messages)
            assert outcome.accepted == BATCH, outcome.counts

    return await timed(work())


async def bare_copy(street: Fleet, messages: list[Message]) -> tuple[float, float]:
    """The same rows, read before the clock starts, as those of another restart."""
    rows = rows_with(street, messages, boot=1)

    async def work() -> None:
        async with transaction(street.sessions) as session:
            await session.execute(text("SELECT 1"))
            await (await driver_of(session)).copy_records_to_table("telemetry_report", records=rows, columns=COLUMNS)

    return await timed(work())


async def through_staging(street: Fleet, messages: list[Message]) -> tuple[float, float]:
    """COPY into a temporary table, then INSERT … ON CONFLICT: rows only, without rules and latest states."""
    rows = rows_with(street, messages, boot=2)

    async def work() -> None:
        async with transaction(street.sessions) as session:
            await session.execute(text("SELECT 1"))
            await stage(await driver_of(session), rows)

    return await timed(work())


async def stage(connection: "asyncpg.Connection[Any]", rows: list[tuple[Any, ...]]) -> None:
    await connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS staged ON COMMIT DELETE ROWS AS"
        f" SELECT {', '.join(COLUMNS)} FROM telemetry_report LIMIT 0"
    )
    await connection.copy_records_to_table("staged", records=rows, columns=COLUMNS)
    assert len(await connection.fetch(STAGED)) == len(rows)


def rows_with(street: Fleet, messages: list[Message], *, boot: int) -> list[tuple[Any, ...]]:
    said, _ = read_all(messages)
    reports: dict[Any, list[Report]] = {vehicle: [each.report for each in kept] for vehicle, kept in said.items()}
    return [(row[0], boot, *row[2:]) for row in rows_of(reports, street.clock.now())]


def grow(rounds: int) -> None:
    for vehicles in GROWTH:
        with_fleet(vehicles, lambda street: grown(street, rounds))


async def grown(street: Fleet, rounds: int) -> None:
    """Every vehicle in turn says one report; batches as large as ten seconds of the fleet, at most `BATCH`."""
    batch = min(BATCH, len(street.ids))
    turns = []
    for at in range(rounds + 1):
        messages = street.says(batch, 1, first=at * batch)
        copied = await bare_copy(street, messages)

        async def work(messages: list[Message] = messages) -> None:
            async with transaction(street.sessions) as session:
                await service.ingest(session, street.clock, messages)

        turns.append((copied, await timed(work())))
    wall_us = median(turn[1][0] for turn in turns[1:]) / batch * 1e6
    cpu_us = median(turn[1][1] for turn in turns[1:]) / batch * 1e6
    ratio = median(turn[0][0] for turn in turns[1:]) / median(turn[1][0] for turn in turns[1:])
    share = wall_us * len(street.ids) / 10 / 1e6
    print(
        f"{len(street.ids):>7} vehicles, batches of {batch}: {wall_us:5.1f} µs a report, {cpu_us:4.1f} of it this"
        f" client's CPU; {ratio:.2f} of COPY; one report in 10 s of each takes {share:6.1%} of one consumer's time"
    )


if __name__ == "__main__":
    sys.exit(main())
