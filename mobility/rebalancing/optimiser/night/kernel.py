"""Compiled ruin and recreate over crews' tours with prizes, two loads, hours and breaks: the loop that `solve` steers.

One file, because Numba's cache on disk notices a change in the file of the function it compiled and in no other. State
lives in arrays that are changed in place; nothing here checks its arguments: `Night` did.

An entity is a place (its mopeds; at most one visit) or, numbered after the places, a car (at most one job: be plugged
in, be driven). A tour is an order of entities; how many batteries are swapped and mopeds loaded at each visit follows
from the order by dynamic programming over the load: the exact optimum while neither time nor batteries are short, and
otherwise at the price of a minute and of a battery that makes them suffice. The tables of that programme, from the
start and from the end, tell what one visit more would change at any position, loads of all other visits included.

A place with mopeds to spare is worth a visit only if another wants them. So now and then tours are built while mopeds
may be lent and borrowed at a market's price; then the tours must balance again.

References
----------
.. [1] Christiaens, Vanden Berghe (2020), Slack induction by string removals, Transportation Science 54(2).
"""

from dataclasses import dataclass, fields

import numpy as np
from numba import njit, types
from numba.experimental import structref

compiled = njit(cache=True, nogil=True, error_model="numpy")

NEVER = 10**6  # [min]; later than any night
FAR = 1e15  # cents; what cannot be
LEFT_OVER = 1e7  # cents, of a moped that is on board at the end: above any value, below FAR
STRING_MAX = 8  # [1], L^max
REMOVED_MEAN = 8  # [1], c̄
BLINK = 0.02  # of positions overlooked, [1]
NEAR_RECREATED = 12  # places around the ruin whose absent entities are tried again
NEAR_CREWS = 25  # places around the ruin whose crews may be given more
ANYWHERE = 3  # absent entities from anywhere that are
MARKET_SHARE = 0.5  # of the steps recreate with a market of mopeds
OPENING_SHARE = 0.5  # of the steps begin tours as if the way out and back were free
TRIALS = 10  # of the search for a price
HONOURED = 5e5  # cents: what gains more honours a booking
DEAREST_MINUTE = 2_000.0  # [cents]: what would a minute more not be worth
PRICE_STEP = 2e-3
FEASIBLE_SHARE = 0.8  # of the plans passed through


@structref.register
class Pointer(types.StructRef):
    """What compiled code knows of a `Record`."""


class Record:
    """Arrays that a compiled function gets as one pointer.

    By value each is seven words of every call and a reference to count: some 80 of them took a minute to compile.
    """

    def __post_init__(self):
        self.held = POINTERS[type(self)](tuple(getattr(self, field.name) for field in fields(self)))

    @property
    def _numba_type_(self):
        return self.held._type

    @property
    def _meminfo(self):
        return self.held._meminfo


@dataclass(eq=False)
class Problem(Record):
    """The night for the kernel; built and explained by `model`."""

    travel: np.ndarray  # (modes, locations, locations) [min], access included
    mode: np.ndarray  # by crew, as the next
    start: np.ndarray
    end: np.ndarray
    rate: np.ndarray  # [cents/min]
    begin: np.ndarray
    limit: np.ndarray
    rest: np.ndarray  # (crews, 3): the break's minutes, and between when and when it begins
    room: np.ndarray  # mopeds on board
    batteries: np.ndarray
    on_board: np.ndarray
    skill: np.ndarray  # (crews, 4)
    group: np.ndarray  # by crew: those alike have the same
    hours: np.ndarray  # by crew: layer of `closed`
    closed: np.ndarray  # (2, places, intervals, 2)
    minutes: np.ndarray  # of a swap, a load, an unload
    value: np.ndarray  # (places, stock) [cents], by usable mopeds
    top: np.ndarray  # by place: the last stock with a value
    good: np.ndarray  # usable mopeds
    swap_low: np.ndarray
    swap_high: np.ndarray
    swap_cents: np.ndarray  # (places, swaps + 1) [cents]: what the batteries are worth
    move_low: np.ndarray  # negative: unloaded
    move_high: np.ndarray  # of those usable now
    worth_visit: np.ndarray  # bool
    only: np.ndarray  # by entity: the crew that must serve it, or -1
    car_jobs: np.ndarray  # (cars, jobs), -1 pads
    job: np.ndarray  # (jobs, 10): FROM … GETS
    job_cents: np.ndarray
    car_value: np.ndarray  # (places, stock) [cents]
    car_stock: np.ndarray
    bays: np.ndarray  # free
    chargers: np.ndarray  # free
    near: np.ndarray  # (places, places), nearest first, itself included
    cars_at: np.ndarray  # (places, cars), -1 pads


FROM, TO, MINUTES, PLUGS, DRIVES, RELEASE, DUE, LEAVES, COMES, TAKES_BAY = range(10)


HERE, THERE, WORK, RELEASE_MIN, DUE_MIN, LEAVE, SLACK, WAIT, ENDS = range(9)
"""Of a stop: the location that is left for it, its own (after the last: the tour's end), minutes of work, not begun
before, ended by, when HERE is left, by how much the arrival may be later, minutes waited, when work ends."""


