"""The city's events, compiled: what `reference` does, rule by rule, on arrays that change in place.

One file, because Numba's cache on disk notices a change in the file of the function it compiled and in no other. Each
rider waits for one thing at a time, so that time and rider order all events without a tie. Nothing here checks its
arguments: `Scenario` and `Riders` did.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

# Without Numba's counting of references to some sixty arrays on every call: measured, thirteen times as fast. Nothing
# here may allocate, and the caller holds the arrays.
compiled = njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]  # an option without a stub

DAY_S, QUARTER_S = 86_400, 900
RIDER_BITS = 32
RIDER_MASK = 2**RIDER_BITS - 1
NOBODY = -1
WAIT_S = 300  # before a rider who found no bay anywhere near looks again
PICK_UP, PAUSE, RESUME, PARK, CANCEL, EXPIRE = range(6)  # what a rider waits for
ASKED, HELD, LOST, CANCELLED, EXPIRED, FAILED, STARTED, PAUSED, RESUMED, REFUSED, ENDED, MOVED = range(12)
UNDER_WAY, SERVED, CLOSED, NOT_ELIGIBLE, NO_VEHICLE, TOO_LITTLE_CHARGE, GAVE_BACK, TOO_FAR, DID_NOT_UNLOCK = range(9)
CHARGED, SWAPPED, USED = range(3)
LOG_ROOM = 8  # more than one event of a rider ever writes


class Tables(NamedTuple):
    """What does not change: `Scenario`'s arrays under their names there, and the tariffs stacked by class."""

    kind_of_day: np.ndarray
    is_open: np.ndarray
    zones_at: np.ndarray
    bays: np.ndarray
    chargers: np.ndarray
    charger_w: np.ndarray
    accepts: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    near_from: np.ndarray
    near: np.ndarray
    near_walk_s: np.ndarray
    near_drive_m: np.ndarray
    battery_mwh: np.ndarray
    charge_mwh_min: np.ndarray
    wh_per_km: np.ndarray
    speed_kmh: np.ndarray
    hold_s: np.ndarray
    takes_bay: np.ndarray
    plugs_in: np.ndarray
    eligible: np.ndarray
    flat_cents: np.ndarray
    caps_cents: np.ndarray
    time: np.ndarray
    distance: np.ndarray
    packages: np.ndarray
    package_count: np.ndarray
    percent: np.ndarray
    fees_cents: np.ndarray
    rebates_cents: np.ndarray


class Wishes(NamedTuple):
    """`Riders`' columns."""

    at_s: np.ndarray
    place: np.ndarray
    destination: np.ndarray
    wanted: np.ndarray
    second: np.ndarray
    profile: np.ndarray
    walk_s_max: np.ndarray
    ride_s: np.ndarray
    distance_m: np.ndarray
    pause_from_s: np.ndarray
    pause_s: np.ndarray
    cancels_s: np.ndarray
    fails: np.ndarray


class Street(NamedTuple):
    """Vehicles and places as they are.

    By vehicle: class, place (`NOBODY` on a ride), whether it is kept for a rider, charge [mWh] when it was last
    settled, since when it is plugged in (`NOBODY` if not), and the next one that stands free at its place. By class and
    place: the first that stands free, how many do, and since when none does, and for how long none did until then. By
    place: bays taken and chargers in use.
    """

    vehicle_class: np.ndarray
    at: np.ndarray
    is_held: np.ndarray
    charge_mwh: np.ndarray
    plugged_s: np.ndarray
    following: np.ndarray
    first: np.ndarray
    free: np.ndarray
    empty_since_s: np.ndarray
    empty_s: np.ndarray
    taken: np.ndarray
    plugged: np.ndarray
    energy_mwh: np.ndarray


class Journeys(NamedTuple):
    """What became of each rider; times are `NOBODY` until they are known.

    `place` is where the ride began, `failures` how many vehicles did not unlock.
    """

    outcome: np.ndarray
    vehicle: np.ndarray
    place: np.ndarray
    end_place: np.ndarray
    started_s: np.ndarray
    ended_s: np.ndarray
    distance_m: np.ndarray
    cents: np.ndarray
    stage: np.ndarray
    failures: np.ndarray


class Course(NamedTuple):
    """Where a run stands: the heap of what riders wait for, and how often each event happened.

    `marks` are the next rider, the heap's size, the log's length, and whether there is a log. `hours` is scratch.
    """

    heap: np.ndarray
    marks: np.ndarray
    counts: np.ndarray
    log: np.ndarray
    hours: np.ndarray


