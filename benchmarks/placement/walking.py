"""The nearest station of every node, and all walks between stations and homes, beside SciPy and pandana.

`python -m benchmarks.placement.walking --nodes 500000`: a crooked grid of streets, made up. Where pandana is installed
(`pip install pandana`), it answers the same question over the same network. Answers are compared, CPU seconds told.
"""

import argparse
import importlib.util
from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.geo.streets.network import Network
from mobility.geo.streets.paces import per_metre
from mobility.geo.streets.times import Times

BLOCK_M = 50.0
LIMIT_S = 900.0
Floats = NDArray[Any]
Answer = TypeVar("Answer")


def grid(nodes: int, seed: int = 0) -> Network:
    """A square of crooked blocks on the equator; one in ten pieces of street is missing."""
    dice, side = np.random.default_rng(seed), int(nodes**0.5)
    east, north = np.meshgrid(np.arange(side), np.arange(side))
    place = np.stack([east.ravel(), north.ravel()], axis=1) + dice.uniform(-0.3, 0.3, (side * side, 2))
    number = np.arange(side * side).reshape(side, side)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    along = np.stack([number[:-1].ravel(), number[1:].ravel()])
    tail, head = np.concatenate([across, along], axis=1)[:, dice.random(across.shape[1] * 2) > 0.1].astype(np.int32)
    seconds = (np.hypot(*(place[tail] - place[head]).T) * BLOCK_M * per_metre(4.5)).astype(np.float32)
    lon, lat = place.T * BLOCK_M / METRES_PER_DEGREE
    arrays = {"lon": lon, "lat": lat, "tail": tail, "head": head, "forward_s": seconds, "backward_s": seconds}
    return Network(profile="walk", speed_kmh=4.5, left_out=0, source="made up", **arrays)


def timed(name: str, answer: Callable[[], Answer]) -> Answer:
    begun = process_time()
    found = answer()
    print(f"  {name:<44} {process_time() - begun:8.3f} s CPU")
    return found


def nearest(network: Network, stations: NDArray[np.int64]) -> None:
    times = Times(network)
    snapped = times.snap(network.lon[stations], network.lat[stations])
    times.from_nearest(snapped, limit_s=1.0)  # compiled
    arcs = network.arcs
    graph = csr_array((arcs.seconds.astype(np.float64), arcs.to, arcs.start), shape=(network.nodes, network.nodes))
    print(f"{network.nodes:,} nodes, the nearest of {len(stations)} stations within a quarter of an hour")
    ours = timed("mobility", lambda: times.from_nearest(snapped, limit_s=LIMIT_S).seconds)
    scipy = timed("scipy, dijkstra(min_only)", lambda: dijkstra(graph, indices=stations, limit=LIMIT_S, min_only=True))
    assert np.allclose(np.where(np.isfinite(ours), ours, -1), np.where(np.isfinite(scipy), scipy, -1), rtol=1e-4)
    if importlib.util.find_spec("pandana"):
        beside_pandana(network, stations, ours)


def beside_pandana(network: Network, stations: NDArray[np.int64], ours: Floats) -> None:
    # Installed by hand where the comparison is wanted: it brings a dozen packages that nothing else needs.
    import pandana  # type: ignore[import-not-found]
    import pandas  # type: ignore[import-untyped]

    columns = pandas.Series(network.lon), pandas.Series(network.lat), pandas.Series(network.tail)
    weights = pandas.DataFrame({"seconds": network.forward_s.astype(np.float64)})
    built = timed("pandana, to build", lambda: pandana.Network(*columns, pandas.Series(network.head), weights))

    def asked() -> Floats:
        built.set_pois("station", LIMIT_S, 1, columns[0].iloc[stations], columns[1].iloc[stations])
        found: Floats = built.nearest_pois(LIMIT_S, "station", num_pois=1).iloc[:, 0].to_numpy()
        return found

    theirs = timed("pandana, to answer", asked)
    reached = np.isfinite(ours)
    assert np.allclose(theirs[reached], ours[reached], atol=1.0)


def many_to_many(network: Network, candidates: int, homes: int) -> None:
    dice, times = np.random.default_rng(1), Times(network)
    print(f"{candidates} candidates to {homes:,} homes, within a quarter of an hour, to the street included")
    out, into = (
        timed(f"joining {count:,} points", partial(times.snap, network.lon[some], network.lat[some]))
        for count in (candidates, homes)
        for some in [dice.integers(0, network.nodes, count)]
    )
    timed("mobility", partial(times.between, out, into, limit_s=LIMIT_S))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=500_000)
    parser.add_argument("--stations", type=int, default=600)
    asked = parser.parse_args()
    network = grid(asked.nodes)
    nearest(network, np.random.default_rng(2).choice(network.nodes, asked.stations, replace=False))
    many_to_many(grid(min(asked.nodes, 40_000)), 500, 5_000)


if __name__ == "__main__":
    main()