@dataclass(eq=False)
class Tours(Record):
    """What identifies a plan, and what it costs beside staying at home; `total`: cents, excess minutes."""

    order: np.ndarray  # (crews, stops)
    length: np.ndarray
    job: np.ndarray  # by car
    swaps: np.ndarray  # by place
    moves: np.ndarray
    gain: np.ndarray  # by crew [cents]
    late: np.ndarray  # by crew [min]
    total: np.ndarray


@dataclass(eq=False)
class State(Record):
    """One walk: `tours` are tried, `kept` is where it stands, `best` the cheapest without excess."""

    tours: Tours
    kept: Tours
    best: Tours
    crew_of: np.ndarray  # by entity, -1: absent
    fixed: np.ndarray  # by entity: stays where it is
    stock: np.ndarray  # (3, places): usable cars, free bays, free chargers
    ahead: np.ndarray  # (crews, stops + 1, load): cheapest to come to a position with a load
    after: np.ndarray  # the same: cheapest from there to the end
    lows: np.ndarray  # (crews, stops + 1): min of ahead + min of after
    cents: np.ndarray  # (crews, stops, moves): of a visit by the mopeds loaded
    swaps_at: np.ndarray  # the same: swaps that are best then
    base: np.ndarray  # (groups, places, moves): `cents` where neither minutes nor batteries are short
    base_swaps: np.ndarray
    stops: np.ndarray  # (HERE … ENDS, crews, stops + 1)
    price: np.ndarray  # (crews, 2): of a minute, of a battery
    minutes: np.ndarray  # by crew, of travel and work
    touched: np.ndarray  # by crew
    nearby: np.ndarray  # by crew: works near the ruin, or at home, and may be given more
    absent: np.ndarray
    excess_price: np.ndarray  # of a minute, now and at least
    random: np.ndarray


structref.define_boxing(Pointer, structref.StructRefProxy)  # type: ignore[no-untyped-call]
for record in (Problem, Tours, State):
    names = [field.name for field in fields(record)]
    structref.define_constructor(record, Pointer, names)  # type: ignore[no-untyped-call]


@compiled
def pointer_to_problem(arrays):
    return Problem(*arrays)


@compiled
def pointer_to_tours(arrays):
    return Tours(*arrays)


@compiled
def pointer_to_state(arrays):
    return State(*arrays)


POINTERS = {Problem: pointer_to_problem, Tours: pointer_to_tours, State: pointer_to_state}


def new_tours(crews: int, stops: int, cars: int, places: int) -> Tours:
    return Tours(
        np.full((crews, stops), -1, np.int32),
        np.zeros(crews, np.int64),
        np.full(cars, -1, np.int32),
        np.zeros(places, np.int32),
        np.zeros(places, np.int32),
        np.zeros(crews),
        np.zeros(crews, np.int64),
        np.zeros(3),
    )


def copied(tours: Tours) -> Tours:
    return Tours(*(getattr(tours, field.name).copy() for field in fields(tours)))


def new_state(problem: Problem, stops: int, seed: int) -> State:
    crews, cars, places = len(problem.mode), len(problem.car_jobs), len(problem.good)
    loads = int(problem.room.max(initial=0)) + 1
    moves = 2 * loads - 1
    tours = [new_tours(crews, stops, cars, places) for _ in range(3)]
    return State(
        *tours,
        np.full(places + cars, -1, np.int32),
        np.zeros(places + cars, np.bool_),
        np.stack([problem.car_stock, problem.bays, problem.chargers]).astype(np.int64),
        np.zeros((crews, stops + 1, loads)),
        np.zeros((crews, stops + 1, loads)),
        np.zeros((crews, stops + 1)),
        np.zeros((crews, stops, moves)),
        np.zeros((crews, stops, moves), np.int64),
        np.zeros((int(problem.group.max(initial=0)) + 1, places, moves)),
        np.zeros((int(problem.group.max(initial=0)) + 1, places, moves), np.int64),
        np.zeros((9, crews, stops + 1), np.int64),
        np.zeros((crews, 2)),
        np.zeros(crews, np.int64),
        np.zeros(crews, np.bool_),
        np.ones(crews, np.bool_),
        np.zeros(places + cars, np.int32),
        np.array([100.0, 20.0]),
        np.array([seed], np.uint64),
    )


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
def fill_row(target, source, n):
    """As a loop: an array's assignment compiles ten times as long."""
    for i in range(n):
        target[i] = source[i]


@compiled
def work_minutes(minutes, swaps, moves):
    handled = moves * minutes[1] if moves > 0 else -moves * minutes[2]
    return swaps * minutes[0] + handled


@compiled
def visit_cents(problem, k, place, per_minute, per_battery, cents, swaps_at):
    """Of a visit, by mopeds loaded: what the place's value changes, and its work at these prices; the best swaps."""
    room, centre, minutes = problem.room[k], (cents.size - 1) // 2, problem.minutes
    value, good, top = problem.value[place], problem.good[place], problem.top[place]
    worth = problem.swap_cents[place]
    may_swap, may_move = problem.skill[k, 0], problem.skill[k, 1]
    fewest, loaded_max = problem.swap_low[place], problem.move_high[place]
    most = problem.swap_high[place] if may_swap else fewest
    low = max(-room, problem.move_low[place]) if may_move else max(0, problem.move_low[place])
    high = room if may_move else 0
    cents[:] = FAR
    if fewest > 0 and not may_swap:
        return
    for moved in range(low, high + 1):
        for swaps in range(fewest, most + 1):
            stock = good + swaps - moved
            if moved > loaded_max + swaps or stock < 0 or stock > top:
                continue
            cost = value[stock] - value[good] - worth[swaps] + per_battery * swaps
            cost += per_minute * work_minutes(minutes, swaps, moved)
            if cost < cents[centre + moved]:
                cents[centre + moved], swaps_at[centre + moved] = cost, swaps


