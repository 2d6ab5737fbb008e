"""A solver's plan in the words of people: names for indices, instants for minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import structs

from mobility.rebalancing.optimiser.night.instance import NONE
from mobility.rebalancing.optimiser.night.instance import Night as Instance
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task, Tour, Unserved
from mobility.rebalancing.ports import Solved
from mobility.rebalancing.rules import sentences
from mobility.rebalancing.rules.changes import changes
from mobility.rebalancing.rules.plan_document import (
    CarCharge,
    Charging,
    CostParts,
    CrewTour,
    Handled,
    NotDone,
    PlanDocument,
    PlannedTask,
    Roads,
    SiteCharging,
    Stop,
    Totals,
    task_id,
)
from mobility.rebalancing.rules.sentences import REASONS, Words, Work, Worth, why_impossible, why_not
from mobility.rebalancing.service.building import Index

if TYPE_CHECKING:
    from mobility.rebalancing.optimiser.explain import Undone
from mobility.rebalancing.service.picture import Standing

MINUTE = timedelta(minutes=1)


def document_of(night: Instance, index: Index, solved: Solved, before: PlanDocument | None) -> PlanDocument:
    """What people see of a plan; `before` is the one that it follows."""
    written = PlanDocument(
        tours=list(_tours(index, solved)),
        charging=_charging(night, index, solved.plan),
        not_done=[
            *(_not_done(index, each) for each in solved.plan.unserved),
            *(_left(index, solved.plan, each) for each in solved.undone),
        ],
        totals=_totals(solved),
        changes=[],
        violations=list(solved.violations),
        roads=Roads(index.ways_follow, index.words.detour_percent / 100),
    )
    return written if before is None else structs.replace(written, changes=changes(before, written))


def _tours(index: Index, solved: Solved) -> Iterator[CrewTour]:
    """One of each crew, also of those who stay at home."""
    worked = {tour.crew: number for number, tour in enumerate(solved.plan.tours)}
    for at, crew in enumerate(index.crews):
        number, (begins, ends) = worked.get(at), index.shift(crew)
        tour = None if number is None else solved.plan.tours[number]
        depot = next(each for each in index.depots if each.code == crew.depot)
        yield CrewTour(
            crew=crew.code,
            name=crew.name,
            van=crew.van,
            depot=Stop(code=depot.code, name=depot.name, position=depot.position),
            shift_begins_at=_at(index, begins),
            shift_ends_at=_at(index, ends),
            leaves_at=_at(index, tour.leaves_min) if tour else None,
            returns_at=_at(index, tour.returns_min) if tour else None,
            travel_min=tour.travel_min if tour else 0,
            service_min=tour.service_min if tour else 0,
            tasks=[] if number is None else list(_tasks(index, solved, number)),
        )


def _tasks(index: Index, solved: Solved, number: int) -> Iterator[PlannedTask]:
    tour = solved.plan.tours[number]
    for at, task in enumerate(tour.tasks):
        yield _task(index, tour, task, solved.worths.get((number, at)))


def _task(index: Index, tour: Tour, task: Task, worth: Worth | None) -> PlannedTask:
    handled = [_handled(each) for each in _vehicles(index, task)]
    place = index.stop(task.place) if task.place >= 0 else _depot(index, tour)
    to_place = index.stop(task.to_place) if task.to_place != NONE else None
    own = task_id(
        index.picture.night.id,
        crew=index.crews[tour.crew].code,
        kind=task.kind,
        place=place.code,
        to_place=to_place.code if to_place else "",
        vehicles=[str(each.id) for each in handled],
    )
    is_locked = own in {each.task.id for each in index.locks if not each.is_told}
    return PlannedTask(
        id=own,
        kind=task.kind,
        place=place,
        to_place=to_place,
        vehicles=handled,
        starts_at=_at(index, task.starts_min),
        ends_at=_at(index, task.ends_min),
        load=task.moped_load,
        batteries=task.batteries,
        locked=is_locked,
        reason=_why(index, task, worth, is_locked=is_locked),
        worth_cents=None if worth is None else round(worth.cents),
    )


def _charging(night: Instance, index: Index, plan: NightPlan) -> Charging:
    """Of the stations where anything charges."""
    where = _charged_at(index, night, plan)
    sites = []
    for place in sorted(set(where.values())):
        cars = [
            CarCharge(_handled(index.cars[car]), plan.power_w[car].tolist()) for car in where if where[car] == place
        ]
        sites.append(SiteCharging(place=index.stop(place), cap_w=night.places.site_cap_w[place].tolist(), cars=cars))
    return Charging(
        begins_at=index.picture.plan.starts_at, cents_per_kwh=night.tariff_cents_per_kwh.tolist(), sites=sites
    )


def _charged_at(index: Index, night: Instance, plan: NightPlan) -> dict[int, int]:
    """Where each car that draws anything stands when the night ends."""
    place = dict(enumerate(night.cars.place.tolist()))
    for _, task in plan.tasks():
        if task.kind == "drive":
            place[task.vehicles[0]] = task.to_place
    return {car: at for car, at in place.items() if plan.power_w[car].any()}


def _not_done(index: Index, unserved: Unserved) -> NotDone:
    return NotDone(
        what=unserved.what, name=_name(index, unserved), code=unserved.reason, reason=REASONS[unserved.reason]
    )


def _left(index: Index, plan: NightPlan, left: "Undone") -> NotDone:
    """Work that no crew does, and what it would cost to do it."""
    work, currency = _work(index, left.task), index.picture.city.file.currency
    if left.worth is None:
        reason = why_impossible(work, left.reason or "shift_too_short")
    else:
        visit = left.instead_of
        given = None if visit is None else _work(index, plan.tours[visit.tour].tasks[visit.first])
        reason = why_not(work, left.worth, currency=currency, instead_of=given)
    plates = ", ".join(each.plate for each in _vehicles(index, left.task))
    return NotDone(what="work", name=plates, code=left.reason or "not_worth_it", reason=reason)


def _why(index: Index, task: Task, worth: Worth | None, *, is_locked: bool) -> Words:
    work = _work(index, task)
    if worth is None:
        return sentences.done(work)
    return sentences.why(work, worth, currency=index.picture.city.file.currency, is_locked=is_locked)


def _work(index: Index, task: Task) -> Work:
    place = _words(index.stop(task.place).name) if task.place >= 0 else {"fr": "", "en": ""}
    to_place = _words(index.stop(task.to_place).name) if task.to_place != NONE else None
    return Work(kind=task.kind, count=len(task.vehicles), place=place, to_place=to_place)


def _words(name: Words) -> Words:
    """The languages that sentences are written in; a city that speaks neither is named in its own."""
    own = next(iter(name.values()))
    return {language: name.get(language, own) for language in ("fr", "en")}


def _vehicles(index: Index, task: Task) -> list[Standing]:
    rows = index.cars if task.kind in ("plug", "drive") else index.mopeds
    return [rows[row] for row in task.vehicles]


def _name(index: Index, unserved: Unserved) -> str:
    if unserved.what == "booking":
        vehicle = index.vehicle_row[str(index.bookings[unserved.index].vehicle_id)]
        return index.cars[vehicle].plate
    if unserved.what == "crew":
        return index.crews[unserved.index].code
    if unserved.what == "lock":
        return ", ".join(each.plate for each in index.locks[unserved.index].task.vehicles)
    return index.cars[unserved.index].plate


def _totals(solved: Solved) -> Totals:
    plan, nothing = solved.plan, solved.nothing_cents
    parts = {name: round(getattr(plan.costs, name)) for name in CostParts.__struct_fields__}
    bound = plan.bound_cents
    return Totals(
        cost_cents=round(plan.cost_cents),
        nothing_cents=None if nothing is None else round(nothing),
        bound_cents=round(bound) if bound > float("-inf") else None,
        parts=CostParts(**parts),
    )


def _depot(index: Index, tour: Tour) -> Stop:
    code = index.crews[tour.crew].depot
    depot = next(each for each in index.depots if each.code == code)
    return Stop(code=depot.code, name=depot.name, position=depot.position)


def _handled(vehicle: Standing) -> Handled:
    return Handled(vehicle.id, vehicle.plate, vehicle.charge_percent)


def _at(index: Index, minute: int) -> datetime:
    return index.picture.plan.starts_at + MINUTE * minute
