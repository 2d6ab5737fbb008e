"""What the relaxation of covering overlooks: an odd number of rows, halved.

Each row says "missed, or one of these candidates is open". Where an odd number of rows go round in a cycle, each
sharing a half-open candidate with the next, the relaxation serves them all by halves; summed, halved and rounded up
they say that this takes one station more. These are zero-half cuts [1], found by shortest paths like odd cycles [2].

References
----------
.. [1] Caprara, Fischetti (1996), {0, 1/2}-Chvátal-Gomory cuts, Mathematical Programming 74.
.. [2] Grötschel, Lovász, Schrijver (1988), Geometric Algorithms and Combinatorial Optimization, chapter 9.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from mobility.placement.optimiser.objective import Reals

Row = tuple[int, ...]
BROKEN_MIN = 0.02  # by how much a cut has to be broken to be worth its row
HALF_OPEN = 1e-6
NOTHING = 1e-9  # a sparse graph takes 0 for no edge


def odd_cycles(rows: Sequence[Row], opened: Reals, missed: Reals) -> list[tuple[int, ...]]:
    """Odd sets of rows, by their numbers, whose cut the relaxation's solution breaks.

    Parameters
    ----------
    rows : the candidates of each
    opened : array, shape (candidates,), 0 to 1
    missed : array, shape (rows,), 0 to 1
    """
    edges = _edges(rows, opened, missed)
    nodes = sorted({end for pair in edges for end in pair})
    if not nodes:
        return []
    found = {_odd(path) for path in _paths(edges, nodes)}
    return [cycle for cycle in sorted(found) if _broken(rows, cycle, opened, missed) > BROKEN_MIN]


def halved(rows: Sequence[Row], cycle: Sequence[int]) -> tuple[dict[int, int], int]:
    """The cut: how often each candidate counts beside each row's missed once, and what the sum is at least."""
    often = Counter(c for number in cycle for c in rows[number])
    return {c: (count + 1) // 2 for c, count in often.items()}, (len(cycle) + 1) // 2


def _edges(rows: Sequence[Row], opened: Reals, missed: Reals) -> dict[tuple[int, int], tuple[float, int]]:
    """Pairs of half-open candidates with the row that joins them best, and what it costs a cut to use it."""
    edges: dict[tuple[int, int], tuple[float, int]] = {}
    is_half = (opened > HALF_OPEN) & (opened < 1 - HALF_OPEN)
    for number, row in enumerate(rows):
        half = [c for c in row if is_half[c]]
        whole = float(opened[list(row)].sum())
        base = max(0.0, missed[number] + whole - 1) + missed[number]
        if base + NOTHING >= 1:
            continue
        for u, v in combinations(half, 2):
            cost = max(NOTHING, base + whole - opened[u] - opened[v])
            if cost < edges.get((u, v), (1.0, 0))[0]:
                edges[u, v] = (float(cost), number)
    return edges


def _paths(edges: dict[tuple[int, int], tuple[float, int]], nodes: Sequence[int]) -> Iterator[list[int]]:
    """From each candidate to itself by an odd number of rows that cost less than 1: in a graph of two sides."""
    at, count = {node: number for number, node in enumerate(nodes)}, len(nodes)
    ends = np.array([(at[u], at[v]) for u, v in edges])
    cost = np.array([each for each, _ in edges.values()])
    one = np.concatenate([ends[:, 0], ends[:, 1], ends[:, 0] + count, ends[:, 1] + count])
    other = np.concatenate([ends[:, 1] + count, ends[:, 0] + count, ends[:, 1], ends[:, 0]])
    graph = csr_array((np.tile(cost, 4), (one, other)), shape=(2 * count, 2 * count))
    far, before = dijkstra(graph, indices=np.arange(count), limit=1 - BROKEN_MIN, return_predecessors=True)
    for start in np.flatnonzero(np.isfinite(far[np.arange(count), np.arange(count) + count])).tolist():
        yield list(_walked(edges, nodes, before[start], start))


def _walked(
    edges: dict[tuple[int, int], tuple[float, int]], nodes: Sequence[int], before: NDArray[np.int32], start: int
) -> Iterator[int]:
    here, count = start + len(nodes), len(nodes)
    while here != start:
        there = int(before[here])
        u, v = sorted((nodes[here % count], nodes[there % count]))
        yield edges[u, v][1]
        here = there


def _odd(path: Sequence[int]) -> tuple[int, ...]:
    """A row passed twice cancels out."""
    return tuple(sorted(number for number, times in Counter(path).items() if times % 2))


def _broken(rows: Sequence[Row], cycle: Sequence[int], opened: Reals, missed: Reals) -> float:
    often, least = halved(rows, cycle)
    return float(least - missed[list(cycle)].sum() - sum(times * opened[c] for c, times in often.items()))
