"""Shortest times over a network, compiled: bounded, because a quarter of an hour on foot is a small circle.

One file, because Numba's cache on disk notices a change in the file of the function it compiled and in no other.
"""

import numpy as np
from numba import njit

compiled = njit(cache=True, nogil=True)


@compiled
def sift_up(heap, key, place, at):
    node = heap[at]
    while at > 0:
        above = (at - 1) >> 1
        if key[heap[above]] <= key[node]:
            break
        heap[at] = heap[above]
        place[heap[at]] = at
        at = above
    heap[at] = node
    place[node] = at


@compiled
def sift_down(heap, key, place, size):
    node, at = heap[0], 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and key[heap[below + 1]] < key[heap[below]]:
            below += 1
        if key[node] <= key[heap[below]]:
            break
        heap[at] = heap[below]
        place[heap[at]] = at
        at = below
    heap[at] = node
    place[node] = at


@compiled
def reach(node, seconds, of, owner, best, place, heap, size):
    """`node` is reached in `seconds`, if nobody was faster; the heap's size afterwards. `place` is -1 off the heap."""
    if seconds >= best[node]:
        return size
    best[node], owner[node] = seconds, of
    if place[node] < 0:
        heap[size] = node
        place[node] = size
        size += 1
    sift_up(heap, best, place, place[node])
    return size


@compiled
def spread(start, to, arc_s, limit, owner, best, place, heap, size, touched):
    """Dijkstra from what is on the heap; the nodes settled within the limit, in order, in `touched`; how many."""
    count = 0
    while size > 0:
        node = heap[0]
        place[node] = -1
        size -= 1
        if size > 0:
            heap[0] = heap[size]
            place[heap[0]] = 0
            sift_down(heap, best, place, size)
        touched[count] = node
        count += 1
        for arc in range(start[node], start[node + 1]):
            there = best[node] + arc_s[arc]
            if there <= limit:
                size = reach(to[arc], there, owner[node], owner, best, place, heap, size)
    return count


@compiled
def from_each(start, to, arc_s, seeds, seed_s, ends, end_s, limit):
    """Times from origins to destinations, (origins, destinations); infinite beyond the limit.

    `seeds`, `seed_s`, shape (origins, 2): the nodes that an origin leaves by, and after how long; -1: none. `ends`,
    `end_s` likewise of destinations.
    """
    nodes = len(start) - 1
    best = np.full(nodes, np.inf, np.float32)
    owner = np.zeros(nodes, np.int32)
    place = np.full(nodes, -1, np.int32)
    heap, touched = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    times = np.full((len(seeds), len(ends)), np.inf, np.float32)
    for origin in range(len(seeds)):
        size = 0
        for side in range(2):
            if seeds[origin, side] >= 0 and seed_s[origin, side] <= limit:
                size = reach(seeds[origin, side], seed_s[origin, side], origin, owner, best, place, heap, size)
        count = spread(start, to, arc_s, limit, owner, best, place, heap, size, touched)
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
    best = np.full(nodes, np.inf, np.float32)
    owner = np.full(nodes, -1, np.int32)
    place = np.full(nodes, -1, np.int32)
    heap, touched = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    size = 0
    for origin in range(len(seeds)):
        for side in range(2):
            if seeds[origin, side] >= 0 and seed_s[origin, side] <= limit:
                size = reach(seeds[origin, side], seed_s[origin, side], origin, owner, best, place, heap, size)
    spread(start, to, arc_s, limit, owner, best, place, heap, size, touched)
    return best, owner