@compiled
def lay_out(problem, state, k):
    """Note where and when the stops of a tour may be served, and what its jobs take."""
    tours, here, there, minutes = state.tours, state.stops[HERE, k], state.stops[THERE, k], state.stops[WORK, k]
    release, due, order = state.stops[RELEASE_MIN, k], state.stops[DUE_MIN, k], state.tours.order[k]
    places, n, job = problem.good.size, state.tours.length[k], problem.job
    here[0], there[n] = problem.start[k], problem.end[k]
    for pos in range(n):
        entity = order[pos]
        release[pos], due[pos] = 0, NEVER
        if entity < places:
            there[pos] = here[pos + 1] = entity
        else:
            facts = job[tours.job[entity - places]]
            there[pos], here[pos + 1], minutes[pos] = facts[FROM], facts[TO], facts[MINUTES]
            release[pos], due[pos] = facts[RELEASE], facts[DUE]


@compiled
def quantities(problem, state, k, market):
    """Choose swaps and moves of every visit of a tour at the crew's prices; the batteries that they take."""
    tours, room, places = state.tours, problem.room[k], problem.good.size
    after, cents, swaps_at, order = state.after[k], state.cents[k], state.swaps_at[k], state.tours.order[k]
    per_minute, per_battery, n = state.price[k, 0], state.price[k, 1], tours.length[k]
    is_base, base, base_swaps = per_minute == problem.rate[k] and per_battery == 0, state.base, state.base_swaps
    centre, on_board, group = (cents.shape[1] - 1) // 2, problem.on_board[k], problem.group[k]
    for load in range(room + 1):
        after[n, load] = load * LEFT_OVER if market <= 0 else -load * market
    for pos in range(n - 1, -1, -1):
        entity = order[pos]
        if entity >= places:
            fill_row(after[pos], after[pos + 1], room + 1)
            continue
        if is_base:
            fill_row(cents[pos], base[group, entity], cents.shape[1])
            fill_row(swaps_at[pos], base_swaps[group, entity], cents.shape[1])
        else:
            visit_cents(problem, k, entity, per_minute, per_battery, cents[pos], swaps_at[pos])
        for load in range(room + 1):
            best = FAR
            for moved in range(-load, room - load + 1):
                best = min(best, cents[pos, centre + moved] + after[pos + 1, load + moved])
            after[pos, load] = best
    load = on_board
    for more in range(on_board + 1, room + 1 if market > 0 else 0):
        if after[0, more] + more * market < after[0, load] + load * market:
            load = more
    return read_off(problem, state, k, load)


@compiled
def read_off(problem, state, k, load):
    """The quantities that `after` is the cost of, from a first load on; the batteries that they take."""
    room, places, order, used = problem.room[k], problem.good.size, state.tours.order[k], 0
    after, cents, swaps_at, work = state.after[k], state.cents[k], state.swaps_at[k], state.stops[WORK, k]
    swaps, moves, centre = state.tours.swaps, state.tours.moves, (state.cents.shape[2] - 1) // 2
    for pos in range(state.tours.length[k]):
        place = order[pos]
        if place >= places:
            continue
        best, chosen = 2 * FAR, 0
        for moved in range(-load, room - load + 1):
            cost = cents[pos, centre + moved] + after[pos + 1, load + moved]
            if cost < best:
                best, chosen = cost, moved
        swaps[place] = moves[place] = work[pos] = 0
        if cents[pos, centre + chosen] >= FAR:
            used += NEVER  # a lock that cannot be kept here
            continue
        moves[place], swaps[place] = chosen, swaps_at[pos, centre + chosen]
        work[pos] = work_minutes(problem.minutes, swaps[place], chosen)
        used += swaps[place]
        load += chosen
    return used


@compiled
def begin_at(closed, first, last, time, minutes):
    """The earliest beginning from then on at which both places are open all the while."""
    moved = True
    while moved:
        moved = False
        for i in range(closed.shape[1]):
            if time < closed[first, i, 1] and time + minutes > closed[first, i, 0]:
                time, moved = closed[first, i, 1], True
            if time < closed[last, i, 1] and time + minutes > closed[last, i, 0]:
                time, moved = closed[last, i, 1], True
    return time


@compiled
def open_for(closed, first, last, begins, minutes):
    """How much later the work may begin before one of its places closes."""
    left = NEVER
    for i in range(closed.shape[1]):
        for at in (first, last):
            if closed[at, i, 0] < closed[at, i, 1] and closed[at, i, 0] >= begins + minutes:
                left = min(left, closed[at, i, 0] - begins - minutes)
    return left