@compiled
def note(course, time_s, rider, kind, vehicle, place):
    course.counts[kind] += 1
    if course.marks[3]:
        log, row = course.log, course.marks[2]
        log[row, 0], log[row, 1], log[row, 2], log[row, 3], log[row, 4] = time_s, rider, kind, vehicle, place
        course.marks[2] += 1


@compiled
def push(course, key):
    heap, at = course.heap, course.marks[1]
    course.marks[1] += 1
    while at > 0:
        above = (at - 1) >> 1
        if heap[above] <= key:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = key


@compiled
def pop(course):
    heap = course.heap
    top = heap[0]
    course.marks[1] -= 1
    size = course.marks[1]
    key, at = heap[size], 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= key:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = key
    return top


@compiled
def wait_for(course, journeys, rider, stage, time_s):
    journeys.stage[rider] = stage
    push(course, (np.int64(time_s) << RIDER_BITS) | np.int64(rider))


@compiled
def charge_at(tables, street, vehicle, time_s):
    charge, since = street.charge_mwh[vehicle], street.plugged_s[vehicle]
    if since < 0:
        return charge
    added = tables.charger_w[street.at[vehicle]] * (time_s - since) * 5 // 18  # W s in mWh
    return min(charge + added, tables.battery_mwh[street.vehicle_class[vehicle]])


@compiled
def set_free(street, vehicle, place, time_s):
    """The vehicle stands there for everybody."""
    c = street.vehicle_class[vehicle]
    street.is_held[vehicle] = False
    street.following[vehicle] = street.first[c, place]
    street.first[c, place] = vehicle
    street.free[c, place] += 1
    if street.free[c, place] == 1:
        street.empty_s[c, place] += time_s - street.empty_since_s[c, place]


@compiled
def keep(street, vehicle, time_s):
    """The vehicle stands where it stood, but not for everybody."""
    c, place = street.vehicle_class[vehicle], street.at[vehicle]
    street.is_held[vehicle] = True
    before = street.first[c, place]
    if before == vehicle:
        street.first[c, place] = street.following[vehicle]
    else:
        while street.following[before] != vehicle:
            before = street.following[before]
        street.following[before] = street.following[vehicle]
    street.free[c, place] -= 1
    if street.free[c, place] == 0:
        street.empty_since_s[c, place] = time_s


@compiled
def unplug(tables, street, vehicle, time_s):
    if street.plugged_s[vehicle] >= 0:
        charge = charge_at(tables, street, vehicle, time_s)
        street.energy_mwh[CHARGED] += charge - street.charge_mwh[vehicle]
        street.charge_mwh[vehicle] = charge
        street.plugged_s[vehicle] = NOBODY
        street.plugged[street.at[vehicle]] -= 1


@compiled
def plug_in(tables, street, vehicle, time_s):
    place = street.at[vehicle]
    if street.plugged_s[vehicle] < 0 and street.plugged[place] < tables.chargers[place]:
        street.plugged_s[vehicle] = time_s
        street.plugged[place] += 1


@compiled
def take_away(tables, street, vehicle, time_s):
    """A vehicle that is kept leaves its place."""
    unplug(tables, street, vehicle, time_s)
    street.taken[street.at[vehicle]] -= tables.takes_bay[street.vehicle_class[vehicle]]
    street.at[vehicle] = NOBODY


@compiled
def put_down(tables, street, vehicle, place, time_s, plugs_in):
    street.at[vehicle] = place
    street.taken[place] += tables.takes_bay[street.vehicle_class[vehicle]]
    if plugs_in:
        plug_in(tables, street, vehicle, time_s)
    set_free(street, vehicle, place, time_s)


