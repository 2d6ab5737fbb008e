"""Compiled ruin and recreate, and exchanges, over tours with a load: the loop that `solve` steers.

One file, because Numba's cache on disk notices a change in the file of the function it compiled and in no other. State
lives in arrays that are changed in place; 32 bits keep a city of 120 places inside the second-level cache. Nothing here
checks its arguments: `Instance` did.

Taking a stop out of a tour can overload it (+8, -8, +8 with ten places on board), so the walk passes through
overloaded tours at a price per vehicle too many; the price follows how often it does so. Only plans without excess are
kept as best.

References
----------
.. [1] Christiaens, Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems,
   Transportation Science 54(2).
"""

from typing import NamedTuple

import numpy as np
from numba import njit

compiled = njit(cache=True, nogil=True)

STRING_MAX = 10  # [1], L^max
REMOVED_MEAN = 10  # [1], c̄
SPLIT_SHARE = 0.5  # [1], α
SPLIT_STOP = 0.01  # [1], β
BLINK_OF_32_BITS = int(0.01 * 2**32)  # [1], as a threshold
SAME_TOUR_SHARE = 0.5  # of the ruins takes several strings from one tour: where tours are few, one is too little
FEASIBLE_SHARE = 0.9  # of the plans passed through; see docs/rebalancing-benchmarks.md
CROSS_SHARE = 0.3  # of the steps exchanges tails or stretches, which greedy insertion cannot reach
CROSS_NEAR = 12  # places that may follow
PRICE_STEP = 1e-3
NOWHERE = 2**62  # above any detour
FORBIDDING = 2**36  # above any detour; times the largest excess it stays under 2**62


class Places(NamedTuple):
    """The instance for the kernel; `near[v]` are the other places but the depot, by cost there and back."""

    cost: np.ndarray
    pickups: np.ndarray
    capacity: int
    near: np.ndarray


class Tours(NamedTuple):
    """Tours in slots: `stop[slot, 1..length]` with the depot at both ends; an empty slot has length 0.

    After the first k stops of a slot, `load` is what was gathered, `low` and `high` its extremes so far, 0 included;
    `low_after` and `high_after` are the extremes over the stops that follow, counted from there. `total` sums the
    slots' `cost` and `excess`, the vehicles too many on board; `top` is above the last slot in use.
    """

    stop: np.ndarray
    load: np.ndarray
    low: np.ndarray
    high: np.ndarray
    low_after: np.ndarray
    high_after: np.ndarray
    length: np.ndarray
    cost: np.ndarray
    excess: np.ndarray
    slot_of: np.ndarray
    rank_of: np.ndarray
    total: np.ndarray
    top: np.ndarray


class State(NamedTuple):
    """One walk: `tours` are tried, `kept` is where it stands, `best` the cheapest without excess.

    `price` is that of one vehicle too many on board: now, and at least. `touched` lists the slots that differ from
    `kept`.
    """

    tours: Tours
    kept: Tours
    best: Tours
    touched: np.ndarray
    is_touched: np.ndarray
    touched_count: np.ndarray
    absent: np.ndarray
    price: np.ndarray
    random: np.ndarray


def new_tours(places: int) -> Tours:
    slots = places + 1
    by_stop = [np.zeros((slots, places + 2), np.int32) for _ in range(6)]
    by_slot = [np.zeros(slots, kind) for kind in (np.int32, np.int64, np.int64)]
    by_place = [np.full(places, -1, np.int32) for _ in range(2)]
    return Tours(*by_stop, *by_slot, *by_place, np.zeros(2, np.int64), np.zeros(1, np.int64))


def new_state(places: int, seed: int) -> State:
    """Nothing is planned yet: every place is absent."""
    tours = [new_tours(places) for _ in range(3)]
    touched = np.zeros(places + 1, np.int32), np.zeros(places + 1, np.bool_), np.zeros(1, np.int64)
    absent = np.roll(np.arange(places, dtype=np.int32), -1)
    return State(*tours, *touched, absent, np.zeros(2), np.array([seed], np.uint64))


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
def share(random):
    return np.float64(draw(random) >> np.uint64(11)) * 2.0**-53


@compiled
def refresh(places, tours, slot):
    """Recompute what follows from the order of stops in one slot."""
    stop, n = tours.stop[slot], tours.length[slot]
    load, low, high = tours.load[slot], tours.low[slot], tours.high[slot]
    cost = np.int64(0)
    for k in range(1, n + 1):
        v = stop[k]
        tours.slot_of[v], tours.rank_of[v] = slot, k
        cost += places.cost[stop[k - 1], v]
        load[k] = load[k - 1] + places.pickups[v]
        low[k], high[k] = min(low[k - 1], load[k]), max(high[k - 1], load[k])
    cost += places.cost[stop[n], 0]
    low_after, high_after = tours.low_after[slot], tours.high_after[slot]
    low_after[n] = high_after[n] = stop[n + 1] = 0
    for k in range(n, 0, -1):
        q = places.pickups[stop[k]]
        low_after[k - 1], high_after[k - 1] = min(0, q + low_after[k]), max(0, q + high_after[k])
    excess = max(0, high[n] - low[n] - places.capacity)
    tours.total[0] += cost - tours.cost[slot]
    tours.total[1] += excess - tours.excess[slot]
    tours.cost[slot], tours.excess[slot] = cost, excess


