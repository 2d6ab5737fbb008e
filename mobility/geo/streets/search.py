"""Shortest times over a network, compiled: bounded, because a quarter of an hour on foot is a small circle.

Bounded times fall into few whole seconds, so the queue is a list of nodes for each of them [1]: to add, to move and to
take a node costs the same however many wait, where a heap's cost grows. Times themselves are not rounded: a node that
is reached faster within its second is looked at again.

One file, because Numba's cache on disk notices a change in the file of the function it compiled and in no other.

References
----------
.. [1] Dial (1969), Algorithm 360: shortest-path forest with topological ordering.
"""

import numpy as np
from numba import njit

compiled = njit(cache=True, nogil=True)

NONE = -1
OUT = -(2**31)  # of `before`: the node waits nowhere


@compiled
def leave(node, first, after, before):
    """Take a node out of its list. `before` is the node before it, or -2 - second at the head of that second's list."""
    if before[node] < NONE:
        first[-2 - before[node]] = after[node]
    else:
        after[before[node]] = after[node]
    if after[node] != NONE:
        before[after[node]] = before[node]
    before[node] = OUT


@compiled
def reach(node, seconds, of, owner, best, first, after, before):
    """The node is reached in so many seconds, sooner than it was: it waits in the list of that second."""
    if before[node] != OUT:
        leave(node, first, after, before)
    best[node], owner[node] = seconds, of
    second = np.int64(seconds)
    after[node], before[node] = first[second], -2 - second
    if first[second] != NONE:
        before[first[second]] = node
    first[second] = node


@compiled
def spread(start, to, arc_s, limit, seeds, seed_s, origins, owner, best, first, after, before, touched):
    """From the seeds of the origins on; the nodes reached in `touched`, how many of them."""
    count = 0
    for origin in origins:
        for side in range(2):
            node, seconds = seeds[origin, side], seed_s[origin, side]
            if node != NONE and seconds <= limit and seconds < best[node]:
                if best[node] == np.inf:
                    touched[count] = node
                    count += 1
                reach(node, seconds, origin, owner, best, first, after, before)
    for second in range(len(first)):
        while first[second] != NONE:
            node = first[second]
            leave(node, first, after, before)
            for arc in range(start[node], start[node + 1]):
                there, next_ = best[node] + arc_s[arc], to[arc]
                if there <= limit and there < best[next_]:
                    if best[next_] == np.inf:
                        touched[count] = next_
                        count += 1
                    reach(next_, there, owner[node], owner, best, first, after, before)
    return count


@compiled
def from_each(start, to, arc_s, seeds, seed_s, ends, end_s, limit):
    """Times from origins to destinations, (origins, destinations); infinite beyond the limit.

    `seeds`, `seed_s`, shape (origins, 2): the nodes that an origin leaves by, and after how long; -1: none. `ends`,
    `end_s` likewise of destinations.
    """
    nodes = len(start) - 1
    best, owner = np.full(nodes, np.inf, np.float32), np.full(nodes, NONE, np.int32)
    first = np.full(np.int64(limit) + 1, NONE, np.int32)
    after, before = np.full(nodes, NONE, np.int32), np.full(nodes, OUT, np.int32)
    touched = np.empty(nodes, np.int32)
    times = np.full((len(seeds), len(ends)), np.inf, np.float32)
    for origin in range(len(seeds)):
        one = np.arange(origin, origin + 1)
        count = spread(start, to, arc_s, limit, seeds, seed_s, one, owner, best, first, after, before, touched)
        for end in range(len(ends)):
            for side in range(2):
                if ends[end, side] >= 0:
                    there = best[ends[end, side]] + end_s[end, side]
                    if there <= limit and there < times[origin, end]:
                        times[origin, end] = there
        for at in range(count):
            best[touched[at]] = np.inf
    return times


@compiled
def from_nearest(start, to, arc_s, seeds, seed_s, limit):
    """Of every node, the time from its nearest origin and which that is: infinite and -1 beyond the limit."""
    nodes = len(start) - 1
    best, owner = np.full(nodes, np.inf, np.float32), np.full(nodes, NONE, np.int32)
    first = np.full(np.int64(limit) + 1, NONE, np.int32)
    after, before = np.full(nodes, NONE, np.int32), np.full(nodes, OUT, np.int32)
    touched, all_ = np.empty(nodes, np.int32), np.arange(len(seeds))
    spread(start, to, arc_s, limit, seeds, seed_s, all_, owner, best, first, after, before, touched)
    return best, owner