@compiled
def zones_at(tables, time_s):
    return tables.zones_at[tables.kind_of_day[time_s // DAY_S], time_s % DAY_S // QUARTER_S]


@compiled
def fullest(tables, street, c, place, needed, time_s):
    """The vehicle of a class with the most charge at a place, the first of equals; `NOBODY` below what is needed."""
    best, best_charge = NOBODY, needed - 1
    vehicle = street.first[c, place]
    while vehicle >= 0:
        charge = charge_at(tables, street, vehicle, time_s)
        if charge > best_charge or (charge == best_charge and best >= 0 and vehicle < best):
            best, best_charge = vehicle, charge
        vehicle = street.following[vehicle]
    return best


@compiled
def find(tables, wishes, street, rider, c, place, time_s):
    """The vehicle of a class that the rider takes from `place`, and the walk to it; else `NOBODY` and the reason."""
    needed = max(tables.charge_mwh_min[c], wishes.distance_m[rider] * tables.wh_per_km[c])
    zones, patience, reason = zones_at(tables, time_s), wishes.walk_s_max[rider], NO_VEHICLE
    for near in range(tables.near_from[place], tables.near_from[place + 1]):
        walk_s = tables.near_walk_s[near]
        if walk_s > patience:
            break
        to = tables.near[near]
        if street.free[c, to] == 0 or not tables.starts[zones, c, to]:
            continue
        vehicle = fullest(tables, street, c, to, needed, time_s)
        if vehicle >= 0:
            return vehicle, walk_s
        reason = TOO_LITTLE_CHARGE
    return NOBODY, reason


@compiled
def ask(tables, wishes, street, journeys, course, rider, place, time_s):
    """Look for a vehicle of the wanted class, then of the second; what is found is kept for the walk."""
    note(course, time_s, rider, ASKED, NOBODY, place)
    if not tables.is_open[tables.kind_of_day[time_s // DAY_S], time_s % DAY_S // QUARTER_S]:
        lose(journeys, course, rider, place, time_s, CLOSED)
        return
    first_reason = UNDER_WAY
    for c in (wishes.wanted[rider], wishes.second[rider]):
        if c < 0:
            continue
        reason = NOT_ELIGIBLE
        if tables.eligible[wishes.profile[rider], c]:
            vehicle, reason = find(tables, wishes, street, rider, c, place, time_s)
            if vehicle >= 0:
                hold(tables, wishes, street, journeys, course, rider, vehicle, reason, time_s)
                return
        if first_reason == UNDER_WAY:
            first_reason = reason
    lose(journeys, course, rider, place, time_s, first_reason)


@compiled
def lose(journeys, course, rider, place, time_s, reason):
    if journeys.failures[rider]:  # and there was no other
        reason = DID_NOT_UNLOCK
    journeys.outcome[rider] = reason
    note(course, time_s, rider, LOST, reason, place)


@compiled
def hold(tables, wishes, street, journeys, course, rider, vehicle, walk_s, time_s):
    keep(street, vehicle, time_s)
    note(course, time_s, rider, HELD, vehicle, street.at[vehicle])
    journeys.vehicle[rider], journeys.place[rider] = vehicle, street.at[vehicle]
    hold_s, cancels_s = tables.hold_s[street.vehicle_class[vehicle]], wishes.cancels_s[rider]
    if 0 <= cancels_s < min(walk_s, hold_s):
        wait_for(course, journeys, rider, CANCEL, time_s + cancels_s)
    elif walk_s >= hold_s:
        wait_for(course, journeys, rider, EXPIRE, time_s + hold_s)
    else:
        wait_for(course, journeys, rider, PICK_UP, time_s + walk_s)


@compiled
def release(street, journeys, course, rider, kind, outcome, time_s):
    vehicle = journeys.vehicle[rider]
    set_free(street, vehicle, street.at[vehicle], time_s)
    journeys.outcome[rider] = outcome
    note(course, time_s, rider, kind, vehicle, street.at[vehicle])


@compiled
def pick_up(tables, wishes, street, journeys, course, rider, time_s):
    vehicle, place = journeys.vehicle[rider], journeys.place[rider]
    if wishes.fails[rider] and not journeys.failures[rider]:  # the next one unlocks
        journeys.failures[rider] = 1
        release(street, journeys, course, rider, FAILED, UNDER_WAY, time_s)
        ask(tables, wishes, street, journeys, course, rider, place, time_s)
        return
    take_away(tables, street, vehicle, time_s)
    note(course, time_s, rider, STARTED, vehicle, place)
    journeys.started_s[rider] = time_s
    journeys.end_place[rider], journeys.distance_m[rider] = wishes.destination[rider], wishes.distance_m[rider]
    if wishes.pause_s[rider]:
        wait_for(course, journeys, rider, PAUSE, time_s + wishes.pause_from_s[rider])
    else:
        wait_for(course, journeys, rider, PARK, time_s + wishes.ride_s[rider])


@compiled
def park(tables, wishes, street, journeys, course, rider, time_s):
    """End the ride, or go on to the nearest place where it may end, or wait for one."""
    vehicle, place = journeys.vehicle[rider], journeys.end_place[rider]
    c, zones = street.vehicle_class[vehicle], zones_at(tables, time_s)
    if may_end(tables, street, zones, c, place):
        end(tables, wishes, street, journeys, course, rider, zones, time_s)
        return
    note(course, time_s, rider, REFUSED, vehicle, place)
    for near in range(tables.near_from[place] + 1, tables.near_from[place + 1]):
        if may_end(tables, street, zones, c, tables.near[near]):
            metres = tables.near_drive_m[near]
            journeys.end_place[rider] = tables.near[near]
            journeys.distance_m[rider] += metres
            wait_for(course, journeys, rider, PARK, time_s + metres * 18 // (5 * tables.speed_kmh[c]) + 1)
            return
    wait_for(course, journeys, rider, PARK, time_s + WAIT_S)


@compiled
def may_end(tables, street, zones, c, place):
    return tables.ends[zones, c, place] and has_room(tables, street, c, place)


@compiled
def has_room(tables, street, c, place):
    is_free = not tables.takes_bay[c] or street.taken[place] < tables.bays[place]
    return tables.accepts[c, place] and is_free


@compiled
def end(tables, wishes, street, journeys, course, rider, zones, time_s):
    vehicle, place = journeys.vehicle[rider], journeys.end_place[rider]
    c = street.vehicle_class[vehicle]
    used = min(street.charge_mwh[vehicle], journeys.distance_m[rider] * tables.wh_per_km[c])
    street.charge_mwh[vehicle] -= used
    street.energy_mwh[USED] += used
    put_down(tables, street, vehicle, place, time_s, tables.plugs_in[c])
    journeys.ended_s[rider], journeys.outcome[rider] = time_s, SERVED
    pause = wishes.pause_from_s[rider], wishes.pause_s[rider]
    journeys.cents[rider] = ride_cents(
        tables, course.hours, c, journeys.started_s[rider], time_s, pause, journeys.distance_m[rider], zones, place
    )
    note(course, time_s, rider, ENDED, vehicle, place)


@compiled
def ride_cents(tables, hours, c, started_s, ended_s, pause, metres, zones, place):
    """The price of a ride; `pause` begins so long after its start and lasts so long [s]."""
    due = np.int64(2**62)
    for package in range(tables.package_count[c]):
        way = with_package(tables, hours, c, started_s, ended_s - started_s, pause, package)
        due = min(due, way + kilometres(tables.distance[c], metres, tables.packages[c, package, 2]))
    due += tables.fees_cents[c, zones, place]
    rebates = tables.rebates_cents[c, zones, place]
    if rebates:
        due = max(0, due + rebates)
    return max(due, tables.flat_cents[c, 1])


@compiled
def with_package(tables, hours, c, started_s, length_s, pause, package):
    """Start, time and pauses, capped; package 0 is none."""
    paid_from_s = tables.packages[c, package, 1]
    in_use = (length_s - 1) // 3600 + 1
    for hour in range(in_use):
        hours[hour] = 0
    pause_from_s, pause_s, pause_cents = pause[0], pause[1], tables.flat_cents[c, 3]
    if pause_cents < 0:
        pause_s = 0
    if package == 0:
        hours[0] = tables.flat_cents[c, 0]
    riding_s, free_s = length_s - pause_s, tables.flat_cents[c, 2]
    for segment in range(tables.time.shape[1]):
        ends, cents, interval = tables.time[c, segment, 1], tables.time[c, segment, 2], tables.time[c, segment, 3]
        at = tables.time[c, segment, 0]
        while at < min(ends, riding_s - free_s):
            after = at + free_s
            if after >= pause_from_s:
                after += pause_s
            if after >= paid_from_s:
                hours[after // 3600] += factored(tables, c, started_s + after, cents)
            at += interval
    for minute in range((pause_s + 59) // 60):
        after = pause_from_s + 60 * minute
        if after >= paid_from_s:
            hours[after // 3600] += factored(tables, c, started_s + after, pause_cents)
    return tables.packages[c, package, 0] + capped(hours, in_use, tables.caps_cents[c])


@compiled
def factored(tables, c, time_s, cents):
    percent = tables.percent[c, tables.kind_of_day[time_s // DAY_S], time_s % DAY_S // 60]
    return (cents * percent + 50) // 100


@compiled
def capped(hours, in_use, caps):
    """The sum of the hours after the caps of each hour, day and week, the shortest first."""
    for cap, length in ((caps[0], 1), (caps[1], 24), (caps[2], 168)):
        if cap == 0:
            continue
        for window in range(0, in_use, length):
            total = np.int64(0)
            for hour in range(window, min(window + length, in_use)):
                total += hours[hour]
                hours[hour] = 0
            hours[window] = min(total, cap)
    total = np.int64(0)
    for hour in range(in_use):
        total += hours[hour]
    return total


@compiled
def kilometres(segments, metres, free_m):
    cents = np.int64(0)
    for segment in range(segments.shape[0]):
        begins, ends, rate, interval = (
            segments[segment, 0],
            segments[segment, 1],
            segments[segment, 2],
            segments[segment, 3],
        )
        free = max(0, -((begins - min(min(free_m, metres), ends)) // interval))
        cents += (max(0, -((begins - min(metres, ends)) // interval)) - free) * rate
    return cents


@compiled
def run(tables, wishes, street, journeys, course, until_s):
    """Everything that happens before `until_s`; False where the log was full first."""
    marks = course.marks
    riders, until = len(wishes.at_s), np.int64(until_s) << RIDER_BITS
    never = np.int64(2**62)
    while True:
        if marks[3] and marks[2] + LOG_ROOM > len(course.log):
            return False
        asks = (wishes.at_s[marks[0]] << RIDER_BITS) | marks[0] if marks[0] < riders else never
        waits = course.heap[0] if marks[1] else never
        if min(asks, waits) >= until:
            return True
        if asks < waits:
            rider, time_s = marks[0], wishes.at_s[marks[0]]
            marks[0] += 1
            ask(tables, wishes, street, journeys, course, rider, wishes.place[rider], time_s)
            continue
        key = pop(course)
        meet(tables, wishes, street, journeys, course, key & RIDER_MASK, key >> RIDER_BITS)


@compiled
def meet(tables, wishes, street, journeys, course, rider, time_s):
    """What the rider waited for has come."""
    stage = journeys.stage[rider]
    if stage == PICK_UP:
        pick_up(tables, wishes, street, journeys, course, rider, time_s)
    elif stage == PARK:
        park(tables, wishes, street, journeys, course, rider, time_s)
    elif stage == PAUSE:
        note(course, time_s, rider, PAUSED, journeys.vehicle[rider], NOBODY)
        wait_for(course, journeys, rider, RESUME, time_s + wishes.pause_s[rider])
    elif stage == RESUME:
        note(course, time_s, rider, RESUMED, journeys.vehicle[rider], NOBODY)
        left_s = wishes.ride_s[rider] - wishes.pause_from_s[rider] - wishes.pause_s[rider]
        wait_for(course, journeys, rider, PARK, time_s + left_s)
    elif stage == CANCEL:
        release(street, journeys, course, rider, CANCELLED, GAVE_BACK, time_s)
    else:
        release(street, journeys, course, rider, EXPIRED, TOO_FAR, time_s)


@compiled
def work(tables, street, course, tasks, done, time_s):
    """What crews do with vehicles that stand free, in the order of `tasks` (`Work`); `done` is told of each.

    The charge is that of the battery put in, `NOBODY` to leave it. A move to a place without room is not done.
    """
    vehicles, places, to_place, charge_mwh, plugs_in = tasks
    for row in range(len(vehicles)):
        vehicle, to = vehicles[row], to_place[row]
        c, here = street.vehicle_class[vehicle], street.at[vehicle]
        if here != places[row] or street.is_held[vehicle] or not (to == here or has_room(tables, street, c, to)):
            continue
        if charge_mwh[row] >= 0:
            unplug(tables, street, vehicle, time_s)
            street.energy_mwh[SWAPPED] += charge_mwh[row] - street.charge_mwh[vehicle]
            street.charge_mwh[vehicle] = charge_mwh[row]
        if to != here:
            keep(street, vehicle, time_s)
            take_away(tables, street, vehicle, time_s)
            put_down(tables, street, vehicle, to, time_s, False)
        if plugs_in[row]:
            plug_in(tables, street, vehicle, time_s)
        note(course, time_s, NOBODY, MOVED, vehicle, to)
        done[row] = True
