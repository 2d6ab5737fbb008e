"""Bookings and locks: what is not honoured must be said."""

from collections.abc import Iterator

from .charging import WH_TOLERANCE
from .state import QUARTER_MIN, Car, Document, State, columns


def broken_promises(state: State, plan: Document) -> Iterator[str]:
    said = {(each["what"], each["index"]) for each in plan.get("unserved", [])}
    bookings = columns(state.night["bookings"], "car", "place", "by_min", "charge_wh")
    for index, (car, place, by_min, wanted_wh) in enumerate(bookings):
        if ("booking", index) not in said and not honoured(state.cars[car], place, by_min, wanted_wh):
            yield f"booking {index} is not honoured, and it is not said"
    tasks = [(tour["crew"], task) for tour in plan["tours"] for task in tour["tasks"]]
    for index, lock in enumerate(state.night.get("locks", [])):
        if (
            "told_min" not in lock
            and ("lock", index) not in said
            and not any(is_kept(lock, crew, task) for crew, task in tasks)
        ):
            yield f"lock {index} is not kept, and it is not said"


def honoured(car: Car, place: int, by_min: int, wanted_wh: int) -> bool:
    """What is charged in a quarter is there when it ends."""
    is_there = car.place == place and all(arrives <= by_min for _, arrives, _ in car.drives)
    quarters = by_min // QUARTER_MIN
    level = car.level[quarters - 1] if quarters else car.charge_wh
    return bool(is_there and level >= wanted_wh - WH_TOLERANCE)


def is_kept(lock: Document, crew: int, task: Document) -> bool:
    same = all(lock[name] == task[name] for name in ("kind", "place", "to_place"))
    return same and lock["crew"] == crew and set(lock["vehicles"]) <= set(task["vehicles"])
