"""A tiny night with mopeds and cars as a constraint program of its own: one crew, every order, exact.

It shares nothing with the product's optimiser but the night's arrays. Charging is not scheduled: the nights that it is
asked about leave every plugged car time to be full at the cheap tariff, and bays for all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from ortools.sat.python import cp_model

from mobility.rebalancing.optimiser.night.instance import Night

CENT = 100
"""Costs are whole hundredths of a cent."""


@dataclass(frozen=True)
class Stop:
    """A node of the crew's round: where it begins and ends, and whether it is in it."""

    begins: int
    ends: int
    done: cp_model.IntVar


class Model:
    def __init__(self, night: Night) -> None:
        self.night, self.model = night, cp_model.CpModel()
        self.places, self.rate = range(len(night.places.names)), round(CENT * float(night.crews.cents_per_min[0]))
        self.cost: list[cp_model.LinearExprT] = []
        self.stops: list[Stop] = []
        self.loaded: list[cp_model.LinearExprT] = []
        self.swapped: list[cp_model.IntVar] = []
        for place in self.places:
            self.visit(place)
        self.cars()
        self.model.add(sum(self.swapped) <= int(night.vans.battery_places[0]))
        self.round()

    def best_cents(self) -> float:
        """The least that the night can cost, proven."""
        self.model.minimize(sum(self.cost))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(self.model) == cp_model.OPTIMAL
        return solver.objective_value / CENT

    def visit(self, place: int) -> None:
        """Swaps, and mopeds loaded (negative: unloaded)."""
        mopeds, service, new = self.night.mopeds, self.night.service_min, self.model.new_int_var
        here = mopeds.place == place
        good, flat = int((here & mopeds.usable).sum()), here & ~mopeds.usable
        free = int(self.night.places.moped_docks[place]) - int(here.sum())
        done = self.model.new_bool_var("")
        swaps, moved, handled = new(0, int(flat.sum()), ""), new(-free, good + int(flat.sum()), ""), new(0, 20, "")
        self.model.add(moved <= good + swaps)
        self.model.add_abs_equality(handled, moved)
        self.model.add(swaps + handled == 0).only_enforce_if(done.negated())
        worth = [0.0, *accumulate(sorted(mopeds.swap_cents[flat].tolist(), reverse=True))]
        self.cost += [self.of(self.night.places.moped_cents[place].tolist(), good + swaps - moved)]
        self.cost += [-self.of(worth, swaps), self.rate * service.swap * swaps, self.rate * service.load * handled]
        self.stops.append(Stop(place, place, done))
        self.loaded.append(moved)
        self.swapped.append(swaps)

    def of(self, curve: list[float], at: cp_model.LinearExprT) -> cp_model.IntVar:
        """The value of a curve, [cents / 100]."""
        table = [round(CENT * cents) for cents in curve if cents < float("inf")]
        value = self.model.new_int_var(min(table), max(table), "")
        self.model.add_element(at, table, value)
        return value

    def cars(self) -> None:
        """Each is left, plugged in where it stands, or driven elsewhere and perhaps plugged in there."""
        usable: list[list[cp_model.LinearExprT]] = [[] for _ in self.places]
        plugged: list[list[cp_model.LinearExprT]] = [[] for _ in self.places]
        for car in range(len(self.night.cars.names)):
            ways = list(self.ways(car))
            self.model.add_exactly_one(done for *_, done in ways)
            for place, target, plugs, minutes, charge, done in ways:
                if target != place or plugs != bool(self.night.cars.plugged[car]):
                    self.stops.append(Stop(place, target, done))
                    self.loaded.append(0)
                if plugs or charge >= self.night.cars.usable_wh[car]:
                    usable[target].append(done)
                if plugs:
                    plugged[target].append(done)
                self.cost.append((self.rate * minutes + self.energy(car, charge, plugs=plugs)) * done)
        for place in self.places:
            self.cost.append(self.of(self.night.places.car_cents[place].tolist(), sum(usable[place])))
            self.model.add(sum(plugged[place]) <= int(self.night.places.chargers[place]))

    def ways(self, car: int) -> Iterator[tuple[int, int, bool, int, int, cp_model.IntVar]]:
        """From where to where, whether it charges there, the crew's minutes, and the charge before charging."""
        night, cars, service = self.night, self.night.cars, self.night.service_min
        place, charge, begins_plugged = int(cars.place[car]), int(cars.charge_wh[car]), bool(cars.plugged[car])
        yield place, place, begins_plugged, 0, charge, self.model.new_bool_var("")
        if not begins_plugged:
            yield place, place, True, service.plug, charge, self.model.new_bool_var("")
        for target in self.places:
            drive = int(night.car_drive_min[place, target])
            left = charge - drive * int(cars.wh_per_min[car])
            if target != place and left >= 0:
                yield place, target, False, service.drive + drive, left, self.model.new_bool_var("")
                yield place, target, True, service.drive + drive + service.plug, left, self.model.new_bool_var("")

    def energy(self, car: int, charge: int, *, plugs: bool) -> int:
        """What is bought until the car is full, less what the charge is worth beside that of the evening."""
        night, full = self.night, int(self.night.cars.battery_wh[car])
        after = full if plugs else charge
        bought = (after - charge) / night.efficiency * float(night.tariff_cents_per_kwh[0]) / 1000
        return round(CENT * (bought - self.worth(car, after) + self.worth(car, int(night.cars.charge_wh[car]))))

    def worth(self, car: int, charge: int) -> float:
        steps, cents = self.night.cars.step_wh[car].tolist(), self.night.cars.worth_cents_per_kwh[car].tolist()
        begins = [0, *accumulate(steps)]
        return sum(
            min(max(charge - at, 0), step) * each / 1000
            for at, step, each in zip(begins[:-1], steps, cents, strict=True)
        )

    def round(self) -> None:
        """From the depot through all that is done and back: minutes of the way, mopeds on board, the shift."""
        night, depot, arcs = self.night, len(self.places), []
        nodes = [Stop(depot, depot, self.model.new_bool_var("")), *self.stops]
        room = int(night.vans.moped_places[0])
        board = [self.model.new_int_var(0, 0 if node == 0 else room, "") for node in range(len(nodes))]
        for a, left in enumerate(nodes):
            arcs.append((a, a, left.done.negated()))
            for b, next_one in enumerate(nodes):
                if a != b:
                    arc = self.model.new_bool_var("")
                    arcs.append((a, b, arc))
                    self.cost.append(self.rate * self.minutes(left.ends, next_one.begins) * arc)
                    after = board[a] + (self.loaded[b - 1] if b else 0)
                    self.model.add(board[b] == after).only_enforce_if(arc)
        self.model.add_circuit(arcs)
        for stop in self.stops:
            self.model.add_implication(stop.done, nodes[0].done)

    def minutes(self, here: int, there: int) -> int:
        """Who arrives at another place needs the way, and the access where it is no depot."""
        if here == there:
            return 0
        access = self.night.service_min.access if there < len(self.places) else 0
        return int(self.night.travel_min[0, here, there]) + access