@compiled
def break_position(problem, state, k):
    """Before which stop the break is best taken (the number of stops: before the way back), or -1: not at all."""
    n, rest, travel = state.tours.length[k], problem.rest[k], problem.travel[problem.mode[k]]
    here, there, work, release = (
        state.stops[HERE, k],
        state.stops[THERE, k],
        state.stops[WORK, k],
        state.stops[RELEASE_MIN, k],
    )
    if rest[0] == 0:
        return -1
    closed = problem.closed[problem.hours[k]]
    without, rested, position = problem.begin[k], NEVER, -1
    for pos in range(n + 1):
        begins = max(without, rest[1])
        if begins <= rest[2] and begins + rest[0] < rested:
            rested, position = begins + rest[0], pos
        way = travel[here[pos], there[pos]]
        without, rested = without + way, rested + way
        if pos < n:
            without = begin_at(closed, there[pos], here[pos + 1], max(without, release[pos]), work[pos]) + work[pos]
            rested = begin_at(closed, there[pos], here[pos + 1], max(rested, release[pos]), work[pos]) + work[pos]
    return -1 if without <= rest[2] else position


@compiled
def follow(problem, state, k):
    """Times of a tour, and the slack before each stop; how many minutes too late it is."""
    n, rest, travel = state.tours.length[k], problem.rest[k], problem.travel[problem.mode[k]]
    here, there, work, release, due = (
        state.stops[HERE, k],
        state.stops[THERE, k],
        state.stops[WORK, k],
        state.stops[RELEASE_MIN, k],
        state.stops[DUE_MIN, k],
    )
    leave, slack, wait, ends = state.stops[LEAVE, k], state.stops[SLACK, k], state.stops[WAIT, k], state.stops[ENDS, k]
    closed, position = problem.closed[problem.hours[k]], break_position(problem, state, k)
    time, late, busy, break_begins = problem.begin[k], 0, 0, 0
    for pos in range(n + 1):
        if pos == position:
            break_begins = max(time, rest[1])
            late += max(0, break_begins - rest[2])
            time = break_begins + rest[0]
        leave[pos] = time
        way = travel[here[pos], there[pos]]
        time, busy = time + way, busy + way
        if pos == n:
            break
        first, last, minutes = there[pos], here[pos + 1], work[pos]
        begins = begin_at(closed, first, last, max(time, release[pos]), minutes)
        wait[pos], ends[pos], busy = begins - time, begins + minutes, busy + minutes
        time = ends[pos]
        late += max(0, time - due[pos])
        slack[pos] = min(max(0, due[pos] - time), open_for(closed, first, last, begins, minutes))
    limit = problem.limit[k] if position >= 0 or rest[0] == 0 else min(problem.limit[k], rest[2])
    state.minutes[k] = busy if n > 0 else 0
    later = slack[n] = max(0, limit - time)
    for pos in range(n - 1, -1, -1):
        if pos + 1 == position:
            later = max(0, min(rest[2] - ends[pos], break_begins - ends[pos] + later))
        later = slack[pos] = wait[pos] + min(later, slack[pos])
    return late + max(0, time - limit) if n > 0 else 0


@compiled
def settle_quantities(problem, state, k, market):
    """Quantities within the van's batteries at the crew's price of a minute; the tour's lateness."""
    price, low, high, trials = state.price[k], 0.0, -1.0, 0
    price[1] = 0.0
    while True:
        missing = quantities(problem, state, k, market) - problem.batteries[k]
        if (missing <= 0 and (price[1] == 0 or trials >= TRIALS)) or trials > TRIALS:
            break
        low, high = (low, price[1]) if missing <= 0 else (price[1], high)
        trials += 1
        price[1] = next_price(low, high, 16.0, trials)
    return follow(problem, state, k) + 60 * max(0, missing)


@compiled
def next_price(low, high, first, trials):
    """Between one that is too low and one that is high enough (negative: none is known)."""
    if high < 0:
        return max(2 * low, first)
    return high if trials >= TRIALS else (low + high) / 2


@compiled
def evaluate(problem, state, k, market):
    """Recompute one tour from its order."""
    tours, price, base = state.tours, state.price[k], problem.rate[k]
    low, high, trials = base, -1.0, 0
    lay_out(problem, state, k)
    price[0] = base
    while True:
        late = settle_quantities(problem, state, k, market)
        if (late <= 0 and (price[0] == base or trials >= TRIALS)) or trials > TRIALS:
            break
        low, high = (low, price[0]) if late <= 0 else (price[0], high)
        trials += 1
        price[0] = next_price(low, high, 1.0, trials)
        if high < 0 and price[0] > DEAREST_MINUTE:
            break
    if price[0] > base or price[1] > 0:
        late = fill(problem, state, k, late)
    look_ahead(problem, state, k, market)
    gain = tour_cents(problem, state, k)
    tours.total[0] += gain - tours.gain[k]
    tours.total[1] += late - tours.late[k]
    tours.gain[k], tours.late[k] = gain, late
    state.touched[k] = True


@compiled
def fill(problem, state, k, late):
    """Swaps that still fit where a price left time or batteries unused."""
    tours, places, n, work, one = (
        state.tours,
        problem.good.size,
        state.tours.length[k],
        state.stops[WORK, k],
        problem.minutes[0],
    )
    used, tight = 0, False
    for pos in range(n):
        if tours.order[k, pos] < places:
            used += tours.swaps[tours.order[k, pos]]
    for pos in range(n):
        place = tours.order[k, pos]
        if place >= places or not problem.skill[k, 0]:
            continue
        while late <= 0 and used < problem.batteries[k] and tours.swaps[place] < problem.swap_high[place]:
            stock = problem.good[place] + tours.swaps[place] - tours.moves[place]
            if stock >= problem.top[place]:
                break
            gained = problem.value[place, stock] - problem.value[place, stock + 1]
            gained += problem.swap_cents[place, tours.swaps[place] + 1] - problem.swap_cents[place, tours.swaps[place]]
            if gained <= problem.rate[k] * one:
                break
            work[pos] += one
            if follow(problem, state, k) > 0:
                work[pos] -= one
                tight = True
                break
            tours.swaps[place] += 1
            used += 1
    return follow(problem, state, k) if tight else late


