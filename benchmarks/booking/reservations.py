"""Reservations per second through the whole API beside a bare Litestar endpoint that sends one statement.

    python -m benchmarks.booking.reservations [--riders 2000] [--rounds 5]

Both are asked in turns, so that whatever else runs on the machine meets both; medians are shown. *Spread*: each rider
wants another vehicle. *Contended*: crowds of 200 at once want the same one, and exactly one gets it. Beside these two
the bare endpoint reads a vehicle. *Stampede*: the same crowds, beside a bare endpoint that takes the vehicle by a
conditional UPDATE and does nothing else.
"""

import argparse
import sys
from collections.abc import Sequence
from statistics import median

import uvloop

from benchmarks.booking import town
from benchmarks.booking.clients import Round, ask_all, get, post, post_nothing, up
from benchmarks.booking.site import Site, site
from mobility.db.session import Sessions, create_engine, create_sessions

AT_ONCE = 20
CROWD = 200
VEHICLES = 3_000
OTHERS = 300
SPREAD_DEG = 0.02
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
HELD = "SELECT count(*) FROM hold WHERE released_at IS NULL"
HELD_TWICE = """
    SELECT count(*) FROM (
        SELECT vehicle_id FROM hold WHERE released_at IS NULL GROUP BY vehicle_id HAVING count(*) > 1
    ) AS twice
"""


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    with site() as where:
        uvloop.run(measure(where, asked))
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--riders", type=int, default=2_000, help="reservations in a round")
    described.add_argument("--rounds", type=int, default=5)
    return described


async def measure(where: Site, asked: argparse.Namespace) -> None:
    engine = create_engine(where.database_url)
    sessions = create_sessions(engine)
    await town.fill(sessions, vehicles=VEHICLES, riders=asked.riders, spread_deg=SPREAD_DEG, others=OTHERS)
    vehicles = await town.public_ids(sessions)
    bare = [get(f"/vehicles/{vehicle}") for vehicle in vehicles[: asked.riders]]
    spread = [reserve(rider, vehicle) for rider, vehicle in enumerate(vehicles[: asked.riders], start=1)]
    wanted = [vehicles[rider // CROWD] for rider in range(1, asked.riders + 1)]
    crowds = [reserve(rider, vehicle) for rider, vehicle in enumerate(wanted, start=1)]
    takes = [post_nothing(f"/vehicles/{vehicle}/take") for vehicle in wanted]
    await up(where.whole)
    await up(where.bare)
    for name, requests, plain, at_once in (
        ("spread", spread, bare, AT_ONCE),
        ("contended", crowds, bare, CROWD),
        ("stampede", crowds, takes, CROWD),
    ):
        turns = [await turn(where, sessions, plain, requests, at_once) for _ in range(asked.rounds + 1)]
        # The first warms both up.
        print("\n".join(rows(name, turns[1:])), flush=True)
    print(f"deadlocks: {await town.count(sessions, DEADLOCKS)}")
    await engine.dispose()


def reserve(rider: int, vehicle: str) -> bytes:
    return post("/v1/holds", f'{{"vehicle_id":"{vehicle}"}}', token=town.token(rider), key=f"key-{rider}")


async def turn(
    where: Site, sessions: Sessions, bare: Sequence[bytes], requests: Sequence[bytes], at_once: int
) -> tuple[Round, Round]:
    await town.reset(sessions)
    plain = await ask_all(where.bare, bare, at_once=at_once)
    await town.reset(sessions)  # the bare endpoint may have taken vehicles
    whole = await ask_all(where.whole, requests, at_once=at_once)
    held = await town.count(sessions, HELD) - OTHERS
    if held != whole.answers[201] or await town.count(sessions, HELD_TWICE):
        raise SystemExit(f"{held} holds, answered {whole.answers}")
    return whole, plain


def rows(name: str, turns: Sequence[tuple[Round, Round]]) -> list[str]:
    whole, plain = zip(*turns, strict=True)
    wall = median(each.per_s for each in whole) / median(each.per_s for each in plain)
    cpu = median(each.cpu_us for each in plain) / median(each.cpu_us for each in whole)
    told = [row(side, rounds) for side, rounds in (("holds", whole), ("bare", plain))]
    answers = ", ".join(f"{status}: {number}" for status, number in sorted(whole[-1].answers.items()))
    return [f"{name}: {wall:.2f} of the bare endpoint by wall time, {cpu:.2f} by CPU time ({answers})", *told]


def row(side: str, rounds: Sequence[Round]) -> str:
    per_s, cpu_us = median(each.per_s for each in rounds), median(each.cpu_us for each in rounds)
    p50_ms, p99_ms = (median(each.quantile_ms(share) for each in rounds) for share in (0.5, 0.99))
    return f"  {side:<6} {per_s:6.0f}/s  {cpu_us:5.0f} µs CPU  p50 {p50_ms:6.2f} ms  p99 {p99_ms:7.2f} ms"


if __name__ == "__main__":
    sys.exit(main())