@compiled
def changed(places, state, slot):
    """The stops of a slot were written: it differs from `kept` until `settle`."""
    if not state.is_touched[slot]:
        state.is_touched[slot] = True
        state.touched[state.touched_count[0]] = slot
        state.touched_count[0] += 1
    refresh(places, state.tours, slot)


@compiled
def ruin(places, state):
    """Take strings out of the tours around a random place, [1] section 5; how many places are absent now."""
    tours, random = state.tours, state.random
    others = places.pickups.size - 1
    used = np.count_nonzero(tours.length[: tours.top[0]])
    longest = min(STRING_MAX, others / used)
    strings = int(share(random) * (4 * REMOVED_MEAN / (1 + longest) - 1) + 1)
    same_tour = share(random) < SAME_TOUR_SHARE
    centre = 1 + below(random, others)
    count = take_string(places, state, centre, longest, 0)
    for v in places.near[centre]:
        if strings <= 1:
            break
        slot = tours.slot_of[v]
        if slot >= 0 and (same_tour or not state.is_touched[slot]):
            count = take_string(places, state, v, longest, count)
            strings -= 1
    return count


@compiled
def take_string(places, state, v, longest, count):
    """Take out a random string of stops with `v` in or between them; how many places are absent now."""
    tours, random = state.tours, state.random
    slot, rank = tours.slot_of[v], tours.rank_of[v]
    stop, length = tours.stop[slot], tours.length[slot]
    wanted = int(share(random) * min(longest, length) + 1)
    spared = spared_stops(random, wanted, length)
    span = wanted + spared
    first_min, first_max = max(1, rank - span + 1), min(rank, length - span + 1)
    first = first_min + below(random, first_max - first_min + 1)
    spare = first + below(random, wanted + 1)
    last = first
    for k in range(first, length + 1):
        if k < first + span and not spare <= k < spare + spared:
            state.absent[count] = stop[k]
            tours.slot_of[stop[k]] = -1
            count += 1
        else:
            stop[last] = stop[k]
            last += 1
    tours.length[slot] = last - 1
    changed(places, state, slot)
    return count


@compiled
def spared_stops(random, wanted, length):
    """How many stops inside the string stay, [1] split string."""
    if wanted < 2 or wanted >= length or share(random) >= SPLIT_SHARE:
        return 0
    spared = 1
    while wanted + spared < length and share(random) > SPLIT_STOP:
        spared += 1
    return spared


@compiled
def recreate(places, state, count):
    """Put the absent back, one by one, each where it costs least."""
    tours, price = state.tours, np.int64(state.price[0])
    sort(places, state.random, state.absent, count)
    for v in state.absent[:count]:
        slot, after = cheapest(places, tours, state.random, v, price)
        stop = tours.stop[slot]
        for k in range(tours.length[slot], after, -1):
            stop[k + 1] = stop[k]
        stop[after + 1] = v
        tours.length[slot] += 1
        tours.top[0] = max(tours.top[0], slot + 1)
        changed(places, state, slot)


@compiled
def sort(places, random, absent, count):
    """At random, heaviest first, farthest first or nearest first: 4 : 4 : 2 : 1 as in [1]."""
    for i in range(count - 1, 0, -1):
        j = below(random, i + 1)
        absent[i], absent[j] = absent[j], absent[i]
    way = below(random, 11)
    if way < 4:
        return
    for i in range(1, count):
        v, j = absent[i], i
        while j > 0 and urgency(places, absent[j - 1], way) < urgency(places, v, way):
            absent[j] = absent[j - 1]
            j -= 1
        absent[j] = v


@compiled
def urgency(places, v, way):
    if way < 8:
        return np.int64(abs(places.pickups[v]))
    far = np.int64(places.cost[0, v]) + places.cost[v, 0]
    return far if way < 10 else -far


@compiled
def cheapest(places, tours, random, v, price):
    """Slot and rank after which `v` costs least, excess priced; a place is now and then overlooked (blinks, [1])."""
    cost, q = places.cost, places.pickups[v]
    best, best_slot, best_after = np.int64(NOWHERE), 0, 0
    empty = tours.top[0]
    for slot in range(tours.top[0]):
        if tours.length[slot] == 0:
            empty = slot
            continue
        stop, relief = tours.stop[slot], price * tours.excess[slot]
        load, low, high = tours.load[slot], tours.low[slot], tours.high[slot]
        low_after, high_after = tours.low_after[slot], tours.high_after[slot]
        for k in range(tours.length[slot] + 1):
            detour = np.int64(cost[stop[k], v]) + cost[v, stop[k + 1]] - cost[stop[k], stop[k + 1]] - relief
            if detour >= best:
                continue
            x = load[k] + q
            spread = max(high[k], x + high_after[k]) - min(low[k], x + low_after[k])
            detour += price * max(0, spread - places.capacity)
            if detour < best and draw(random) >> np.uint64(32) >= np.uint64(BLINK_OF_32_BITS):
                best, best_slot, best_after = detour, slot, k
    if np.int64(cost[0, v]) + cost[v, 0] < best:
        return empty, 0
    return best_slot, best_after


