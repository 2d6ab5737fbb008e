"""What the night asks for, as arrays: everything a plan depends on, and nothing that names a database.

Minutes are whole and count from the night's start; a quarter is 15 of them. A place is a station or a cell of the
free-floating area. Locations are the places, then the depots: travel has a row and a column for each. An index of -1
means none.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mobility.rebalancing.optimiser.instance import InstanceInvalid, Integers, whole
from mobility.rebalancing.optimiser.night import validity

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

QUARTER_MIN = 15
GAINED = {"gained": True}
"""Of a field that files of the same format may lack: it is written where it is not its default."""
NONE = -1

Skill = Literal["swap", "move", "plug", "drive"]
SKILLS: tuple[Skill, ...] = ("swap", "move", "plug", "drive")
"""Swap a moped's battery; load and unload mopeds; plug a car in; drive a car to another place."""

Kind = Literal["swap", "load", "unload", "plug", "drive", "break"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Places:
    """Stations and cells.

    Parameters
    ----------
    names : the caller's, unique
    closed_min : int array, shape (places, intervals, 2), [min]
        When no crew may work there, from (inclusive) until (exclusive); an interval of no length pads.
    quiet_min : int array, shape (places, intervals, 2), [min]
        When crews with a van may not.
    moped_docks : int array, shape (places,)
        Mopeds that may stand there, flat ones too. More may stand there already: then nothing is added.
    moped_cents : array, shape (places, stock + 1), [cents]
        Expected loss of tomorrow by the morning's usable mopeds: convex; infinite where the stock cannot be so high.
    car_bays : int array, shape (places,)
        Cars that may stand there. More may stand there already, as above.
    car_cents : array, shape (places, stock + 1), [cents]
        As `moped_cents`, of usable cars that are not promised to a booking.
    chargers, charger_w : int arrays, shape (places,)
    site_cap_w : int array, shape (places, quarters), [W]
        All chargers of the place together, at the wall.
    """

    names: tuple[str, ...]
    closed_min: Integers
    quiet_min: Integers
    moped_docks: Integers
    moped_cents: Reals
    car_bays: Integers
    car_cents: Reals
    chargers: Integers
    charger_w: Integers
    site_cap_w: Integers

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class Mopeds:
    """Mopeds that stand at a place, or on a crew's van when the night is planned on from its middle.

    Parameters
    ----------
    place : int array, shape (mopeds,)
        Or -1 for one that a crew has on board: `Crews.on_board`.
    charge_percent : int array, shape (mopeds,), 0 to 100
        A swapped battery has 100.
    usable_percent : int
        A moped with less is flat: it takes a dock and serves nobody, and is not loaded before its swap.
    excluded : bool array, shape (mopeds,)
        Left alone: it counts where it stands, and no task names it.
    battery_cents : float, [cents]
        What a full battery is worth in the morning beyond the trips that the value curves count; less in proportion.
    """

    names: tuple[str, ...]
    place: Integers
    charge_percent: Integers
    usable_percent: int
    excluded: Flags
    battery_cents: float = field(default=0.0, metadata=GAINED)

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def usable(self) -> Flags:
        return self.charge_percent >= self.usable_percent

    @property
    def swap_cents(self) -> Reals:
        """What the charge is worth that a swap puts into each."""
        return self.battery_cents * (100 - self.charge_percent) / 100


@dataclass(frozen=True, eq=False, kw_only=True)
class Cars:
    """Cars that stand at a place.

    Parameters
    ----------
    place : int array, shape (cars,)
    charge_wh, battery_wh, usable_wh : int arrays, shape (cars,), [Wh]
        With at least `usable_wh` in the morning a car counts in `Places.car_cents`.
    plugged : bool array, shape (cars,)
        On a charger of its place when the night begins; it stays there unless it is driven away.
    wh_per_min : int array, shape (cars,), [Wh per minute of driving]
    step_wh, worth_cents_per_kwh : arrays, shape (cars, steps)
        What charge is worth in the morning, by steps from empty on, each worth no more than the one before.
    excluded : bool array, shape (cars,)
    """

    names: tuple[str, ...]
    place: Integers
    charge_wh: Integers
    battery_wh: Integers
    usable_wh: Integers
    plugged: Flags
    wh_per_min: Integers
    step_wh: Integers
    worth_cents_per_kwh: Reals
    excluded: Flags

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class Bookings:
    """Confirmed bookings, hard: `car` is at `place` with `charge_wh` by minute `by_min`; one booking for a car."""

    names: tuple[str, ...]
    car: Integers
    place: Integers
    by_min: Integers
    charge_wh: Integers

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class Vans:
    """`moped_places`, `battery_places`: int arrays, shape (vans,), what each carries at once; batteries go on full."""

    names: tuple[str, ...]
    moped_places: Integers
    battery_places: Integers

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class Crews:
    """Who works, when, with what. A crew without a van goes as its mode says, and swaps and moves no moped.

    Parameters
    ----------
    shift_min : int array, shape (crews, 2), [min]
        It leaves `start` not before, and is back at `end` not after.
    break_min : int array, shape (crews,), [min]
        0: none.
    break_window_min : int array, shape (crews, 2), [min]
        The break begins between the two, wherever the crew then is; the crew that stays at home takes none.
    skills : bool array, shape (crews, 4), columns as `SKILLS`
    may_drive : bool array, shape (crews, vans)
    mode : int array, shape (crews,)
        The layer of `Night.travel_min` that it goes by: a van, a folding bicycle, a car followed by a van.
    start, end : int arrays, shape (crews,)
        Locations.
    cents_per_min : array, shape (crews,), [cents]
        Of travel and work; waiting and breaks are not counted.
    batteries_used : int array, shape (crews,)
        Full batteries that its van has no more when the night begins.
    on_board : mopeds of each crew's van when the night begins
    """

    names: tuple[str, ...]
    shift_min: Integers
    break_min: Integers
    break_window_min: Integers
    skills: Flags
    may_drive: Flags
    mode: Integers
    start: Integers
    end: Integers
    cents_per_min: Reals
    batteries_used: Integers
    on_board: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMinutes:
    """`access` on each arrival at another place; then per moped or car. The drive of a car comes on top of `drive`."""

    access: int = 2
    swap: int = 3
    load: int = 2
    unload: int = 2
    plug: int = 4
    drive: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A task that is fixed: this crew does it, to these vehicles, after its earlier locks.

    `vehicles` are mopeds, or one car for plug and drive. A place with locked work on mopeds gets no other work on
    mopeds. What the operator fixed is kept if it can be; what the crew has only been told (`told_min`: when it would
    begin) may be given up by `replan`, at the night's `change_cents`.
    """

    crew: int
    kind: Kind
    place: int
    vehicles: tuple[int, ...]
    to_place: int = NONE
    told_min: int = field(default=NONE, metadata=GAINED)


@dataclass(frozen=True, eq=False, kw_only=True)
class Night:
    """One night of one city.

    Parameters
    ----------
    morning_min : int, [min]
        When the value of what stands where is read; crews have finished by then.
    travel_min : int array, shape (modes, locations, locations), [min]
        From row to column; asymmetric, the diagonal is not read. 10,000 and more: no way.
    car_drive_min : int array, shape (places, places), [min]
    tariff_cents_per_kwh : array, shape (quarters,)
        Of every quarter in which a car may charge: to the morning, or on to the last booking.
    efficiency : float, above 0, at most 1
        Of what is drawn at the wall, so much reaches the battery.
    locks : in the order in which each crew does them
    change_cents : float, [cents]
        Of each task that a crew has been told and that it does not do as told.

    Raises
    ------
    InstanceInvalid
    """

    places: Places
    depots: tuple[str, ...]
    mopeds: Mopeds
    cars: Cars
    bookings: Bookings
    vans: Vans
    crews: Crews
    service_min: ServiceMinutes
    travel_min: Integers
    car_drive_min: Integers
    morning_min: int
    tariff_cents_per_kwh: Reals
    efficiency: float = 0.9
    locks: tuple[Lock, ...] = field(default=())
    change_cents: float = field(default=0.0, metadata=GAINED)

    def __post_init__(self) -> None:
        freeze(self)
        validity.check(self)

    @property
    def quarters(self) -> int:
        return len(self.tariff_cents_per_kwh)

    @property
    def locations(self) -> int:
        return len(self.places.names) + len(self.depots)


def freeze(part: Any) -> None:
    """Replace each array by a frozen copy of its declared type."""
    for each in fields(part):
        if each.type in CASTS:
            object.__setattr__(part, each.name, CASTS[each.type](getattr(part, each.name), each.name))


def reals(values: Any, name: str) -> Reals:
    given = np.asarray(values)
    if given.dtype.kind not in "biuf" or np.any(np.isnan(given)):
        raise InstanceInvalid(reason=f"{name} must be numbers")
    return frozen(given.astype(np.float64))


def flags(values: Any, name: str) -> Flags:
    given = np.asarray(values)
    if given.dtype != np.bool_ and given.size:
        raise InstanceInvalid(reason=f"{name} must be true or false")
    return frozen(given.astype(np.bool_))


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    values.flags.writeable = False
    return values


CASTS = {Integers: whole, Reals: reals, Flags: flags}
