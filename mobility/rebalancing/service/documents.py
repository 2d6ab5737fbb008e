"""A solver's plan in the words of people: names for indices, instants for minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import structs

from mobility.rebalancing.optimiser.night.instance import NONE
from mobility.rebalancing.optimiser.night.instance import Night as Instance
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task, Tour, Unserved
from mobility.rebalancing.ports import Solved
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
    SiteCharging,
    Stop,
    Totals,
    task_id,
)
from mobility.rebalancing.rules.sentences import REASONS
from mobility.rebalancing.service.building import Index
from mobility.rebalancing.service.picture import Standing

MINUTE = timedelta(minutes=1)


def document_of(night: Instance, index: Index, solved: Solved, before: PlanDocument | None) -> PlanDocument:
    """What people see of a plan; `before` is the one that it follows."""
    written = PlanDocument(
        tours=list(_tours(index, solved.plan)),
        charging=_charging(night, index, solved.plan),
        not_done=[_not_done(index, each) for each in solved.plan.unserved],
        totals=_totals(solved.plan),
        changes=[],
        violations=list(solved.violations),
    )
    return written if before is None else structs.replace(written, changes=changes(before, written))


def _tours(index: Index, plan: NightPlan) -> Iterator[CrewTour]:
    """One of each crew, also of those who stay at home."""
    worked = {tour.crew: tour for tour in plan.tours}
    for at, crew in enumerate(index.crews):
        tour, (begins, ends) = worked.get(at), index.shift(crew)
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
            tasks=[_task(index, tour, task) for task in tour.tasks] if tour else [],
        )


def _task(index: Index, tour: Tour, task: Task) -> PlannedTask:
    rows = index.cars if task.kind in ("plug", "drive") else index.mopeds
    handled = [_handled(rows[row]) for row in task.vehicles]
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
        locked=own in {each.task.id for each in index.locks},
        reason={},
        worth_cents=None,
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


def _name(index: Index, unserved: Unserved) -> str:
    if unserved.what == "booking":
        vehicle = index.vehicle_row[str(index.bookings[unserved.index].vehicle_id)]
        return index.cars[vehicle].plate
    if unserved.what == "crew":
        return index.crews[unserved.index].code
    if unserved.what == "lock":
        return ", ".join(each.plate for each in index.locks[unserved.index].task.vehicles)
    return index.cars[unserved.index].plate


def _totals(plan: NightPlan) -> Totals:
    parts = {name: round(getattr(plan.costs, name)) for name in CostParts.__struct_fields__}
    bound = plan.bound_cents
    return Totals(
        cost_cents=round(plan.cost_cents),
        nothing_cents=None,
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
