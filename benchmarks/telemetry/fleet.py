"""A fleet of many vehicles in a database of its own, and what it says."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.feeds.server import fill
from mobility.base.clock import FixedClock, SystemClock
from mobility.db.embedded import servers
from mobility.db.migrations import upgrade
from mobility.db.session import Sessions, create_engine, create_sessions
from mobility.fleet.tables import Vehicle
from mobility.telemetry.rules.messages import Message

EVERY_S = 10
WEST, SOUTH = 2.6, 50.5
PARKED = f"""
    UPDATE vehicle_status SET position_at = position_at - interval '1 day',
        lon = {WEST} + number % 1000 / 1e4, lat = {SOUTH} + number % 997 / 1e4
    FROM (SELECT id, row_number() OVER (ORDER BY plate) - 1 AS number FROM vehicle WHERE plate LIKE 'X-%') AS vehicle
    WHERE id = vehicle_id
"""


@contextmanager
def database(vehicles: int) -> Iterator[str]:
    """URL of a durable PostgreSQL with the demo's city and that many vehicles, for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running:
            upgrade(running.database_url)
            asyncio.run(fill(running.database_url, vehicles))
            yield running.database_url


@dataclass
class Fleet:
    """Vehicles that report every ten seconds; time passes as they do."""

    engine: AsyncEngine
    ids: Sequence[UUID]
    clock: FixedClock = field(default_factory=lambda: FixedClock(SystemClock().now()))
    seq: int = 0

    @property
    def sessions(self) -> Sessions:
        return create_sessions(self.engine)

    def says(self, count: int, each: int, *, first: int = 0) -> list[Message]:
        """`count` reports, `each` of one vehicle in one message, beginning with vehicle number `first`."""
        speaking = [(first + at) % len(self.ids) for at in range(count // each)]
        self.clock.advance(timedelta(seconds=EVERY_S * each))
        self.seq += each
        now = self.clock.now()
        return [Message(self.ids[number], self._payload(number, each, now)) for number in speaking]

    def _payload(self, vehicle: int, each: int, now: datetime) -> bytes:
        reports = [
            {
                "seq": self.seq - back,
                "at": now - timedelta(seconds=EVERY_S * back),
                "position": {"lon": WEST + vehicle % 1000 / 1e4, "lat": SOUTH + vehicle % 997 / 1e4, "accuracy_m": 5.0},
                "charge_percent": 82.5,
                "range_m": 57_750,
                "odometer_m": 1_204_300,
                "speed_kmh": 0.0,
                "locked": True,
                "ignition": False,
            }
            for back in range(each)
        ]
        return msgspec.json.encode(reports if each > 1 else reports[0])


@asynccontextmanager
async def fleet(database_url: str) -> AsyncIterator[Fleet]:
    engine = create_engine(database_url)
    async with create_sessions(engine)() as session:
        # Parked long ago, where each reports from: neither a ride nor a leap has to be thought of.
        await session.execute(text("UPDATE vehicle SET state_since = state_since - interval '1 day'"))
        await session.execute(text(PARKED))
        await session.commit()
        ids = (await session.scalars(select(Vehicle.id).where(Vehicle.plate.like("X-%")).order_by(Vehicle.plate))).all()
    yield Fleet(engine, ids)
    await engine.dispose()