@compiled
def look_ahead(problem, state, k, market):
    """The tables from the start; `after` was made with the quantities."""
    room, places, order, lows = problem.room[k], problem.good.size, state.tours.order[k], state.lows[k]
    ahead, after, cents, n = state.ahead[k], state.after[k], state.cents[k], state.tours.length[k]
    centre, on_board = (cents.shape[1] - 1) // 2, problem.on_board[k]
    for load in range(room + 1):
        more = load - on_board
        ahead[0, load] = more * market if market > 0 and more >= 0 else (0.0 if more == 0 else FAR)
    for pos in range(n):
        if order[pos] >= places:
            fill_row(ahead[pos + 1], ahead[pos], room + 1)
            continue
        for load in range(room + 1):
            best = FAR
            for moved in range(load - room, load + 1):
                best = min(best, ahead[pos, load - moved] + cents[pos, centre + moved])
            ahead[pos + 1, load] = best
    for pos in range(n + 1):
        cheapest, rest = ahead[pos, 0], after[pos, 0]
        for load in range(1, room + 1):
            cheapest, rest = min(cheapest, ahead[pos, load]), min(rest, after[pos, load])
        lows[pos] = cheapest + rest


@compiled
def tour_cents(problem, state, k):
    """What a tour changes beside staying at home, the values of cars left out."""
    tours, places, load = state.tours, problem.good.size, problem.on_board[k]
    cents = problem.rate[k] * state.minutes[k]
    for pos in range(tours.length[k]):
        entity = tours.order[k, pos]
        if entity >= places:
            cents += problem.job_cents[tours.job[entity - places]]
            continue
        stock = problem.good[entity] + tours.swaps[entity] - tours.moves[entity]
        cents += problem.value[entity, stock] - problem.value[entity, problem.good[entity]]
        cents -= problem.swap_cents[entity, tours.swaps[entity]]
        load += tours.moves[entity]
    return cents + LEFT_OVER * abs(load)


@compiled
def job_value(problem, stock, job):
    """What a job changes in the value of cars."""
    origin, target = problem.job[job, FROM], problem.job[job, TO]
    leaves, comes = problem.job[job, LEAVES], problem.job[job, COMES]
    if origin == target:
        here = stock[origin]
        return problem.car_value[origin, here - leaves + comes] - problem.car_value[origin, here]
    changed = problem.car_value[origin, stock[origin] - leaves] - problem.car_value[origin, stock[origin]]
    return changed + problem.car_value[target, stock[target] + comes] - problem.car_value[target, stock[target]]


@compiled
def apply_job(problem, state, job, sign):
    origin, target, stock = problem.job[job, FROM], problem.job[job, TO], state.stock
    if sign > 0:
        state.tours.total[2] += job_value(problem, stock[0], job)
    stock[0, origin] -= sign * problem.job[job, LEAVES]
    stock[0, target] += sign * problem.job[job, COMES]
    stock[1, target] -= sign * problem.job[job, TAKES_BAY]
    stock[2, target] -= sign * problem.job[job, PLUGS]
    if sign < 0:
        state.tours.total[2] -= job_value(problem, stock[0], job)


@compiled
def job_fits(problem, state, job):
    target, stock = problem.job[job, TO], state.stock
    if problem.job[job, TAKES_BAY] > stock[1, target] or problem.job[job, PLUGS] > stock[2, target]:
        return False
    return stock[0, target] + problem.job[job, COMES] < problem.car_value.shape[1]


@compiled
def insert(problem, state, entity, job, k, pos):
    tours, places = state.tours, problem.good.size
    for i in range(tours.length[k], pos, -1):
        tours.order[k, i] = tours.order[k, i - 1]
    tours.order[k, pos] = entity
    tours.length[k] += 1
    state.crew_of[entity] = k
    if entity >= places:
        tours.job[entity - places] = job
        apply_job(problem, state, job, 1)


@compiled
def leave_out(problem, state, entity):
    """Forget that an entity is planned; its tour's order is the caller's to mend."""
    tours, places = state.tours, problem.good.size
    state.crew_of[entity] = -1
    if entity >= places:
        apply_job(problem, state, tours.job[entity - places], -1)
        tours.job[entity - places] = -1
    else:
        tours.swaps[entity] = tours.moves[entity] = 0


@compiled
def take_string(problem, state, k, rank, longest, count):
    """Take a random string of stops around one out of a tour, [1]; how many entities are absent now."""
    tours, random, n = state.tours, state.random, state.tours.length[k]
    wanted = 1 + below(random, min(longest, n))
    first_min, first_max = max(0, rank - wanted + 1), min(rank, n - wanted)
    first = first_min + below(random, first_max - first_min + 1)
    spared = below(random, wanted) if wanted > 2 and share(random) < 0.3 else -1
    left = first
    for pos in range(first, n):
        entity = tours.order[k, pos]
        if pos < first + wanted and not state.fixed[entity] and pos - first != spared:
            leave_out(problem, state, entity)
            state.absent[count] = entity
            count += 1
        else:
            tours.order[k, left] = entity
            left += 1
    tours.length[k] = left
    return count


