"""The file format of OR-Library's p-median instances (Beasley 1985).

First the number of vertices, of edges and p; then one line per edge: two vertices from 1 on, and its cost. An edge
goes both ways; an edge given again takes its last cost. Distances are shortest paths; each vertex is a candidate and a
demand point of weight 1.
"""

from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from mobility.placement.optimiser.instance import CANDIDATES_MAX, Instance, InstanceInvalid
from mobility.placement.optimiser.objective import PMedian

COST_MAX = 10**9


def read_instance(path: Path, stations_max: int | None = None) -> Instance:
    """The file's instance; `stations_max` in place of the file's p.

    Raises
    ------
    OSError
        The file cannot be read.
    InstanceInvalid
    """
    rows = [line.split() for line in read_text(path).splitlines() if line.strip()]
    if not rows or len(rows[0]) != 3:
        raise InstanceInvalid(reason="the first line must be the numbers of vertices and edges, and p")
    vertices, edges, p = (whole(word) for word in rows[0])
    if not 1 <= vertices <= CANDIDATES_MAX:
        raise InstanceInvalid(reason=f"{vertices} vertices are not 1 to {CANDIDATES_MAX}")
    if len(rows) - 1 != edges:
        raise InstanceInvalid(reason=f"there are {len(rows) - 1} lines of edges instead of {edges}")
    distance = shortest_paths(vertices, last_costs(rows[1:], vertices))
    weight = np.ones(vertices)
    return Instance(distance=distance, weight=weight, objective=PMedian(), stations_max=stations_max or p)


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InstanceInvalid(reason="it is not a text file") from None


def whole(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise InstanceInvalid(reason=f"{word[:20]} is not a whole number") from None


def last_costs(rows: list[list[str]], vertices: int) -> dict[tuple[int, int], int]:
    costs = {}
    for row in rows:
        if len(row) != 3:
            raise InstanceInvalid(reason=f"an edge is two vertices and a cost, not {' '.join(row)[:40]}")
        u, v, cost = (whole(word) for word in row)
        if not (1 <= u <= vertices and 1 <= v <= vertices):
            raise InstanceInvalid(reason=f"the edge {u} {v} ends at no vertex")
        if not 0 <= cost <= COST_MAX:
            raise InstanceInvalid(reason=f"the edge {u} {v} costs {cost}, not 0 to {COST_MAX}")
        costs[min(u, v) - 1, max(u, v) - 1] = cost
    return costs


def shortest_paths(vertices: int, costs: dict[tuple[int, int], int]) -> np.ndarray:
    ends = np.array(list(costs), np.int64).reshape(-1, 2)
    lengths = np.array(list(costs.values()), np.float64)
    lengths[lengths == 0] = np.finfo(np.float64).tiny  # a sparse graph takes 0 for no edge; every sum absorbs this
    graph = csr_array((lengths, (ends[:, 0], ends[:, 1])), shape=(vertices, vertices))
    distance = dijkstra(graph, directed=False)
    if not np.all(np.isfinite(distance)):
        raise InstanceInvalid(reason="some vertices are not connected")
    return np.rint(distance)
