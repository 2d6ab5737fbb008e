"""The city's events as one reads them: riders' stories over a heap, every decision asked of a rule book.

The kernel does the same on arrays; both agree event for event on the same riders (tests/simulation). What a rider does
is written as a generator that yields the instants it waits for, so that any event loop can drive it.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from mobility.fleet.rules.modes import MACHINES, SEQUENCES, Mode, Step, events_of
from mobility.simulation.kernel import WAIT_S
from mobility.simulation.outcome import End, Event, Work
from mobility.simulation.riders import NOBODY, Riders
from mobility.simulation.rulebook import RuleBook
from mobility.simulation.scenario import Scenario

Story = Generator[int, None, None]
"""Yields the instants [s] at which the rider goes on."""

CREW_EVENTS = {
    Mode.MICROMOBILITY: ("rebalance_pick_up", "provider_drop_off"),
    Mode.CAR_SHARE: ("service_end", "service_start"),
}
METRES_PER_S_OF_KMH = 5 / 18


@dataclass(eq=False, slots=True)
class Vehicle:
    number: int
    klass: int
    mode: Mode
    place: int
    charge_mwh: int
    state: str
    plugged_s: int = NOBODY

    def take(self, step: Step) -> None:
        """One step of the product's own state machine; raises `TransitionRefused`."""
        self.tell(events_of(self.mode, step, self.state))

    def tell(self, events: tuple[str, ...]) -> None:
        for event in events:
            self.state = str(MACHINES[self.mode].move(self.state, event))


@dataclass(eq=False, slots=True)
class Journey:
    """What has become of a rider so far."""

    end: End = End.UNDER_WAY
    vehicle: Vehicle | None = None
    started_s: int = NOBODY
    ended_s: int = NOBODY
    end_place: int = NOBODY
    distance_m: int = 0
    cents: int = 0
    failures: int = 0


