"""Value curves of 6,000 stations over 16 hours, compiled and exact, beside the published recursion in NumPy.

The recursion takes a step a minute for all stations at once, as one would write it first. In one run, on the same
numbers; CPU seconds of the process, so that neighbours on the machine do not count.
"""

import json
from collections.abc import Callable
from time import process_time

import numpy as np
import rich_click as click
from numpy.typing import NDArray

from mobility.rebalancing.optimiser.value import value_curves

Floats = NDArray[np.float64]
MINUTES = 15


def city(stations: int, hours: int, docks: int, seed: int) -> tuple[Floats, Floats]:
    """Rates by station and quarter-hour: some stations a hundred times busier than others."""
    random = np.random.default_rng(seed)
    level = random.lognormal(-2.5, 1.2, (2, stations, 1))
    departures, returns = np.minimum(level * random.gamma(4, 0.25, (2, stations, hours * 4)), docks / 2)
    return departures, returns


def by_the_minute(departures: Floats, returns: Floats, docks: int, refused: float) -> Floats:
    """Backward over minutes, all stations at once."""
    value = np.zeros((len(departures), docks + 1))
    for quarter in reversed(range(departures.shape[1])):
        leaving, coming = departures[:, quarter, None] / MINUTES, returns[:, quarter, None] / MINUTES
        for _ in range(MINUTES):
            down = np.column_stack([1 + value[:, 0], value[:, :-1]])
            up = np.column_stack([value[:, 1:], refused + value[:, -1]])
            value = leaving * down + coming * up + (1 - leaving - coming) * value
    return value


def timed(work: Callable[[], Floats]) -> tuple[Floats, float]:
    before = process_time()
    return work(), process_time() - before


@click.command()
@click.option("--stations", default=6_000, show_default=True)
@click.option("--hours", default=16, show_default=True)
@click.option("--docks", default=20, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON line instead of a sentence.")
def main(stations: int, hours: int, docks: int, seed: int, as_json: bool) -> None:
    """Seconds of both, and by how much the recursion's steps are wrong."""
    departures, returns = city(stations, hours, docks, seed)
    value_curves(departures[:1], returns[:1], docks)
    curves, compiled_s = timed(lambda: value_curves(departures, returns, docks))
    plain, plain_s = timed(lambda: by_the_minute(departures, returns, docks, 1.0))
    wrong = np.abs(curves - plain).max(axis=1) / np.maximum(curves.max(axis=1), 1e-9)
    told = {
        "stations": stations,
        "compiled_cpu_s": round(compiled_s, 3),
        "numpy_cpu_s": round(plain_s, 3),
        "ratio": round(plain_s / compiled_s, 1),
        "largest_difference_percent": round(float(wrong.max()) * 100, 2),
    }
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(
        f"{stations:,} stations, {hours} h, {docks} docks: {compiled_s:.3f} s compiled and exact, {plain_s:.3f} s in "
        f"NumPy by the minute ({plain_s / compiled_s:.1f} x), whose steps are up to {wrong.max():.2%} wrong."
    )


if __name__ == "__main__":
    main()
