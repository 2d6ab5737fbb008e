"""Hours, ways, shifts and breaks: each crew's night by the clock."""

from collections import Counter
from collections.abc import Iterator

from .state import NOWHERE, Document


def tour_problems(night: Document, plan: Document) -> Iterator[str]:
    crews = [tour["crew"] for tour in plan["tours"]]
    vans = [tour["van"] for tour in plan["tours"] if tour["van"] != NOWHERE]
    for what, used in (("crew", crews), ("van", vans)):
        yield from (f"{what} {one} has {times} tours" for one, times in Counter(used).items() if times > 1)
    for tour in plan["tours"]:
        yield from shift(night, tour)
        yield from clock(night, tour)
        yield from rest(night, tour)
        for task in tour["tasks"]:
            yield from hours(night, tour, task)


def shift(night: Document, tour: Document) -> Iterator[str]:
    crew = tour["crew"]
    begin, end = night["crews"]["shift_min"][crew]
    if tour["leaves_min"] < begin or tour["returns_min"] > min(end, night["morning_min"]):
        yield f"crew {crew} works outside its shift"
    if tour["van"] != NOWHERE and not night["crews"]["may_drive"][crew][tour["van"]]:
        yield f"crew {crew} may not drive van {tour['van']}"


def clock(night: Document, tour: Document) -> Iterator[str]:
    """It cannot be earlier at each place than ways and work allow; a break is taken wherever the crew is."""
    crew, now, here = tour["crew"], tour["leaves_min"], night["crews"]["start"][tour["crew"]]
    travelled = worked = 0
    for task in tour["tasks"]:
        is_break = task["kind"] == "break"
        there = here if is_break else task["place"]
        now += way(night, crew, here, there)
        if task["starts_min"] < now:
            yield f"crew {crew} cannot begin to {task['kind']} at {task['starts_min']}: it is there at {now}"
        if task["ends_min"] - task["starts_min"] != minutes(night, crew, task):
            yield f"crew {crew} needs {minutes(night, crew, task)} minutes to {task['kind']}"
        travelled += way(night, crew, here, there)
        worked += 0 if is_break else minutes(night, crew, task)
        now, here = task["ends_min"], task["to_place"] if task["kind"] == "drive" else there
    back = way(night, crew, here, night["crews"]["end"][crew])
    if tour["returns_min"] < now + back:
        yield f"crew {crew} cannot be back at {tour['returns_min']}, but at {now + back}"
    if (travelled + back, worked) != (tour["travel_min"], tour["service_min"]):
        yield f"crew {crew} is {travelled + back} minutes on the way and {worked} at work"


def way(night: Document, crew: int, here: int, there: int) -> int:
    """Access is counted on each arrival at another place; depots need none."""
    if here == there:
        return 0
    access = night["service_min"]["access"] if there < len(night["places"]["names"]) else 0
    return int(night["travel_min"][night["crews"]["mode"][crew]][here][there] + access)


def minutes(night: Document, crew: int, task: Document) -> int:
    if task["kind"] == "break":
        return int(night["crews"]["break_min"][crew])
    each = night["service_min"][task["kind"]] * len(task["vehicles"])
    drive = night["car_drive_min"][task["place"]][task["to_place"]] if task["kind"] == "drive" else 0
    return int(each + drive)


def rest(night: Document, tour: Document) -> Iterator[str]:
    """A break begins in its window; a crew that is back when the window ends needs none."""
    crew = tour["crew"]
    low, high = night["crews"]["break_window_min"][crew]
    taken = [task["starts_min"] for task in tour["tasks"] if task["kind"] == "break"]
    is_due = night["crews"]["break_min"][crew] > 0 and tour["returns_min"] > high
    if len(taken) > 1 or (is_due and not taken) or any(not low <= at <= high for at in taken):
        yield f"crew {crew} takes no break between {low} and {high}, or more than one"


def hours(night: Document, tour: Document, task: Document) -> Iterator[str]:
    """A place is open while there is work; both places of a drive all the while."""
    if task["kind"] == "break":
        return
    for place in sorted({task["place"], task["to_place"]} - {NOWHERE}):
        shut = night["places"]["closed_min"][place]
        shut = shut + night["places"]["quiet_min"][place] if tour["van"] != NOWHERE else shut
        for begin, end in shut:
            if begin < end and task["starts_min"] < end and task["ends_min"] > begin:
                yield f"crew {tour['crew']} works at place {place}, closed from {begin}, at {task['starts_min']}"
