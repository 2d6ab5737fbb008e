"""The model for CP-SAT: in every gap of every car, a chain of places through the options that are taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ortools.sat.python import cp_model

from mobility.booking.optimiser.chains import Chosen, Garage
from mobility.booking.optimiser.instance import Option
from mobility.booking.optimiser.limits import Limits
from mobility.booking.rules.availability import Promise

NOWHERE = -1
"""Of an arc: before the first option of a gap, and after the last."""


@dataclass(slots=True)
class Model:
    garage: Garage
    options: Sequence[Option]
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    arcs: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)
    """By gap, and the numbers of the options that follow each other there."""
    taken: list[cp_model.IntVar] = field(default_factory=list)

    def build(self) -> "Model":
        self.taken = [self.model.new_bool_var("") for _ in self.options]
        by_gap: dict[int, list[int]] = {}
        for number, option in enumerate(self.options):
            by_gap.setdefault(option.gap, []).append(number)
        for gap, numbers in by_gap.items():
            self._chain(gap, numbers)
        self._serve()
        return self

    def hint(self, taken: Iterable[Option]) -> None:
        chosen = {id(option) for option in taken}
        for variable, option in zip(self.taken, self.options, strict=True):
            self.model.add_hint(variable, id(option) in chosen)

    def forbid(self, gap: int, chosen: Chosen, promises: Sequence[Promise], flat_at: int) -> None:
        """Not again what leads the gap's car to a flat battery at the start of the promise of that number."""
        until = promises[flat_at]
        literals = []
        for each in self.garage.of_car[self.garage.car(gap).id]:
            found = self.garage.gaps[each]
            if found.begins > until.starts_at:
                break
            literals += self._path(each, chosen.get(each, ()), until)
        self.model.add_bool_or(~literal for literal in literals)

    def solve(self, limits: Limits, work: float) -> tuple[list[Option] | None, bool, float]:
        """What is taken, None when nothing was found; whether it is the best there is; and the work that it took."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = limits.seed
        solver.parameters.max_deterministic_time = work
        status = solver.solve(self.model)
        spent = solver.response_proto.deterministic_time
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False, spent
        taken = [option for option, is_ in zip(self.options, self.taken, strict=True) if solver.boolean_value(is_)]
        return taken, status == cp_model.OPTIMAL, spent

    def _chain(self, gap: int, numbers: Sequence[int]) -> None:
        """A circuit through the gap's beginning, the options taken and its end; options not taken turn on the spot."""
        found, arcs = self.garage.gaps[gap], []
        nodes = {number: node for node, number in enumerate(numbers, start=1)} | {NOWHERE: 0}
        for a in (NOWHERE, *numbers):
            for b in (*numbers, NOWHERE):
                if (a == b == NOWHERE and found.may_stay_empty) or (a != b and self._follows(gap, a, b)):
                    self.arcs[gap, a, b] = literal = self.model.new_bool_var("")
                    arcs.append((nodes[a], nodes[b], literal))
        resting = [(nodes[number], nodes[number], ~self.taken[number]) for number in numbers]
        self.model.add_circuit([*arcs, *resting])

    def _follows(self, gap: int, a: int, b: int) -> bool:
        found = self.garage.gaps[gap]
        place = found.place if a == NOWHERE else self.options[a].promise.end_station_id
        free = found.begins if a == NOWHERE else self.options[a].promise.blocked_until
        if b == NOWHERE:
            return found.ends is None or place == found.next_place
        promise = self.options[b].promise
        return free <= promise.starts_at and place == promise.start_station_id

    def _serve(self) -> None:
        """As many as can be; of those ways, the one that changes least. Who is not hurt stays served."""
        ways: dict[int, list[cp_model.IntVar]] = {}
        for variable, option in zip(self.taken, self.options, strict=True):
            ways.setdefault(option.wish, []).append(variable)
        for number, wish in enumerate(self.garage.instance.wishes):
            (self.model.add_at_most_one if wish.is_hurt else self.model.add_exactly_one)(ways.get(number, []))
        worst: dict[int, int] = {}
        for option in self.options:
            worst[option.wish] = max(worst.get(option.wish, 0), option.cost)
        served = 1 + sum(worst.values())
        self.model.maximize(sum((served - o.cost) * v for o, v in zip(self.options, self.taken, strict=True)))

    def _path(self, gap: int, options: Sequence[Option], until: Promise) -> list[cp_model.IntVar]:
        """The arcs of a gap that lead to the promise, or through to the gap's end."""
        numbers = [self._number(option) for option in options if option.promise.starts_at <= until.starts_at]
        reaches = any(option.promise is until for option in options)
        steps = [NOWHERE, *numbers] + ([] if reaches else [NOWHERE])
        arcs = (self.arcs.get((gap, a, b)) for a, b in pairwise(steps))
        return [arc for arc in arcs if arc is not None]

    def _number(self, option: Option) -> int:
        return next(number for number, each in enumerate(self.options) if each is option)
