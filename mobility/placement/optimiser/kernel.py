"""Compiled search by swaps of stations: the loop that `search` steers.

Opening `a` in place of `r` gains `gain[a] - drop[r] + extra[r, a]`: what demand saves that `a` is nearer to, less what
the demand of `r` pays for its second nearest station, plus what it need not pay because `a` is nearer than that. All
three are kept up to date by the few demand points that a swap concerns [1]. State lives in arrays that are changed in
place. Nothing here checks its arguments: `Instance` did.

References
----------
.. [1] Resende, Werneck (2007), A fast swap-based local search procedure for location problems, Annals of Operations
   Research 150.
.. [2] Hansen, Mladenović (1997), Variable neighborhood search for the p-median, Location Science 5(4).
"""

from typing import NamedTuple

import numpy as np
from numba import njit

compiled = njit(cache=True, nogil=True)

NOBODY = -1


class Places(NamedTuple):
    """The instance for the kernel.

    `loss[c, i]` is that of demand point i, times its weight, when c serves it; `none[i]` when no station that matters
    to it is open. `near[start[i]:start[i + 1]]` are the candidates with a smaller loss than that, by `near_loss`.
    `fixed`, `price` and `conflict` (nearer than the spacing) are by candidate; `purse` pays the prices; a change below
    `tolerance` is rounding.
    """

    loss: np.ndarray
    none: np.ndarray
    start: np.ndarray
    near: np.ndarray
    near_loss: np.ndarray
    fixed: np.ndarray
    price: np.ndarray
    conflict: np.ndarray
    purse: float
    tolerance: float


class State(NamedTuple):
    """One set of stations and what follows from it; slots number the open stations.

    By demand point: `first` and `second` nearest open stations and their losses. By slot: `station`, `drop`, `extra`.
    By candidate: `slot_of`, `gain`, `blocked` (how many stations stand too near). `total` holds the cost and the money
    spent; `size` the stations and those of the best set; `best` and `best_cost` the cheapest set met.
    """

    first: np.ndarray
    second: np.ndarray
    first_loss: np.ndarray
    second_loss: np.ndarray
    station: np.ndarray
    drop: np.ndarray
    extra: np.ndarray
    slot_of: np.ndarray
    gain: np.ndarray
    blocked: np.ndarray
    total: np.ndarray
    size: np.ndarray
    best: np.ndarray
    best_cost: np.ndarray
    concerned: np.ndarray
    random: np.ndarray


def new_state(places: Places, slots: int, seed: int) -> State:
    """No station is open."""
    candidates, demands = places.loss.shape
    nearest = [np.full(demands, NOBODY) for _ in range(2)]
    losses = [places.none.copy() for _ in range(2)]
    by_slot = np.full(slots, NOBODY), np.zeros(slots), np.zeros((slots, candidates))
    by_candidate = np.full(candidates, NOBODY), np.zeros(candidates), np.zeros(candidates, np.int64)
    totals = np.array([places.none.sum(), 0.0]), np.zeros(2, np.int64)
    best = np.full(slots, NOBODY), np.full(1, np.inf)
    scratch = np.zeros(demands, np.int64), np.array([seed], np.uint64)
    state = State(*nearest, *losses, *by_slot, *by_candidate, *totals, *best, *scratch)
    begin(places, state)
    return state