@compiled
def rank_of(tours, k, entity):
    for pos in range(tours.length[k]):
        if tours.order[k, pos] == entity:
            return pos
    return -1


@compiled
def ruin(problem, state, centre):
    """Take strings out of the tours around a place; how many entities are absent and to be tried again."""
    random, places = state.random, problem.good.size
    strings = 1 + below(random, 3)
    longest = 1 + below(random, STRING_MAX)
    several = share(random) < 0.5
    count = 0
    for at in problem.near[centre]:
        for i in range(-1, problem.cars_at.shape[1]):
            entity = at if i < 0 else places + problem.cars_at[at, i]
            if i >= 0 and problem.cars_at[at, i] < 0:
                break
            k = state.crew_of[entity]
            if k < 0 or state.fixed[entity] or (state.touched[k] and not several):
                continue
            count = take_string(problem, state, k, rank_of(state.tours, k, entity), longest, count)
            state.touched[k] = True
            strings -= 1
            if strings <= 0:
                return count
    return count


@compiled
def gather(problem, state, centre, count):
    """Absent entities near the ruin, and a few from anywhere, join those that are to be tried again."""
    places = problem.good.size
    removed = count
    for rank in range(min(NEAR_RECREATED, problem.near.shape[1])):
        at = problem.near[centre, rank]
        for i in range(-1, problem.cars_at.shape[1]):
            if i >= 0 and problem.cars_at[at, i] < 0:
                break
            count = join(problem, state, at if i < 0 else places + problem.cars_at[at, i], removed, count)
    for _ in range(ANYWHERE):
        count = join(problem, state, below(state.random, state.crew_of.size), removed, count)
    return count


@compiled
def look_around(problem, state, centre):
    """Mark the crews that work near the ruin or were part of it, and those that stay at home."""
    nearby, places = state.nearby, problem.good.size
    for k in range(problem.mode.size):
        nearby[k] = state.touched[k] or state.tours.length[k] == 0
    for rank in range(min(NEAR_CREWS, problem.near.shape[1])):
        at = problem.near[centre, rank]
        for i in range(-1, problem.cars_at.shape[1]):
            if i >= 0 and problem.cars_at[at, i] < 0:
                break
            k = state.crew_of[at if i < 0 else places + problem.cars_at[at, i]]
            if k >= 0:
                nearby[k] = True


@compiled
def join(problem, state, entity, removed, count):
    if state.crew_of[entity] >= 0 or not problem.worth_visit[entity] or count >= state.absent.size:
        return count
    for i in range(count):
        if state.absent[i] == entity:
            return count
    state.absent[count] = entity
    return count + 1


@compiled
def sort(problem, state, count):
    """At random, or what could be gained first."""
    random, absent, places, urgency = state.random, state.absent, problem.good.size, np.zeros(count)
    for i in range(count - 1, 0, -1):
        j = below(random, i + 1)
        absent[i], absent[j] = absent[j], absent[i]
    way = below(random, 4)
    if way < 2:
        return
    for i in range(count):
        entity = absent[i]
        urgency[i] = 0.0
        if entity < places:
            stock = min(problem.good[entity] + problem.swap_high[entity], problem.top[entity])
            urgency[i] = problem.value[entity, problem.good[entity]] - problem.value[entity, stock]
            urgency[i] += problem.swap_cents[entity, problem.swap_high[entity]]
            if way == 3:
                urgency[i] = problem.move_high[entity]
    for i in range(1, count):
        entity, weight, j = absent[i], urgency[i], i
        while j > 0 and urgency[j - 1] < weight:
            absent[j], urgency[j] = absent[j - 1], urgency[j - 1]
            j -= 1
        absent[j], urgency[j] = entity, weight


@compiled
def recreate(problem, state, count, market, opening):
    """Put entities into the tours one by one, each where it gains most, if anywhere; `opening`: see OPENING_SHARE."""
    sort(problem, state, count)
    places = problem.good.size
    for i in range(count):
        entity = state.absent[i]
        if entity < places:
            cents, k, pos = best_visit(problem, state, entity, opening)
            job = -1
        else:
            cents, k, pos, job = best_job(problem, state, entity, opening)
        if cents < 0:
            insert(problem, state, entity, job, k, pos)
            evaluate(problem, state, k, market)


