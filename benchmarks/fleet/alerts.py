"""One round of a city's alerts, beside a bare read of the same rows: quiet, and when the whole fleet falls silent.

Who watches the vehicles reads each one's latest state; what judging them costs beyond that is the ratio.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median

from sqlalchemy import text

from benchmarks.telemetry.fleet import Fleet, database, fleet
from mobility.db.session import transaction
from mobility.fleet.service import alerts

CITY = "bethune"
BARE = text("""
    SELECT vehicle.id, type_code, state, state_since, lon, lat, accuracy_m, position_at, heard_at, charge_percent,
        alarms, parked_lon, parked_lat, parked_by
    FROM vehicle JOIN vehicle_status ON vehicle_status.vehicle_id = vehicle.id WHERE city_id = :city ORDER BY vehicle.id
""")


def main() -> int:
    arguments = _arguments()
    print(f"{'vehicles':>8} {'bare ms':>8} {'quiet ms':>9} {'ratio':>6} {'silent ms':>10} {'changes':>8}")
    for vehicles in arguments.vehicles:
        with database(vehicles) as url:
            print(asyncio.run(_measure(url, vehicles, arguments.rounds)), flush=True)
    return 0


async def _measure(url: str, vehicles: int, rounds: int) -> str:
    async with fleet(url) as street:
        await _round(street)  # keeps where each vehicle was parked
        bare_s = median([await _timed(lambda: _read(street)) for _ in range(rounds)])
        quiet_s = median([await _timed(lambda: _round(street)) for _ in range(rounds)])
        street.clock.advance(timedelta(minutes=30))
        began, changes, told = time.perf_counter(), 0, 0
        while told := await _round(street):
            changes += told
        silent_s = time.perf_counter() - began
    return (
        f"{vehicles:>8} {bare_s * 1e3:>8.0f} {quiet_s * 1e3:>9.0f} {quiet_s / bare_s:>6.1f}"
        f" {silent_s * 1e3:>10.0f} {changes:>8}"
    )


async def _timed(work: Callable[[], Awaitable[int]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _read(street: Fleet) -> int:
    async with transaction(street.sessions) as session:
        return len((await session.execute(BARE, {"city": CITY})).all())


async def _round(street: Fleet) -> int:
    async with transaction(street.sessions) as session:
        return await alerts.evaluate(session, street.clock, CITY)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fleet.alerts", description=__doc__)
    parser.add_argument("--vehicles", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
