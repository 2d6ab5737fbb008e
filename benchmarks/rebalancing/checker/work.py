"""Work on vehicles, in the order of time: who may, is it there, is there room."""

from collections.abc import Iterator

from .state import NOWHERE, Document, State

SKILLS = {"swap": 0, "load": 1, "unload": 1, "plug": 2, "drive": 3}
ON_MOPEDS = ("swap", "load", "unload")


def work_problems(state: State, plan: Document) -> Iterator[str]:
    """What is found while all tasks are done; afterwards `state` is that of the morning, but for charging."""
    vans = [Van(state.night, tour) for tour in plan["tours"]]
    tasks = [
        (task["starts_min"], task["ends_min"], number, at, task)
        for number, tour in enumerate(plan["tours"])
        for at, task in enumerate(tour["tasks"])
        if task["kind"] != "break"
    ]
    for _, _, number, _, task in sorted(tasks, key=lambda each: each[:4]):
        yield from do(state, vans[number], task)
    yield from (f"crew {van.crew} comes back with {van.load} mopeds" for van in vans if van.load)


class Van:
    """A crew's van, and what is on it; a crew without one has no room."""

    def __init__(self, night: Document, tour: Document) -> None:
        self.crew, self.number = tour["crew"], tour["van"]
        has_van = self.number != NOWHERE
        self.room = night["vans"]["moped_places"][self.number] if has_van else 0
        places = night["vans"]["battery_places"][self.number] if has_van else 0
        self.batteries = max(0, places - night["crews"]["batteries_used"][self.crew])
        self.load = len(night["crews"]["on_board"][self.crew])


def do(state: State, van: Van, task: Document) -> Iterator[str]:
    kind = task["kind"]
    if not state.night["crews"]["skills"][van.crew][SKILLS[kind]]:
        yield f"crew {van.crew} has not learnt to {kind}"
    if kind in ON_MOPEDS:
        if van.number == NOWHERE:
            yield f"crew {van.crew} has no van to {kind}"
        yield from {"swap": swap, "load": load, "unload": unload}[kind](state, van, task)
        if not 0 <= van.load <= van.room or van.batteries < 0:
            yield f"crew {van.crew} has {van.load} mopeds and {van.batteries} full batteries on board"
    else:
        [index] = task["vehicles"]
        if state.cars[index].place != task["place"] or state.cars[index].excluded:
            yield f"car {index} is not at place {task['place']}, or is left out"
        else:
            yield from {"plug": plug, "drive": drive}[kind](state, index, task)


def swap(state: State, van: Van, task: Document) -> Iterator[str]:
    for index in task["vehicles"]:
        moped = state.mopeds[index]
        if moped.place != task["place"] or moped.excluded:
            yield f"moped {index} is not at place {task['place']}, or is left out"
        moped.usable = True
        van.batteries -= 1


def load(state: State, van: Van, task: Document) -> Iterator[str]:
    for index in task["vehicles"]:
        moped = state.mopeds[index]
        if moped.place != task["place"] or moped.excluded or not moped.usable:
            yield f"moped {index} is not at place {task['place']}, or is left out, or flat"
        moped.place, moped.on_van_of = NOWHERE, van.crew
        van.load += 1


def unload(state: State, van: Van, task: Document) -> Iterator[str]:
    place = task["place"]
    for index in task["vehicles"]:
        moped = state.mopeds[index]
        if moped.on_van_of != van.crew:
            yield f"moped {index} is not on the van of crew {van.crew}"
        moped.place, moped.on_van_of = place, NOWHERE
        van.load -= 1
    standing = sum(moped.place == place for moped in state.mopeds)
    if standing > state.night["places"]["moped_docks"][place]:
        yield f"{standing} mopeds stand at place {place}"


def plug(state: State, index: int, task: Document) -> Iterator[str]:
    car, place, since = state.cars[index], task["place"], task["ends_min"]
    if car.stays and car.stays[-1][2] == state.end_min:
        yield f"car {index} is plugged in already"
    car.stays.append((place, since, state.end_min))
    stays = [stay for each in state.cars for stay in each.stays]
    busy = sum(at == place and begin <= since < end for at, begin, end in stays)
    if busy > state.night["places"]["chargers"][place]:
        yield f"{busy} cars are on the chargers of place {place}"


def drive(state: State, index: int, task: Document) -> Iterator[str]:
    """The car leaves its charger and its bay when the work begins."""
    car, to_place = state.cars[index], task["to_place"]
    if car.stays and car.stays[-1][2] == state.end_min:
        car.stays[-1] = (*car.stays[-1][:2], task["starts_min"])
    minutes = state.night["car_drive_min"][task["place"]][to_place]
    car.drives.append((task["starts_min"], task["ends_min"], minutes * state.night["cars"]["wh_per_min"][index]))
    car.place = to_place
    standing = sum(each.place == to_place for each in state.cars)
    if standing > state.night["places"]["car_bays"][to_place]:
        yield f"{standing} cars stand at place {to_place}"
