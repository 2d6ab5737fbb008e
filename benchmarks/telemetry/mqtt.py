"""MQTT to durable rows beside a C client that only reads the topic; then memory while messages keep coming.

    python -m benchmarks.telemetry.mqtt [--messages 40000] [--rounds 3] [--minutes 0.5] [--rate 2000]

Each message is one report, QoS 1. Twice the two take turns: with messages that wait at the broker, and live, while
programs in C publish as fast as the broker takes it. A row counts when it is committed on disk, and is acknowledged
after that. The consumer is a process of its own; its CPU is what the kernel says of it, the import of its modules left
out. Linux only.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID

from benchmarks.feeds.server import fill
from benchmarks.telemetry.fleet import fleet
from benchmarks.telemetry.line import CONSUMER, READER, TALKERS, VEHICLES, Line, a_line, until
from mobility.db.embedded import servers
from mobility.db.migrations import upgrade


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(fill(running.database_url, VEHICLES + TALKERS))
            ids = asyncio.run(vehicle_ids(running.database_url))
            with a_line(Path(folder), running, ids, durable=False) as line:
                asyncio.run(compare(line, asked.messages, asked.rounds))
            with a_line(Path(folder), running, ids, durable=False) as line:
                asyncio.run(compare_live(line, asked.messages, asked.rounds))
            said = asked.messages * asked.rounds
            with a_line(Path(folder), running, ids, durable=True, said=said) as line:
                asyncio.run(keep_on(line, asked.minutes * 60, asked.rate))
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--messages", type=int, default=40_000, help="of each round")
    described.add_argument("--rounds", type=int, default=3)
    described.add_argument("--minutes", type=float, default=0.5, help="how long memory is watched")
    described.add_argument("--rate", type=int, default=2_000, help="messages a second meanwhile")
    return described


async def vehicle_ids(database_url: str) -> Sequence[UUID]:
    async with fleet(database_url) as street:
        return street.ids


async def compare(line: Line, messages: int, rounds: int) -> None:
    for session in (READER, CONSUMER):
        line.subscribe(session)
    read, stored = [], []
    for _ in range(rounds):
        await line.publish(messages)
        read.append(await asyncio.to_thread(line.read, messages))
        stored.append(await line.store(messages))
    print(f"{messages} messages of one report that wait at the broker, {VEHICLES} vehicles, medians of {rounds} rounds")
    show(messages, read, stored)


async def compare_live(line: Line, messages: int, rounds: int) -> None:
    read, stored = [], []
    for _ in range(rounds):
        line.subscribe(READER)
        line.prepare(messages)
        reading = asyncio.create_task(asyncio.to_thread(line.read, messages))
        await line.talk()
        read.append(await reading)
        line.forget(READER)
        # The same messages again, stored for the first time: rows are counted by their numbers.
        stored.append(await line.store(messages, line.talk))
        line.talked += messages // TALKERS
        line.forget(CONSUMER)
    print(f"{messages} messages of one report as they are published by {TALKERS} vehicles, medians of {rounds} rounds")
    show(messages, read, stored)


def show(messages: int, *turns: Sequence[tuple[float, float]]) -> None:
    """The reader's turns and the consumer's: wall and CPU seconds."""
    (read_s, read_cpu_s), (stored_s, stored_cpu_s) = (tuple(map(median, zip(*each, strict=True))) for each in turns)
    print(f"  mosquitto_sub, read only   {messages / read_s:8.0f}/s   1.00   {read_cpu_s / messages * 1e6:5.1f} µs CPU")
    print(
        f"  consumer, durable rows     {messages / stored_s:8.0f}/s   {read_s / stored_s:.2f}"
        f"   {stored_cpu_s / messages * 1e6:5.1f} µs CPU",
        flush=True,
    )


async def keep_on(line: Line, seconds: float, rate: int) -> None:
    """The broker's promises in force: what it has acknowledged it has saved."""
    line.subscribe(CONSUMER)
    already, said = await line.rows(), line.said
    with line.consumer() as consumer:
        await until(consumer.listens)
        cpu, memory = consumer.cpu_s(), []
        began = time.monotonic()
        publishing = asyncio.create_task(line.publish(int(rate * seconds), per_s=rate))
        while not publishing.done():
            memory.append(consumer.memory_mb())
            await asyncio.sleep(1)
        await publishing
        published, stored = line.said - said, await line.rows() - already
        third = max(1, len(memory) // 3)
        print(f"{rate} messages a second asked for, for {seconds:.0f} s, through the broker as shipped")
        print(f"  {published} published, {published / rate / seconds:.2f} of what was asked; {stored} stored by then")
        print(
            f"  memory {median(memory[:third]):.0f} MB at first, {median(memory[-third:]):.0f} MB at last", flush=True
        )
        await until(partial(line.has_rows, already + published))
        print(f"  all stored after {time.monotonic() - began:.0f} s")
        print(f"  {(consumer.cpu_s() - cpu) / published * 1e6:.1f} µs CPU a message")


if __name__ == "__main__":
    sys.exit(main())
