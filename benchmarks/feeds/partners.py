"""What it costs to look for news for partners among many vehicles: CPU of the worker for a look that finds one change.

    python -m benchmarks.feeds.partners [--vehicles 10000] [--looks 10]

Beside it a bare read of the same vehicles: what asking the database alone costs.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.feeds.server import fill
from benchmarks.feeds.vehicle_status import TURN
from mobility.base.clock import SystemClock
from mobility.db.embedded import servers
from mobility.db.migrations import upgrade
from mobility.db.session import Sessions, create_engine, create_sessions, transaction
from mobility.feeds.queries import read_standing
from mobility.feeds.rules.system import Publication
from mobility.partners.service.telling import tell

CITY = "bethune"
NOWHERE = Publication(base_url="", default_city=CITY, contact_email="", license_id="")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(fill(running.database_url, asked.vehicles))
            asyncio.run(measure(running.database_url, asked))
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--vehicles", type=int, default=10_000)
    described.add_argument("--looks", type=int, default=10)
    return described


async def measure(database_url: str, asked: argparse.Namespace) -> None:
    engine, clock = create_engine(database_url), SystemClock()
    sessions = create_sessions(engine)
    await cpu_s(sessions, lambda session: tell(session, clock, NOWHERE, CITY))  # the first look remembers all
    looks, reads = [], []
    for at in range(asked.looks):
        async with transaction(sessions) as session:
            await session.execute(text(TURN), {"state": "available" if at % 2 else "non_operational"})
        looks.append(await cpu_s(sessions, lambda session: tell(session, clock, NOWHERE, CITY)))
        reads.append(await cpu_s(sessions, lambda session: read_standing(session, CITY, clock.now())))
    await engine.dispose()
    print(f"{asked.vehicles} vehicles: a look {median(looks):.3f} s of CPU, the read alone {median(reads):.3f} s")


async def cpu_s(sessions: Sessions, job: Callable[[AsyncSession], Awaitable[object]]) -> float:
    """Of this process, its threads together."""
    began = time.process_time()
    async with transaction(sessions) as session:
        await job(session)
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
