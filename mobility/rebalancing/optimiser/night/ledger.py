"""Every vehicle through the night: it is where a task takes it up, fit for it, and fits where it is left."""

from collections.abc import Iterator

from mobility.rebalancing.optimiser.night.instance import NONE, Night
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task


class Ledger:
    """Places of vehicles and what is free there, moved on by the tasks of all crews in the order of their time."""

    def __init__(self, night: Night, plan: NightPlan) -> None:
        self.night, self.plan = night, plan
        self.moped_at = night.mopeds.place.tolist()
        self.usable = night.mopeds.usable.tolist()
        self.board = {moped: crew for crew, board in enumerate(night.crews.on_board) for moped in board}
        self.car_at = night.cars.place.tolist()
        self.plugged = night.cars.plugged.tolist()
        self.moped_count = [self.moped_at.count(place) for place in range(len(night.places.names))]
        self.touched: set[tuple[str, int]] = set()

    def violations(self) -> Iterator[str]:
        """What leaves a place does so when its task begins, what comes is there when it ends."""
        events = []
        for tour, task in self.plan.tasks():
            for phase, time in ((1, task.starts_min), (0, task.ends_min)):
                events.append((time, phase, tour.crew, task))
        for _, phase, crew, task in sorted(events, key=lambda event: event[:3]):
            yield from self.begin(crew, task) if phase else self.end(crew, task)
        for moped in sorted(self.board):
            if not self.may_stay_on_board(self.board[moped]):
                yield f"moped {self.night.mopeds.names[moped]} is on board in the morning"

    def may_stay_on_board(self, crew: int) -> bool:
        """Only what was there before, with a crew that stays at home."""
        return crew not in {tour.crew for tour in self.plan.tours}

    def begin(self, crew: int, task: Task) -> Iterator[str]:
        for vehicle in task.vehicles:
            yield from getattr(self, f"begin_{task.kind}")(crew, task, vehicle)

    def end(self, crew: int, task: Task) -> Iterator[str]:
        for vehicle in task.vehicles:
            yield from getattr(self, f"end_{task.kind}")(crew, task, vehicle)

    def moped(self, task: Task, vehicle: int) -> Iterator[str]:
        name = self.night.mopeds.names[vehicle]
        if self.night.mopeds.excluded[vehicle]:
            yield f"moped {name} is to be left alone"
        if self.moped_at[vehicle] != task.place:
            yield f"moped {name} is not at {self.night.places.names[task.place]} for a {task.kind}"

    def car(self, task: Task, vehicle: int) -> Iterator[str]:
        name = self.night.cars.names[vehicle]
        if self.night.cars.excluded[vehicle]:
            yield f"car {name} is to be left alone"
        if self.car_at[vehicle] != task.place:
            yield f"car {name} is not at {self.night.places.names[task.place]} for a {task.kind}"
        if (task.kind, vehicle) in self.touched:
            yield f"car {name} has a second {task.kind}"
        self.touched.add((task.kind, vehicle))

    def begin_swap(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        yield from self.moped(task, vehicle)
        if self.usable[vehicle]:
            yield f"moped {self.night.mopeds.names[vehicle]} needs no swap"

    def end_swap(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        self.usable[vehicle] = True
        yield from ()

    def begin_load(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        yield from self.moped(task, vehicle)
        if not self.usable[vehicle]:
            yield f"moped {self.night.mopeds.names[vehicle]} is loaded flat"
        if self.moped_at[vehicle] != NONE:
            self.moped_count[self.moped_at[vehicle]] -= 1
        self.moped_at[vehicle], self.board[vehicle] = NONE, crew

    def end_load(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        yield from ()

    def begin_unload(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        if self.board.pop(vehicle, NONE) != crew:
            yield f"moped {self.night.mopeds.names[vehicle]} is not on board to be unloaded"

    def end_unload(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        self.moped_at[vehicle] = task.place
        self.moped_count[task.place] += 1
        if self.moped_count[task.place] > self.night.places.moped_docks[task.place]:
            yield f"{self.night.places.names[task.place]} has no dock for moped {self.night.mopeds.names[vehicle]}"

    def begin_plug(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        yield from self.car(task, vehicle)
        if self.plugged[vehicle]:
            yield f"car {self.night.cars.names[vehicle]} is plugged in already"
        self.plugged[vehicle] = True
        used = sum(at == task.place and on for at, on in zip(self.car_at, self.plugged, strict=True))
        if used > self.night.places.chargers[task.place]:
            yield f"{self.night.places.names[task.place]} has no charger for car {self.night.cars.names[vehicle]}"

    def end_plug(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        yield from ()

    def begin_drive(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        yield from self.car(task, vehicle)
        drive = int(self.night.car_drive_min[task.place, task.to_place])
        if self.night.cars.charge_wh[vehicle] < drive * self.night.cars.wh_per_min[vehicle]:
            yield f"car {self.night.cars.names[vehicle]} has not the charge for its drive"
        self.car_at[vehicle], self.plugged[vehicle] = NONE, False

    def end_drive(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        self.car_at[vehicle] = task.to_place
        if self.car_at.count(task.to_place) > self.night.places.car_bays[task.to_place]:
            yield f"{self.night.places.names[task.to_place]} has no bay for car {self.night.cars.names[vehicle]}"

    def begin_break(self, crew: int, task: Task, vehicle: int) -> Iterator[str]:
        yield "a break has a vehicle"

    end_break = begin_break
