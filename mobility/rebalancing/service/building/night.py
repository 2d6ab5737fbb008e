from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.night import Crew
from mobility.geo.streets.shelf import Streets
from mobility.rebalancing.optimiser.night.instance import Night, ServiceMinutes
from mobility.rebalancing.rules.places import NOWHERE
from mobility.rebalancing.rules.work import OPEN, WorkState
from mobility.rebalancing.rules.worth import change_cents
from mobility.rebalancing.service.building import ground, people, vehicles
from mobility.rebalancing.service.building.index import Index, Known
from mobility.rebalancing.service.building.ways import modes_of, ways_of
from mobility.rebalancing.service.nights import described
from mobility.rebalancing.service.picture import BookingAhead, Picture, Standing


def build(picture: Picture, known: Mapping[UUID, Known], streets: Streets) -> tuple[Night, Index]:
    """The night to be solved; `known` are the tasks of the latest version, by id and in its order.

    Raises
    ------
    InstanceInvalid
    """
    standing = [
        (each, at) for each, at in zip(picture.vehicles, _places_of(picture), strict=True) if _is_there(each, at)
    ]
    mopeds = [(each, at) for each, at in standing if _form(picture, each) == "moped"]
    cars = [(each, at) for each, at in standing if _form(picture, each) == "car"]
    worth = ground.worth_of(picture, _counted(picture, mopeds), _counted(picture, cars))
    kept = _kept(picture, worth, [at for _, at in standing if at != NOWHERE], known)
    row = {int(at): new for new, at in enumerate(kept)}
    index = Index(
        picture=picture,
        places=tuple(picture.places.places[at] for at in kept),
        mopeds=tuple(each for each, _ in mopeds),
        cars=tuple(each for each, _ in cars),
        bookings=(),
        crews=_crews(picture),
    )
    index = replace(index, bookings=tuple(each for each in picture.bookings if _binds(index, each)))
    excluded = {each.target for each in picture.goes_around if each.kind == "vehicle"} | _in_hand(picture)
    locked = people.locks_of(index, _locked(picture, known, excluded))
    index = replace(index, locks=tuple(each for each, _ in locked))
    modes, mode_of = modes_of(index)
    ways = ways_of(index, modes, streets)
    index = replace(index, ways_follow=ways.basis)
    service = index.words.service_minutes
    night = Night(
        places=ground.ground_of(index, worth, kept, {e.target for e in picture.goes_around if e.kind == "station"}),
        depots=tuple(depot.code for depot in index.depots),
        mopeds=vehicles.mopeds_of(index, [row.get(at, NOWHERE) for _, at in mopeds], excluded),
        cars=vehicles.cars_of(index, [row[at] for _, at in cars], excluded),
        bookings=vehicles.bookings_of(index),
        vans=people.vans_of(index),
        crews=people.crews_of(index, mode_of),
        service_min=ServiceMinutes(
            access=service.access,
            swap=service.swap,
            load=service.load,
            unload=service.unload,
            plug=service.plug,
            drive=service.move,
        ),
        travel_min=ways.travel_min,
        car_drive_min=ways.car_drive_min,
        morning_min=index.morning_min,
        tariff_cents_per_kwh=ground.prices(index),
        efficiency=index.words.chargers.efficiency_percent / 100,
        locks=tuple(lock for _, lock in locked),
        change_cents=float(change_cents(index.words)),
    )
    return night, index


def _places_of(picture: Picture) -> list[int]:
    """Each vehicle's place: the station it was left at, or where it says that it stands."""
    classes = {code: at for at, code in enumerate(picture.places.class_codes)}
    found = picture.places.places_at(
        [each.position.lon for each in picture.vehicles],
        [each.position.lat for each in picture.vehicles],
        [classes.get(each.type_code, -1) for each in picture.vehicles],
    )
    stations = {place.code: at for at, place in enumerate(picture.places.places) if place.bays}
    return [stations.get(each.station or "", int(at)) for each, at in zip(picture.vehicles, found, strict=True)]


def _is_there(vehicle: Standing, place: int) -> bool:
    return place != NOWHERE or vehicle.crew is not None


def _form(picture: Picture, vehicle: Standing) -> str:
    return picture.city.vehicle_type(vehicle.type_code).form_factor


def _counted(picture: Picture, standing: Sequence[tuple[Standing, int]]) -> NDArray[np.int64]:
    at = [place for each, place in standing if each.crew is None]
    counted: NDArray[np.int64] = np.bincount(np.array(at, np.int64), minlength=len(picture.places))
    return counted


def _kept(
    picture: Picture, worth: ground.Worth, standing: Sequence[int], known: Mapping[UUID, Known]
) -> NDArray[np.int64]:
    """Places that are worth a visit, where something stands, or that an earlier version names."""
    kept = ground.worth_a_visit(picture, worth)
    kept[list(standing)] = True
    stops = [stop for each in known.values() for stop in (each.task.place, each.task.to_place) if stop]
    codes = {stop.code for stop in stops} | {task.content["place"]["code"] for task in picture.tasks}
    kept |= np.array([code in codes for code in picture.places.codes], np.bool_)
    chosen: NDArray[np.int64] = np.flatnonzero(kept)
    return chosen


def _crews(picture: Picture) -> tuple[Crew, ...]:
    absent = {each.target for each in picture.goes_around if each.kind == "crew"}
    return tuple(crew for crew in described(picture.city).crews if crew.code not in absent)


def _binds(index: Index, booking: BookingAhead) -> bool:
    """Whether it is of a car that stands here, from a station, and still to come when the plan begins."""
    row = index.vehicle_row.get(str(booking.vehicle_id))
    is_car = row is not None and row < len(index.cars) and index.cars[row].id == booking.vehicle_id
    return is_car and (booking.station or "") in index.place_of and index.minute(booking.starts_at) >= 0


def _in_hand(picture: Picture) -> set[str]:
    """Vehicles that a crew is at: what is begun is not planned again."""
    begun = [task for task in picture.tasks if task.state == WorkState.STARTED and task.kind != "load"]
    return {each["id"] for task in begun for each in task.content["vehicles"]}


def _locked(picture: Picture, known: Mapping[UUID, Known], excluded: set[str]) -> list[Known]:
    """What operators fixed and, of a plan that changes as little as it must, all that nothing stands against."""
    edits = {UUID(each.target): (each.crew_code, each.position) for each in picture.goes_around if each.kind == "task"}
    keeps = picture.plan.based_on is not None
    told = {task.id for task in picture.tasks if keeps and task.state == WorkState.PLANNED}
    closed = {each.target for each in picture.goes_around if each.kind == "station"}
    over = {task.id for task in picture.tasks if task.state not in OPEN and task.state != WorkState.WITHDRAWN}
    return [
        left
        for each in people.fixed(known, edits, told)
        if each.task.id not in over
        and each.task.kind != "break"
        and not closed & {stop.code for stop in (each.task.place, each.task.to_place) if stop}
        and (left := people.without(each, excluded, picture.night.id)) is not None
    ]
