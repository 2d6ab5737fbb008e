"""How long a search for vehicles nearby takes, of 10,000 on the street, beside a bare `SELECT 1`.

    python -m benchmarks.booking.nearby [--vehicles 10000] [--searches 200] [--rounds 5]

Both are asked in turns, a few at once, so that whatever else runs on the machine meets both; medians of the rounds' p50
and p99 are shown.
"""

import argparse
import sys
from collections.abc import Sequence
from statistics import median

import uvloop

from benchmarks.booking import town
from benchmarks.booking.clients import Round, ask_all, get, up
from benchmarks.booking.site import Site, site
from mobility.db.session import create_engine, create_sessions

AT_ONCE = 4
# Over the whole town: its quarter-hour's walk holds about one vehicle in twelve.
SPREAD_DEG = 0.08
LON, LAT = town.HERE


def main(arguments: Sequence[str] | None = None) -> int:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--vehicles", type=int, default=10_000)
    described.add_argument("--searches", type=int, default=200, help="searches in a round")
    described.add_argument("--rounds", type=int, default=5)
    asked = described.parse_args(arguments)
    with site() as where:
        uvloop.run(measure(where, asked))
    return 0


async def measure(where: Site, asked: argparse.Namespace) -> None:
    engine = create_engine(where.database_url)
    await town.fill(create_sessions(engine), vehicles=asked.vehicles, riders=1, spread_deg=SPREAD_DEG)
    await engine.dispose()
    await up(where.whole)
    await up(where.bare)
    nearby = get(f"/v1/cities/bethune/vehicles/nearby?lon={LON}&lat={LAT}")
    turns = [
        [
            await ask_all(port, [request] * asked.searches, at_once=AT_ONCE)
            for port, request in ((where.bare, get("/one")), (where.whole, nearby))
        ]
        for _ in range(asked.rounds + 1)
    ]
    bare, ours = zip(*turns[1:], strict=True)  # the first warms both up
    print("\n".join(row(name, rounds, bare) for name, rounds in (("SELECT 1", bare), ("nearby", ours))))


def row(name: str, rounds: Sequence[Round], bare: Sequence[Round]) -> str:
    p50_ms, p99_ms = (median(each.quantile_ms(share) for each in rounds) for share in (0.5, 0.99))
    beside = p99_ms / median(each.quantile_ms(0.99) for each in bare)
    cpu_us, answers = median(each.cpu_us for each in rounds), dict(rounds[-1].answers)
    return (
        f"{name:<9} p50 {p50_ms:7.2f} ms  p99 {p99_ms:7.2f} ms  {beside:5.1f} × bare  {cpu_us:6.0f} µs CPU  {answers}"
    )


if __name__ == "__main__":
    sys.exit(main())