@compiled
def best_visit(problem, state, place, opening):
    """Where a visit gains most, the loads of all others chosen anew; (cents, crew, position)."""
    tours, random, penalty = state.tours, state.random, state.excess_price[0]
    best, best_k, best_pos, only, n_max = 0.0, -1, -1, problem.only[place], state.tours.order.shape[1]
    moves, minutes_of = state.base.shape[2], problem.minutes
    own_cents, own_swaps, centre = np.empty(moves), np.zeros(moves, np.int64), (moves - 1) // 2
    for k in range(problem.mode.size):
        n, room, per_minute = tours.length[k], problem.room[k], state.price[k, 0]
        if (
            not state.nearby[k]
            or n >= n_max
            or (only >= 0 and only != k)
            or not (problem.skill[k, 0] or problem.skill[k, 1])
        ):
            continue
        travel, closed = problem.travel[problem.mode[k]], problem.closed[problem.hours[k]]
        here, there, leave, slack = (
            state.stops[HERE, k],
            state.stops[THERE, k],
            state.stops[LEAVE, k],
            state.stops[SLACK, k],
        )
        ahead, after, lows = state.ahead[k], state.after[k], state.lows[k]
        if per_minute == problem.rate[k] and state.price[k, 1] == 0:
            cents, swaps_at = state.base[problem.group[k], place], state.base_swaps[problem.group[k], place]
        else:
            cents, swaps_at = own_cents, own_swaps
            visit_cents(problem, k, place, per_minute, state.price[k, 1], cents, swaps_at)
        cheapest, now = FAR, FAR
        for moved in range(-room, room + 1):
            cheapest = min(cheapest, cents[centre + moved])
        for load in range(room + 1):
            now = min(now, ahead[n, load] + after[n, load])
        for pos in range(n + 1):
            direct = travel[here[pos], there[pos]] if n > 0 else 0
            out, on = travel[here[pos], place], travel[place, there[pos]]
            detour = 0 if n == 0 and opening else out + on - direct  # the next visits share the way out and back
            if lows[pos] + cheapest + per_minute * detour - now >= best or share(random) < BLINK:
                continue
            found, chosen = FAR, 0
            for load in range(room + 1):
                if ahead[pos, load] >= FAR:
                    continue
                for moved in range(-load, room - load + 1):
                    cost = ahead[pos, load] + cents[centre + moved] + after[pos, load + moved]
                    if cost < found:
                        found, chosen = cost, moved
            found += per_minute * detour - now
            if found >= best:
                continue
            minutes = work_minutes(minutes_of, swaps_at[centre + chosen], chosen)
            begins = begin_at(closed, place, place, leave[pos] + out, minutes)
            found += penalty * max(0, begins + minutes + on - leave[pos] - direct - slack[pos])
            if found < best:
                best, best_k, best_pos = found, k, pos
    return best, best_k, best_pos


@compiled
def best_job(problem, state, entity, opening):
    """Which job on a car gains most, and where; (cents, crew, position, job)."""
    places, best, best_k, best_pos, best_number = problem.good.size, 0.0, -1, -1, -1
    for number in problem.car_jobs[entity - places]:
        if number < 0:
            break
        if not job_fits(problem, state, number):
            continue
        base = job_value(problem, state.stock[0], number) + problem.job_cents[number]
        if base < best:
            found, k, pos = best_position(problem, state, entity, number, base, best, opening)
            if found < best:
                best, best_k, best_pos, best_number = found, k, pos, number
    return best, best_k, best_pos, best_number


@compiled
def best_position(problem, state, entity, number, base, best, opening):
    facts, lengths, random, penalty = problem.job[number], state.tours.length, state.random, state.excess_price[0]
    origin, target, work, only = facts[FROM], facts[TO], facts[MINUTES], problem.only[entity]
    best_k, best_pos, n_max = -1, -1, state.tours.order.shape[1]
    for k in range(problem.mode.size):
        n, per_minute = lengths[k], state.price[k, 0]
        lacks_skill = (facts[PLUGS] and not problem.skill[k, 2]) or (facts[DRIVES] and not problem.skill[k, 3])
        if lacks_skill or not state.nearby[k] or n >= n_max or (only >= 0 and only != k):
            continue
        travel, closed = problem.travel[problem.mode[k]], problem.closed[problem.hours[k]]
        here, there, leave, slack = (
            state.stops[HERE, k],
            state.stops[THERE, k],
            state.stops[LEAVE, k],
            state.stops[SLACK, k],
        )
        for pos in range(n + 1):
            direct = travel[here[pos], there[pos]] if n > 0 else 0
            out, on = travel[here[pos], origin], travel[target, there[pos]]
            detour = 0 if n == 0 and opening else out + on - direct
            found = base + per_minute * (detour + work)
            if found >= best or share(random) < BLINK:
                continue
            ends = begin_at(closed, origin, target, max(leave[pos] + out, facts[RELEASE]), work) + work
            late = max(0, ends + on - leave[pos] - direct - slack[pos])
            if late > 0 and base < -HONOURED:
                continue  # its worth would buy any lateness, which no step after could undo
            found += penalty * late
            if ends <= facts[DUE] and found < best:
                best, best_k, best_pos = found, k, pos
    return best, best_k, best_pos


@compiled
def tidy(problem, state):
    """Tours that were changed, without the market and without visits at which nothing is done."""
    tours, places = state.tours, problem.good.size
    for k in range(problem.mode.size):
        if not state.touched[k]:
            continue
        evaluate(problem, state, k, 0.0)
        left = 0
        for pos in range(tours.length[k]):
            entity = tours.order[k, pos]
            idle = entity < places and tours.swaps[entity] == 0 and tours.moves[entity] == 0
            if idle and not state.fixed[entity]:
                leave_out(problem, state, entity)
            else:
                tours.order[k, left] = entity
                left += 1
        if left < tours.length[k]:
            tours.length[k] = left
            evaluate(problem, state, k, 0.0)


@compiled
def copy_tour(target, source, k):
    n = source.length[k]
    target.length[k] = n
    fill_row(target.order[k], source.order[k], n)
    target.gain[k], target.late[k] = source.gain[k], source.late[k]


