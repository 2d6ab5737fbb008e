"""A city for some days, as arrays with units; each part validates itself.

P places, C classes, V vehicles, D days, W kinds of days (weekdays, or a holiday's), K sets of zones in force,
R profiles of riders. Time is in whole seconds of the city's wall clock since the midnight before the first day.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid
from mobility.simulation.tariff import MINUTES_OF_DAY, TariffTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
KINDS: dict[Any, Any] = {Ints: np.int64, Floats: np.float64, Flags: np.bool_}

DAY_S, QUARTER_S, QUARTERS = 86_400, 900, 96
DAYS_MAX = 3_660


class ScenarioInvalid(Invalid):
    code = "simulation_scenario_invalid"
    fr = "Cette ville ne peut pas être simulée : {reason}."
    en = "This city cannot be simulated: {reason}."


def require(truth: Any, reason: str) -> None:
    if not truth:
        raise ScenarioInvalid(reason=reason)


class Frozen:
    """Arrays of a dataclass as copies that nobody changes, of the types that their annotations name."""

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            kind = KINDS.get(each.type)
            if kind is not None:
                object.__setattr__(self, each.name, frozen(getattr(self, each.name), kind, each.name))


def frozen(values: Any, kind: Any, name: str) -> Any:
    given = np.asarray(values)
    require(given.dtype.kind in "biuf", f"{name} holds something other than numbers")
    copy = given.astype(kind, order="C")  # another layout would be compiled for once more
    require(np.all(np.isfinite(copy)) and np.all(copy == given), f"{name} holds a number that its unit does not allow")
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True, eq=False, kw_only=True)
class Calendar(Frozen):
    """The days and which rules hold in their quarter-hours.

    Attributes
    ----------
    first_day
    kind_of_day : (D,) 0 to W - 1
    is_open : (W, 96), whether rides may start
    zones_at : (W, 96) 0 to K - 1, which set of zones is in force
    """

    first_day: date
    kind_of_day: Ints
    is_open: Flags
    zones_at: Ints

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 < self.days <= DAYS_MAX, f"days are between 1 and {DAYS_MAX}")
        kinds = len(self.is_open)
        require(self.is_open.shape == self.zones_at.shape == (kinds, QUARTERS), "a kind of day has 96 quarter-hours")
        require(self.kind_of_day.min() >= 0 and self.kind_of_day.max() < kinds, "a day is of an unknown kind")

    @property
    def days(self) -> int:
        return len(self.kind_of_day)


@dataclass(frozen=True, eq=False, kw_only=True)
class Places(Frozen):
    """Stations, and cells where free-floating vehicles stand.

    Attributes
    ----------
    names
    position : (P, 2) longitude, latitude [degrees]
    bays, chargers : (P,)
    charger_w : (P,) [W] of each charger
    accepts : (C, P), whether vehicles of the class stand there at all
    starts, ends : (K, C, P), whether the zones in force let rides of the class start or end there
    near_from : (P + 1,), where the neighbours of a place begin in the next three; it is its own first one
    near, near_walk_s, near_drive_m : neighbours by distance, the walk to them [s] and the drive [m]
    """

    names: tuple[str, ...]
    position: Floats
    bays: Ints
    chargers: Ints
    charger_w: Ints
    accepts: Flags
    starts: Flags
    ends: Flags
    near_from: Ints
    near: Ints
    near_walk_s: Ints
    near_drive_m: Ints

    def __post_init__(self) -> None:
        super().__post_init__()
        count, shape = len(self.names), self.starts.shape
        require(count > 0, "there is no place")
        require(self.position.shape == (count, 2), "each place has a longitude and a latitude")
        for each in (self.bays, self.chargers, self.charger_w):
            require(
                each.shape == (count,) and each.min() >= 0, "bays, chargers and watts are not negative, one a place"
            )
        require(len(shape) == 3 and self.ends.shape == shape, "starts and ends are sets by classes by places")
        require(self.accepts.shape == shape[1:] and shape[2] == count, "accepts is classes by places")
        self._require_neighbours()

    def _require_neighbours(self) -> None:
        count, entries = len(self.names), len(self.near)
        begins = self.near_from
        require(len(begins) == count + 1 and begins[0] == 0 and begins[-1] == entries, "near_from does not fit near")
        require(np.all(np.diff(begins) > 0), "a place has no neighbour, not even itself")
        require(np.array_equal(self.near[begins[:-1]], np.arange(count)), "a place is not its own first neighbour")
        require(self.near.min() >= 0 and self.near.max() < count, "a neighbour is no place")
        for each in (self.near_walk_s, self.near_drive_m):
            require(each.shape == (entries,) and each.min() >= 0, "walks and drives are not negative, one a neighbour")


@dataclass(frozen=True, eq=False, kw_only=True)
class Classes(Frozen):
    """Classes of vehicles, (C,) each.

    Attributes
    ----------
    names, modes
        `modes` are those of MDS.
    battery_wh, wh_per_km, speed_kmh : above 0
    charge_percent_min : below it a vehicle is not offered
    hold_s : a vehicle that is kept for longer is free again
    takes_bay : whether a vehicle that stands takes a bay and rides end in one; others stand anywhere at a place
    plugs_in : whether a rider who ends at a free charger plugs in
    tariffs : what rides cost
    """

    names: tuple[str, ...]
    modes: tuple[str, ...]
    battery_wh: Ints
    wh_per_km: Ints
    speed_kmh: Ints
    charge_percent_min: Ints
    hold_s: Ints
    takes_bay: Flags
    plugs_in: Flags
    tariffs: tuple[TariffTable, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        count = len(self.names)
        require(count > 0 and len(self.modes) == len(self.tariffs) == count, "each class has a mode and a tariff")
        for each in (self.battery_wh, self.wh_per_km, self.speed_kmh, self.hold_s):
            require(each.shape == (count,) and each.min() > 0, "batteries, use, speeds and holds are above 0")
        require(self.takes_bay.shape == self.plugs_in.shape == (count,), "there is one value for each class")
        require(self.charge_percent_min.shape == (count,), "there is one value for each class")
        require(np.all((self.charge_percent_min >= 0) & (self.charge_percent_min <= 100)), "a percentage is 0 to 100")

    @property
    def battery_mwh(self) -> Ints:
        """Charge is counted in thousandths of a watt-hour: metres times watt-hours per kilometre are whole."""
        return self.battery_wh * 1_000

    @property
    def charge_mwh_min(self) -> Ints:
        return self.battery_mwh * self.charge_percent_min // 100


@dataclass(frozen=True, eq=False, kw_only=True)
class Fleet(Frozen):
    """Vehicles on the first midnight: class, place and charge [mWh], (V,) each."""

    vehicle_class: Ints
    place: Ints
    charge_mwh: Ints

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.vehicle_class.shape == self.place.shape == self.charge_mwh.shape, "each vehicle has all three")
        require(self.vehicle_class.ndim == 1, "vehicles are counted along one axis")


@dataclass(frozen=True, eq=False, kw_only=True)
class Scenario:
    """A city whose parts fit each other; who rides in it comes as `Riders`.

    `eligible` : (R, C), which profiles of riders may drive a class.
    """

    calendar: Calendar
    places: Places
    classes: Classes
    fleet: Fleet
    eligible: Flags

    def __post_init__(self) -> None:
        object.__setattr__(self, "eligible", frozen(self.eligible, np.bool_, "eligible"))
        sets, classes, places = self.places.starts.shape
        require(classes == len(self.classes.names), "the places are for another number of classes")
        require(self.calendar.zones_at.min() >= 0 and self.calendar.zones_at.max() < sets, "a set of zones is missing")
        require(self.eligible.ndim == 2 and self.eligible.shape[1] == classes, "eligible is profiles by classes")
        kinds = len(self.calendar.is_open)
        for tariff in self.classes.tariffs:
            require(tariff.percent.shape == (kinds, MINUTES_OF_DAY), "a tariff knows other kinds of days")
            fits = tariff.fees_cents.shape == tariff.rebates_cents.shape == (sets, places)
            require(fits, "a tariff knows other zones or places")
        self._require_parked(places)

    def _require_parked(self, places: int) -> None:
        fleet = self.fleet
        if not len(fleet.place):
            return
        require(fleet.place.min() >= 0 and fleet.place.max() < places, "a vehicle stands at no place")
        require(
            fleet.vehicle_class.min() >= 0 and fleet.vehicle_class.max() < len(self.classes.names),
            "a vehicle is of no class",
        )
        battery = self.classes.battery_mwh[fleet.vehicle_class]
        require(np.all((fleet.charge_mwh >= 0) & (fleet.charge_mwh <= battery)), "a charge is not within the battery")
        require(
            np.all(self.places.accepts[fleet.vehicle_class, fleet.place]), "a vehicle stands where its class may not"
        )
        in_bays = self.classes.takes_bay[fleet.vehicle_class]
        standing = np.bincount(fleet.place[in_bays], minlength=places)
        require(np.all(standing <= self.places.bays), "more vehicles stand at a place than it has bays")

    @property
    def ends_s(self) -> int:
        return self.calendar.days * DAY_S
