"""Between the simulator and the night's optimiser: an evening becomes a night, a plan becomes work."""

from dataclasses import dataclass

import numpy as np

from mobility.geo.walking import DETOUR_FACTOR
from mobility.rebalancing.optimiser.night.instance import Bookings, Cars, Mopeds, Night, Places, ServiceMinutes, Vans
from mobility.rebalancing.optimiser.night.instance import Crews as NightCrews
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.simulation.backtest.field import Field
from mobility.simulation.network import crow_m
from mobility.simulation.outcome import Evening, Work
from mobility.simulation.scenario import Floats, Ints

NONE_YET = np.zeros(0, np.int64)
NO_BOOKINGS = Bookings(names=(), car=NONE_YET, place=NONE_YET, by_min=NONE_YET, charge_wh=NONE_YET)
MORNING_MIN, NIGHT_QUARTERS = 420, 32
"""From ten in the evening to five; the tariff is known a little longer."""
DOCKS = 20
"""More mopeds are not brought to one place."""
USABLE_RIDES_M = 5_000
"""A vehicle that cannot go so far above its least charge serves nobody for long."""
TARIFF_CENTS_PER_KWH = 18.0
CHARGE_STEPS, CHARGE_WORTH = 3, (60.0, 35.0, 22.0)
CAR_KM_PER_H = 30
BREAK_FROM, BREAK_UNTIL = 150, 270


@dataclass(frozen=True, eq=False)
class Listed:
    """The vehicles that a night knows, by their numbers in the simulation: those that stand free in the evening."""

    mopeds: Ints
    cars: Ints


def listed(field: Field, evening: Evening) -> Listed:
    is_car = field.scenario.classes.plugs_in[field.scenario.fleet.vehicle_class]
    return Listed(np.flatnonzero(evening.is_free & ~is_car), np.flatnonzero(evening.is_free & is_car))


def usable_mwh(field: Field, klass: int) -> int:
    classes = field.scenario.classes
    return int(classes.charge_mwh_min[klass] + USABLE_RIDES_M * classes.wh_per_km[klass])


def night_of(field: Field, evening: Evening, moped_trips: Floats, car_trips: Floats) -> Night:
    """The night before a day of which the trips lost are expected by place and stock: (P, stock + 1)."""
    known, cents = listed(field, evening), field.crews.lost_trip_cents
    places = field.scenario.places
    count = len(places.names)
    return Night(
        places=Places(
            names=tuple(str(number) for number in range(count)),
            closed_min=np.zeros((count, 1, 2), np.int64),
            quiet_min=np.zeros((count, 1, 2), np.int64),
            moped_docks=docks_of(field, evening),
            moped_cents=cents * moped_trips,
            car_bays=np.where(places.accepts[_car_class(field)], places.bays, 0),
            car_cents=cents * car_trips,
            chargers=places.chargers,
            charger_w=places.charger_w,
            site_cap_w=np.repeat((places.chargers * places.charger_w)[:, None], NIGHT_QUARTERS, axis=1),
        ),
        depots=("depot",),
        mopeds=_mopeds(field, evening, known),
        cars=_cars(field, evening, known),
        bookings=NO_BOOKINGS,
        vans=Vans(
            names=tuple(f"van {number}" for number in range(len(field.crews.moped_places))),
            moped_places=field.crews.moped_places,
            battery_places=field.crews.battery_places,
        ),
        crews=_crews(field, count),
        service_min=ServiceMinutes(),
        travel_min=np.stack([_minutes(field, int(speed)) for speed in np.unique(field.crews.speed_kmh)]),
        car_drive_min=_minutes(field, CAR_KM_PER_H)[:count, :count],
        morning_min=MORNING_MIN,
        tariff_cents_per_kwh=np.full(NIGHT_QUARTERS, TARIFF_CENTS_PER_KWH),
    )


def docks_of(field: Field, evening: Evening) -> Ints:
    """How many mopeds a place may have after the night; what stands there may stay."""
    standing = np.bincount(evening.place[listed(field, evening).mopeds], minlength=len(field.scenario.places.names))
    return np.where(field.scenario.places.accepts[_moped_class(field)], np.maximum(DOCKS, standing), standing)


def _moped_class(field: Field) -> int:
    return int(np.flatnonzero(~field.scenario.classes.plugs_in)[0])


def _car_class(field: Field) -> int:
    return int(np.flatnonzero(field.scenario.classes.plugs_in)[0])