@compiled
def copy(target, source):
    for k in range(source.length.size):
        copy_tour(target, source, k)
    fill_row(target.job, source.job, source.job.size)
    fill_row(target.swaps, source.swaps, source.swaps.size)
    fill_row(target.moves, source.moves, source.moves.size)
    fill_row(target.total, source.total, source.total.size)


@compiled
def keep(problem, state):
    """Stand where the tried tours are."""
    tours, kept, places = state.tours, state.kept, problem.good.size
    for k in range(problem.mode.size):
        if state.touched[k]:
            for pos in range(kept.length[k]):
                forget(kept, places, kept.order[k, pos])
    for k in range(problem.mode.size):
        if state.touched[k]:
            copy_tour(kept, tours, k)
            for pos in range(tours.length[k]):
                note(kept, tours, places, tours.order[k, pos])
            state.touched[k] = False
    fill_row(kept.total, tours.total, kept.total.size)


@compiled
def forget(tours, places, entity):
    if entity < places:
        tours.swaps[entity] = tours.moves[entity] = 0
    else:
        tours.job[entity - places] = -1


@compiled
def note(target, source, places, entity):
    if entity < places:
        target.swaps[entity], target.moves[entity] = source.swaps[entity], source.moves[entity]
    else:
        target.job[entity - places] = source.job[entity - places]


@compiled
def go_back(problem, state, source):
    """Return to other tours: where the walk stands, or where another was best."""
    tours, places = state.tours, problem.good.size
    for k in range(problem.mode.size):
        if state.touched[k]:
            for pos in range(tours.length[k]):
                leave_out(problem, state, tours.order[k, pos])
            tours.length[k] = 0
    for k in range(problem.mode.size):
        if not state.touched[k]:
            continue
        for pos in range(source.length[k]):
            entity = source.order[k, pos]
            job = -1 if entity < places else source.job[entity - places]
            insert(problem, state, entity, job, k, pos)
        evaluate(problem, state, k, 0.0)
        state.touched[k] = False
    fill_row(tours.total, source.total, tours.total.size)


@compiled
def price_visits(problem, state):
    """What a visit costs where neither minutes nor batteries are short."""
    for k in range(problem.mode.size):
        group = problem.group[k]
        for place in range(problem.good.size):
            cents, swaps_at = state.base[group, place], state.base_swaps[group, place]
            visit_cents(problem, k, place, problem.rate[k], 0.0, cents, swaps_at)


@compiled
def join_all(problem, state):
    """Everything that is absent is to be tried; how many that are."""
    count = 0
    for entity in range(state.crew_of.size):
        count = join(problem, state, entity, 0, count)
    return count


@compiled
def consider(problem, state, accepted):
    kept, best = state.kept, state.best
    if not accepted:
        go_back(problem, state, kept)
        return
    keep(problem, state)
    if kept.total[1] <= 0 and kept.total[0] + kept.total[2] < best.total[0] + best.total[2] - 1e-9:
        copy(best, kept)


@compiled
def walk(problem, state, temperature, steps, price_max):
    """So many steps, each kept by the annealing rule at this temperature [cents]."""
    kept, random, tours, price = state.kept, state.random, state.tours, state.excess_price
    for _ in range(steps):
        centre = below(random, problem.good.size)
        market = 0.0
        if share(random) < MARKET_SHARE:
            market = price_max * share(random)
        count = gather(problem, state, centre, ruin(problem, state, centre))
        look_around(problem, state, centre)
        for k in range(problem.mode.size):
            if state.touched[k] or (market > 0 and state.nearby[k]):
                evaluate(problem, state, k, market)
        recreate(problem, state, count, market, share(random) < OPENING_SHARE)
        tidy(problem, state)
        change = tours.total[0] + tours.total[2] - kept.total[0] - kept.total[2]
        change += price[0] * (tours.total[1] - kept.total[1])
        consider(problem, state, change < -temperature * np.log(1 - share(random)))
        if kept.total[1] <= 0:
            price[0] = max(price[1], price[0] * (1 - PRICE_STEP * (1 - FEASIBLE_SHARE)))
        else:
            price[0] *= 1 + PRICE_STEP * FEASIBLE_SHARE


# What follows is called a few times a solve. It is not compiled: compiled code contains all that it calls once more.


def prepare(problem: Problem, state: State) -> None:
    """Nobody is anywhere yet."""
    price_visits(problem, state)
    for k in range(problem.mode.size):
        evaluate(problem, state, k, 0.0)


def plant(problem: Problem, state: State, entity: int, job: int, k: int) -> None:
    """Put a locked stop at the end of a tour, for good."""
    insert(problem, state, entity, job, k, int(state.tours.length[k]))
    state.fixed[entity] = True
    evaluate(problem, state, k, 0.0)


def begin(problem: Problem, state: State) -> None:
    """The walk begins at what is planted."""
    keep(problem, state)
    copy(state.best, state.kept)


def build(problem: Problem, state: State, market: float, opening: bool) -> None:
    """Try everything that is absent, with this price of mopeds on the market."""
    state.nearby[:] = True
    for k in range(problem.mode.size):
        evaluate(problem, state, k, market)
    recreate(problem, state, join_all(problem, state), market, opening)
    tidy(problem, state)
    consider(problem, state, True)


def resume(problem: Problem, state: State, source: Tours) -> None:
    """Stand where another walk was best."""
    state.touched[:] = True
    go_back(problem, state, source)
    state.touched[:] = True
    keep(problem, state)