@compiled
def cross(places, state):
    """Let a place near another follow it: exchange the tails of two tours, or two stretches of one."""
    tours, random = state.tours, state.random
    nearest = min(CROSS_NEAR, places.near.shape[1])
    v = 1 + below(random, places.near.shape[0] - 1)
    slot, rank = tours.slot_of[v], tours.rank_of[v]
    choice = below(random, nearest + 1)
    if choice == nearest:
        swap_tails(places, state, slot, rank, first_empty(tours), 0)
        return
    w = places.near[v, choice]
    if tours.slot_of[w] == slot:
        swap_stretches(places, state, slot, rank, tours.rank_of[w])
    else:
        swap_tails(places, state, slot, rank, tours.slot_of[w], tours.rank_of[w] - 1)


@compiled
def first_empty(tours):
    slot = 0
    while tours.length[slot] > 0:
        slot += 1
    tours.top[0] = max(tours.top[0], slot + 1)
    return slot


@compiled
def swap_tails(places, state, a, i, b, j):
    """What follows the first i stops of one slot and the first j of another."""
    tours = state.tours
    tail_a, tail_b = tours.length[a] - i, tours.length[b] - j
    for k in range(1, max(tail_a, tail_b) + 1):
        tours.stop[a, i + k], tours.stop[b, j + k] = tours.stop[b, j + k], tours.stop[a, i + k]
    tours.length[a], tours.length[b] = i + tail_b, j + tail_a
    changed(places, state, a)
    changed(places, state, b)


@compiled
def swap_stretches(places, state, slot, i, j):
    """Two neighbouring stretches of a tour, so that the stop of rank j follows that of rank i."""
    stop, random = state.tours.stop[slot], state.random
    if j > i:
        first, middle, last = i + 1, j - 1, j + below(random, state.tours.length[slot] - j + 1)
    else:
        first, middle, last = j, j + below(random, i - j), i
    moved = middle - first + 1
    state.absent[:moved] = stop[first : middle + 1]
    for k in range(first, last - moved + 1):
        stop[k] = stop[k + moved]
    stop[last - moved + 1 : last + 1] = state.absent[:moved]
    changed(places, state, slot)


@compiled
def copy_slot(target, source, slot):
    n = source.length[slot]
    target.stop[slot, : n + 2] = source.stop[slot, : n + 2]
    target.length[slot] = n


@compiled
def copy(target, source):
    target.top[0], target.total[:] = source.top[0], source.total
    target.length[source.top[0] :] = 0
    for slot in range(source.top[0]):
        copy_slot(target, source, slot)


@compiled
def settle(places, state, accepted):
    """Keep what was tried, or return to where the walk stands."""
    tours, kept = state.tours, state.kept
    for slot in state.touched[: state.touched_count[0]]:
        state.is_touched[slot] = False
        if accepted:
            copy_slot(kept, tours, slot)
        else:
            copy_slot(tours, kept, slot)
            refresh(places, tours, slot)
    state.touched_count[0] = 0
    while tours.top[0] > 0 and tours.length[tours.top[0] - 1] == 0:
        tours.top[0] -= 1
    kept.top[0], kept.total[:] = tours.top[0], tours.total


@compiled
def begin(places, state):
    """A first plan; no tour is overloaded while every vehicle too many costs more than any detour."""
    state.price[0] = FORBIDDING
    recreate(places, state, places.pickups.size - 1)
    settle(places, state, True)
    copy(state.best, state.kept)


@compiled
def resume(places, state, source):
    """Stand where another walk was best."""
    for slot in range(max(state.tours.top[0], source.top[0])):
        copy_slot(state.tours, source, slot)
        changed(places, state, slot)
    state.tours.top[0] = source.top[0]
    settle(places, state, True)


@compiled
def walk(places, state, temperature, steps):
    """So many steps, each kept by the annealing rule at this temperature (in cost)."""
    kept, best, price, random = state.kept, state.best, state.price, state.random
    for _ in range(steps):
        if share(random) < CROSS_SHARE:
            cross(places, state)
        else:
            recreate(places, state, ruin(places, state))
        per_excess = np.int64(price[0])
        change = state.tours.total[0] - kept.total[0] + per_excess * (state.tours.total[1] - kept.total[1])
        settle(places, state, change < -temperature * np.log(1 - share(random)))
        if kept.total[1] == 0:
            price[0] = max(price[1], price[0] * (1 - PRICE_STEP * (1 - FEASIBLE_SHARE)))
            if kept.total[0] < best.total[0]:
                copy(best, kept)
        else:
            price[0] *= 1 + PRICE_STEP * FEASIBLE_SHARE