def _mopeds(field: Field, evening: Evening, known: Listed) -> Mopeds:
    battery = field.scenario.classes.battery_mwh[_moped_class(field)]
    return Mopeds(
        names=tuple(f"moped {number}" for number in known.mopeds),
        place=evening.place[known.mopeds],
        charge_percent=100 * evening.charge_mwh[known.mopeds] // battery,
        usable_percent=int(-(-100 * usable_mwh(field, _moped_class(field)) // battery)),
        excluded=np.zeros(len(known.mopeds), np.bool_),
    )


def _cars(field: Field, evening: Evening, known: Listed) -> Cars:
    klass, count = _car_class(field), len(known.cars)
    classes = field.scenario.classes
    battery_wh = int(classes.battery_wh[klass])
    return Cars(
        names=tuple(f"car {number}" for number in known.cars),
        place=evening.place[known.cars],
        charge_wh=evening.charge_mwh[known.cars] // 1_000,
        battery_wh=np.full(count, battery_wh),
        usable_wh=np.full(count, usable_mwh(field, klass) // 1_000),
        plugged=evening.is_plugged[known.cars],
        wh_per_min=np.full(count, int(classes.wh_per_km[klass]) * CAR_KM_PER_H // 60),
        step_wh=np.tile([battery_wh // CHARGE_STEPS] * CHARGE_STEPS, (count, 1)).reshape(count, CHARGE_STEPS),
        worth_cents_per_kwh=np.tile(CHARGE_WORTH, (count, 1)).reshape(count, CHARGE_STEPS),
        excluded=np.zeros(count, np.bool_),
    )


def _crews(field: Field, depot: int) -> NightCrews:
    crews, count = field.crews, len(field.crews.van)
    return NightCrews(
        names=tuple(f"crew {number}" for number in range(count)),
        shift_min=np.minimum(crews.shift_min, MORNING_MIN),
        break_min=crews.break_min,
        break_window_min=np.tile([BREAK_FROM, BREAK_UNTIL], (count, 1)),
        skills=crews.skills,
        may_drive=crews.van[:, None] == np.arange(len(crews.moped_places))[None],
        mode=np.searchsorted(np.unique(crews.speed_kmh), crews.speed_kmh),
        start=np.full(count, depot),
        end=np.full(count, depot),
        cents_per_min=np.full(count, crews.cents_per_min),
        batteries_used=np.zeros(count, np.int64),
        on_board=((),) * count,
    )


def _minutes(field: Field, speed_kmh: int) -> Ints:
    """Between the places and the depot, at a speed over streets."""
    depot = field.crews.depot
    away = crow_m(np.vstack([field.scenario.places.position, [depot.lon, depot.lat]]))
    return np.asarray(np.ceil(away * DETOUR_FACTOR * 60 / (1_000 * speed_kmh)).astype(np.int64))


def work_of(field: Field, evening: Evening, plan: NightPlan) -> Work:
    """What a plan does to each vehicle by the morning; cars charge at their charger's full power from the plug on."""
    known = listed(field, evening)
    to_place, charge_mwh, plugs = evening.place.copy(), np.full(len(evening.place), -1, np.int64), set[int]()
    order: dict[int, None] = {}
    for _, task in sorted(plan.tasks(), key=lambda each: each[1].starts_min):
        named = known.cars if task.kind in ("plug", "drive") else known.mopeds
        for vehicle in (int(named[number]) for number in task.vehicles):
            klass = int(field.scenario.fleet.vehicle_class[vehicle])
            if task.kind == "swap":
                charge_mwh[vehicle] = field.scenario.classes.battery_mwh[klass]
            elif task.kind == "unload":
                to_place[vehicle] = task.place
            elif task.kind == "drive":
                to_place[vehicle] = task.to_place
            if task.kind == "plug":
                plugs.add(vehicle)
                charge_mwh[vehicle] = _charged(field, evening, vehicle, task.place, MORNING_MIN - task.ends_min)
            if task.kind != "load":
                order[vehicle] = None
    vehicles = np.array(list(order), np.int64)
    plugs_in = np.array([vehicle in plugs for vehicle in order], np.bool_)
    return Work(vehicles, evening.place[vehicles], to_place[vehicles], charge_mwh[vehicles], plugs_in)


def _charged(field: Field, evening: Evening, vehicle: int, place: int, minutes: int) -> int:
    added = int(field.scenario.places.charger_w[place]) * minutes * 60 * 5 // 18
    battery = int(field.scenario.classes.battery_mwh[field.scenario.fleet.vehicle_class[vehicle]])
    return min(battery, int(evening.charge_mwh[vehicle]) + added)


def crew_minutes(plan: NightPlan) -> int:
    return sum(tour.travel_min + tour.service_min for tour in plan.tours)