@compiled
def draw(random):
    """splitmix64: one word of state, the same numbers on every machine."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled
def below(random, n):
    return np.int64(((draw(random) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@compiled
def weigh(places, state, i, sign):
    """Add (or take away) what demand point i means to `gain`, `drop` and `extra`."""
    gain, nearest, next_best = state.gain, state.first_loss[i], state.second_loss[i]
    slot = state.slot_of[state.first[i]] if state.first[i] != NOBODY else 0
    extra = state.extra[slot]
    state.drop[slot] += sign * (next_best - nearest)
    for k in range(places.start[i], places.start[i + 1]):
        loss = places.near_loss[k]
        if loss >= next_best:
            break
        if loss < nearest:
            gain[places.near[k]] += sign * (nearest - loss)
            extra[places.near[k]] += sign * (next_best - nearest)
        else:
            extra[places.near[k]] += sign * (next_best - loss)


@compiled
def find_nearest(places, state, i):
    state.first[i], state.second[i] = NOBODY, NOBODY
    state.first_loss[i] = state.second_loss[i] = places.none[i]
    for k in range(places.start[i], places.start[i + 1]):
        if state.slot_of[places.near[k]] != NOBODY:
            if state.first[i] != NOBODY:
                state.second[i], state.second_loss[i] = places.near[k], places.near_loss[k]
                break
            state.first[i], state.first_loss[i] = places.near[k], places.near_loss[k]


@compiled
def change(places, state, opened, closed):
    """Open one candidate, close one station; either may be NOBODY."""
    count = 0
    for i in range(places.none.size):
        known = closed != NOBODY and (state.first[i] == closed or state.second[i] == closed)
        if known or (opened != NOBODY and places.loss[opened, i] < state.second_loss[i]):
            state.concerned[count] = i
            count += 1
            weigh(places, state, i, -1.0)
            state.total[0] -= state.first_loss[i]
    renumber(state, opened, closed)
    account(places, state, opened, 1)
    account(places, state, closed, -1)
    for i in state.concerned[:count]:
        find_nearest(places, state, i)
        weigh(places, state, i, 1.0)
        state.total[0] += state.first_loss[i]


@compiled
def renumber(state, opened, closed):
    """An opened station takes the slot of the closed one, else the next; the last one moves into a gap."""
    slot = state.slot_of[closed] if closed != NOBODY else state.size[0]
    if closed != NOBODY:
        state.slot_of[closed] = NOBODY
    if opened == NOBODY:
        state.size[0] -= 1
        last = state.size[0]
        state.station[slot], state.drop[slot] = state.station[last], state.drop[last]
        state.extra[slot] = state.extra[last]
        if slot != last:
            state.slot_of[state.station[slot]] = slot
        slot = last
    else:
        state.station[slot], state.slot_of[opened] = opened, slot
        state.size[0] += closed == NOBODY
    state.drop[slot] = 0.0
    state.extra[slot] = 0.0


@compiled
def account(places, state, candidate, sign):
    if candidate == NOBODY:
        return
    state.total[1] += sign * places.price[candidate]
    for other in range(state.blocked.size):
        if places.conflict[candidate, other]:
            state.blocked[other] += sign


@compiled
def may_open(places, state, a):
    return state.slot_of[a] == NOBODY and state.blocked[a] == 0 and state.total[1] + places.price[a] <= places.purse


@compiled
def may_swap(places, state, a, r):
    """`a` is closed and `r` is an open station: may they change places?"""
    price = state.total[1] + places.price[a] - places.price[r]
    blocked = state.blocked[a] - places.conflict[a, r]
    return state.slot_of[a] == NOBODY and not places.fixed[r] and blocked == 0 and price <= places.purse


@compiled
def improve(places, state):
    """Do what improves most, opening or swapping; False at a local optimum."""
    best, opened, closed = places.tolerance, NOBODY, NOBODY
    gain = state.gain
    for a in range(gain.size):
        if gain[a] > best and may_open(places, state, a):
            best, opened = gain[a], a
    for slot in range(state.size[0]):
        r, extra, drop = state.station[slot], state.extra[slot], state.drop[slot]
        for a in range(gain.size):
            if gain[a] + extra[a] - drop > best and may_swap(places, state, a, r):
                best, opened, closed = gain[a] + extra[a] - drop, a, r
    if opened != NOBODY:
        change(places, state, opened, closed)
    return opened != NOBODY


@compiled
def begin(places, state):
    """The fixed stations, then each where it gains most."""
    for i in range(places.none.size):
        weigh(places, state, i, 1.0)
    for c in range(places.fixed.size):
        if places.fixed[c]:
            change(places, state, c, NOBODY)
    fill(places, state)
    keep(state)


@compiled
def fill(places, state):
    """Open what gains most as long as there is money."""
    while True:
        opened = NOBODY
        for a in range(state.gain.size):
            if may_open(places, state, a) and (opened == NOBODY or state.gain[a] > state.gain[opened]):
                opened = a
        if opened == NOBODY:
            return
        change(places, state, opened, NOBODY)


@compiled
def keep(state):
    state.best[:] = state.station
    state.best_cost[0], state.size[1] = state.total[0], state.size[0]


@compiled
def go(places, state, stations):
    """Stand at another set of stations, as far as it is one that may be, by few changes."""
    wanted = np.zeros(state.gain.size, np.bool_)
    wanted[stations] = True
    for slot in range(state.size[0] - 1, -1, -1):
        r = state.station[slot]
        if not wanted[r] and not places.fixed[r]:
            change(places, state, substitute(places, state, r, stations), r)
    for a in stations:
        if may_open(places, state, a):
            change(places, state, a, NOBODY)


@compiled
def substitute(places, state, r, stations):
    for a in stations:
        if may_swap(places, state, a, r):
            return a
    return NOBODY


@compiled
def shake(places, state, times):
    """Swap at random; where money or spacing forbids it, only close: what follows opens something else."""
    for _ in range(times):
        if state.size[0] == 0:
            return
        a, r = below(state.random, state.gain.size), state.station[below(state.random, state.size[0])]
        if may_swap(places, state, a, r):
            change(places, state, a, r)
        elif state.slot_of[a] == NOBODY and not places.fixed[r]:
            change(places, state, NOBODY, r)


@compiled
def walk(places, state, swaps_max, steps):
    """Variable neighbourhood search [2] from the best set: so many times shake, descend, keep what is better."""
    times = 1
    for _ in range(steps):
        shake(places, state, times)
        times = 1 if descend(places, state) else times % swaps_max + 1


@compiled
def visit(places, state, stations):
    """Descend from another set too."""
    go(places, state, stations)
    descend(places, state)


@compiled
def descend(places, state):
    """Improve to the end; keep what is better than the best set, else go back there."""
    while improve(places, state):
        pass
    if state.total[0] < state.best_cost[0] - places.tolerance:
        keep(state)
        return True
    go(places, state, state.best[: state.size[1]])
    return False