@dataclass(eq=False)
class City:
    """Vehicles, places and riders, whatever lets time pass."""

    scenario: Scenario
    riders: Riders
    rules: RuleBook
    vehicles: list[Vehicle] = field(init=False)
    standing: list[list[Vehicle]] = field(init=False)
    taken: list[int] = field(init=False)
    plugged: list[int] = field(init=False)
    journeys: list[Journey] = field(init=False)
    log: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    charged_mwh: int = 0
    swapped_mwh: int = 0
    used_mwh: int = 0

    def __post_init__(self) -> None:
        places = len(self.scenario.places.names)
        self.standing = [[] for _ in range(places)]
        self.taken, self.plugged = [0] * places, [0] * places
        self.journeys = [Journey() for _ in range(len(self.riders))]
        self.vehicles = [self._deployed(number) for number in range(len(self.scenario.fleet.place))]

    def _deployed(self, number: int) -> Vehicle:
        fleet = self.scenario.fleet
        klass, place = int(fleet.vehicle_class[number]), int(fleet.place[number])
        mode = Mode(self.scenario.classes.modes[klass])
        (state,) = SEQUENCES[mode, Step.DEPLOY]
        vehicle = Vehicle(number, klass, mode, place, int(fleet.charge_mwh[number]), state)
        vehicle.take(Step.DEPLOY)
        self._put_down(vehicle, place, 0, plugs_in=bool(self.scenario.classes.plugs_in[klass]))
        return vehicle

    def story(self, rider: int) -> Story:
        """What a rider does, from looking for a vehicle to the end."""
        now_s, place = int(self.riders.at_s[rider]), int(self.riders.place[rider])
        while (found := self._ask(rider, place, now_s)) is not None:
            vehicle, walk_s = found
            place = vehicle.place
            now_s = yield from self._walk(rider, vehicle, walk_s, now_s)
            if self.journeys[rider].end is not End.UNDER_WAY:
                return
            if vehicle.state == "available":  # it did not unlock
                continue
            now_s = yield from self._ride(rider, vehicle, now_s)
            yield from self._park(rider, vehicle, now_s)
            return

    def _ask(self, rider: int, place: int, now_s: int) -> tuple[Vehicle, int] | None:
        self._note(now_s, rider, Event.ASKED, NOBODY, place)
        reasons = [End.CLOSED]
        if self.rules.is_open(now_s):
            reasons = []
            for klass in (int(self.riders.wanted[rider]), int(self.riders.second[rider])):
                if klass == NOBODY:
                    continue
                found = self._find(rider, klass, place, now_s)
                if not isinstance(found, End):
                    self._hold(rider, found[0], now_s)
                    return found
                reasons.append(found)
        journey = self.journeys[rider]
        journey.end = End.DID_NOT_UNLOCK if journey.failures else reasons[0]
        self._note(now_s, rider, Event.LOST, int(journey.end), place)
        return None

    def _find(self, rider: int, klass: int, place: int, now_s: int) -> tuple[Vehicle, int] | End:
        """The fullest vehicle at the nearest place that has one which is charged enough, and the walk to it."""
        if not self.rules.may_drive(int(self.riders.profile[rider]), klass, now_s):
            return End.NOT_ELIGIBLE
        distance_m, reason = int(self.riders.distance_m[rider]), End.NO_VEHICLE
        for to, walk_s in self.rules.walks(place):
            if walk_s > self.riders.walk_s_max[rider]:
                break
            there = [vehicle for vehicle in self.standing[to] if vehicle.klass == klass]
            if not there or not self.rules.may_start(klass, to, now_s):
                continue
            fullest = min(there, key=lambda vehicle: (-self.charge_mwh(vehicle, now_s), vehicle.number))
            if self.rules.is_enough(klass, self.charge_mwh(fullest, now_s), distance_m):
                return fullest, walk_s
            reason = End.TOO_LITTLE_CHARGE
        return reason

    def _hold(self, rider: int, vehicle: Vehicle, now_s: int) -> None:
        vehicle.take(Step.RESERVE)
        self.standing[vehicle.place].remove(vehicle)
        self.journeys[rider].vehicle = vehicle
        self._note(now_s, rider, Event.HELD, vehicle.number, vehicle.place)

    def _walk(self, rider: int, vehicle: Vehicle, walk_s: int, now_s: int) -> Generator[int, None, int]:
        cancels_s, hold_s = int(self.riders.cancels_s[rider]), int(self.scenario.classes.hold_s[vehicle.klass])
        if 0 <= cancels_s < min(walk_s, hold_s):
            yield now_s + cancels_s
            self._release(rider, vehicle, Step.RELEASE, Event.CANCELLED, End.GAVE_BACK, now_s + cancels_s)
            return now_s + cancels_s
        if self.rules.is_over(held_s=walk_s, klass=vehicle.klass):
            yield now_s + hold_s
            self._release(rider, vehicle, Step.RELEASE, Event.EXPIRED, End.TOO_FAR, now_s + hold_s)
            return now_s + hold_s
        yield now_s + walk_s
        if self.riders.fails[rider] and not self.journeys[rider].failures:
            self.journeys[rider].failures = 1
            self._release(rider, vehicle, Step.FAIL, Event.FAILED, End.UNDER_WAY, now_s + walk_s)
        return now_s + walk_s

    def _release(self, rider: int, vehicle: Vehicle, step: Step, event: Event, end: End, now_s: int) -> None:
        vehicle.take(step)
        self.standing[vehicle.place].append(vehicle)
        self.journeys[rider].end = end
        self._note(now_s, rider, event, vehicle.number, vehicle.place)

    def _ride(self, rider: int, vehicle: Vehicle, now_s: int) -> Generator[int, None, int]:
        """From the start to the wished for end, where a place to park is looked for."""
        riders, journey = self.riders, self.journeys[rider]
        vehicle.take(Step.START)
        self._note(now_s, rider, Event.STARTED, vehicle.number, vehicle.place)
        self._take_away(vehicle, now_s)
        journey.started_s, ends_s = now_s, now_s + int(riders.ride_s[rider])
        journey.end_place, journey.distance_m = int(riders.destination[rider]), int(riders.distance_m[rider])
        if riders.pause_s[rider]:
            pauses_s = now_s + int(riders.pause_from_s[rider])
            yield pauses_s
            vehicle.take(Step.PAUSE)
            self._note(pauses_s, rider, Event.PAUSED, vehicle.number, NOBODY)
            yield pauses_s + int(riders.pause_s[rider])
            vehicle.take(Step.RESUME)
            self._note(pauses_s + int(riders.pause_s[rider]), rider, Event.RESUMED, vehicle.number, NOBODY)
        yield ends_s
        return ends_s

    def _park(self, rider: int, vehicle: Vehicle, now_s: int) -> Story:
        """End here, or go on to the nearest place where the ride may end, or wait for one."""
        journey = self.journeys[rider]
        while not self.rules.may_end(vehicle.klass, journey.end_place, self.taken, now_s):
            self._note(now_s, rider, Event.REFUSED, vehicle.number, journey.end_place)
            around = self.rules.drives(journey.end_place)
            free = (to for to in around if self.rules.may_end(vehicle.klass, to[0], self.taken, now_s))
            place, metres = next(free, (NOBODY, 0))
            now_s += WAIT_S
            if place != NOBODY:
                journey.end_place = place
                journey.distance_m += metres
                now_s += metres * 18 // (5 * int(self.scenario.classes.speed_kmh[vehicle.klass])) + 1 - WAIT_S
            yield now_s
        self._end(rider, vehicle, now_s)

    def _end(self, rider: int, vehicle: Vehicle, now_s: int) -> None:
        journey, riders = self.journeys[rider], self.riders
        vehicle.take(Step.END)
        used = min(vehicle.charge_mwh, journey.distance_m * int(self.scenario.classes.wh_per_km[vehicle.klass]))
        vehicle.charge_mwh -= used
        self.used_mwh += used
        plugs_in = bool(self.scenario.classes.plugs_in[vehicle.klass])
        self._put_down(vehicle, journey.end_place, now_s, plugs_in=plugs_in)
        journey.ended_s, journey.end = now_s, End.SERVED
        pause = int(riders.pause_from_s[rider]), int(riders.pause_s[rider])
        journey.cents = self.rules.cents(
            vehicle.klass, journey.started_s, now_s, pause, journey.distance_m, journey.end_place
        )
        self._note(now_s, rider, Event.ENDED, vehicle.number, journey.end_place)

    def charge_mwh(self, vehicle: Vehicle, now_s: int) -> int:
        """Now, with what its charger has given it since it was plugged in."""
        if vehicle.plugged_s == NOBODY:
            return vehicle.charge_mwh
        given = int(self.scenario.places.charger_w[vehicle.place]) * (now_s - vehicle.plugged_s) * 5 // 18
        return min(vehicle.charge_mwh + given, int(self.scenario.classes.battery_mwh[vehicle.klass]))

    def _take_away(self, vehicle: Vehicle, now_s: int) -> None:
        self._unplug(vehicle, now_s)
        self.taken[vehicle.place] -= self._bays_of(vehicle)
        vehicle.place = NOBODY

    def _put_down(self, vehicle: Vehicle, place: int, now_s: int, *, plugs_in: bool) -> None:
        vehicle.place = place
        self.taken[place] += self._bays_of(vehicle)
        self.standing[place].append(vehicle)
        if plugs_in:
            self._plug_in(vehicle, now_s)

    def _plug_in(self, vehicle: Vehicle, now_s: int) -> None:
        if vehicle.plugged_s == NOBODY and self.plugged[vehicle.place] < self.scenario.places.chargers[vehicle.place]:
            vehicle.plugged_s = now_s
            self.plugged[vehicle.place] += 1

    def _unplug(self, vehicle: Vehicle, now_s: int) -> None:
        if vehicle.plugged_s != NOBODY:
            charge = self.charge_mwh(vehicle, now_s)
            self.charged_mwh += charge - vehicle.charge_mwh
            vehicle.charge_mwh, vehicle.plugged_s = charge, NOBODY
            self.plugged[vehicle.place] -= 1

    def _bays_of(self, vehicle: Vehicle) -> int:
        return int(self.scenario.classes.takes_bay[vehicle.klass])

    def work(self, work: Work, now_s: int) -> list[int]:
        """Crews' work on vehicles that stand free, in its order; the rows that could not be done."""
        return [row for row in range(len(work.vehicle)) if not self._task(work, row, now_s)]

    def _task(self, work: Work, row: int, now_s: int) -> bool:
        vehicle, to = self.vehicles[work.vehicle[row]], int(work.to_place[row])
        is_free = not self._bays_of(vehicle) or self.taken[to] < self.scenario.places.bays[to]
        has_room = self.scenario.places.accepts[vehicle.klass, to] and is_free
        is_there = vehicle.state == "available" and vehicle.place == work.place[row]
        if not is_there or not (to == vehicle.place or has_room):
            return False
        vehicle.tell(CREW_EVENTS[vehicle.mode])
        if work.charge_mwh[row] != NOBODY:
            self._unplug(vehicle, now_s)
            self.swapped_mwh += int(work.charge_mwh[row]) - vehicle.charge_mwh
            vehicle.charge_mwh = int(work.charge_mwh[row])
        if to != vehicle.place:
            self.standing[vehicle.place].remove(vehicle)
            self._take_away(vehicle, now_s)
            self._put_down(vehicle, to, now_s, plugs_in=False)
        if work.plugs_in[row]:
            self._plug_in(vehicle, now_s)
        self._note(now_s, NOBODY, Event.MOVED, vehicle.number, to)
        return True

    def _note(self, now_s: int, rider: int, event: Event, what: int, place: int) -> None:
        self.log.append((now_s, rider, int(event), what, place))


@dataclass(eq=False)
class Reference:
    """Lets the time of a city pass by a heap of (instant, rider)."""

    city: City
    waiting: list[tuple[int, int, Story | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.waiting = [(int(at_s), rider, None) for rider, at_s in enumerate(self.city.riders.at_s)]

    def advance(self, until_s: int) -> None:
        """Everything that happens before `until_s`."""
        while self.waiting and self.waiting[0][0] < until_s:
            _, rider, story = heappop(self.waiting)
            story = story or self.city.story(rider)
            wakes_s = next(story, None)
            if wakes_s is not None:
                heappush(self.waiting, (wakes_s, rider, story))
