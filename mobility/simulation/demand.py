"""How many riders a city expects, where they go and how: `draw_riders` makes the same ones from the same seed."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import poisson

from mobility.geo.walking import DETOUR_FACTOR
from mobility.simulation.calibration import ROUND_TRIP_SHARE, Quantiles
from mobility.simulation.chance import Purpose, Words, keys, uniform
from mobility.simulation.network import plane_m
from mobility.simulation.riders import NOBODY, Riders
from mobility.simulation.scenario import DAY_S, QUARTER_S, QUARTERS, Floats, Frozen, Ints, Scenario, require

RATE_MAX = 1_000.0
DISTANCE_TO_DURATION = 0.6
"""Rank correlation, in normal scores, of how far and how long one rides; assumed."""
OF_CLASS_SPEED = 0.8
"""Nobody is faster over a whole ride than this share of the vehicle's speed; assumed."""
LONG_RIDE_S = 480
"""Shorter rides have no pause."""
RIDE_S_MIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Of the rides of a class: how long [min], how far as the crow flies [km], and what share ends where it began."""

    duration_min: Quantiles
    crow_km: Quantiles
    round_trip_share: float = ROUND_TRIP_SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What riders do beside riding, as shares of them; assumptions that a city may replace by what it knows."""

    walk_s_min: int = 240
    walk_s_max: int = 900
    second_choice: float = 0.3
    cancels: float = 0.05
    cancels_within_s: int = 300
    fails: float = 0.01
    pauses: float = 0.1
    pause_s_min: int = 120
    pause_s_max: int = 900

    def __post_init__(self) -> None:
        shares = (self.second_choice, self.cancels, self.fails, self.pauses)
        require(all(0 <= share <= 1 for share in shares), "a habit is a share between 0 and 1")
        require(0 <= self.walk_s_min <= self.walk_s_max, "walks accepted are between two numbers of seconds")
        require(0 < self.pause_s_min <= self.pause_s_max and self.cancels_within_s > 0, "pauses take time")


@dataclass(frozen=True, eq=False, kw_only=True)
class Demand(Frozen):
    """Riders expected.

    Attributes
    ----------
    rates : (W, C, P, 96) [riders per quarter-hour]
    factor : (D, P), what weather and events make of a day at a place; 1 for nothing
    goes_to : (C, P, G), candidates for the end of a ride
    goes_share : (T, C, P, G), cumulated: the last is 1
    goes_at : (96,) 0 to T - 1, which of the shares hold
    lengths : of each class
    habits
    profile_share : (R,), summing to 1
    second : (C,), the class taken instead; `NOBODY` for none
    """

    rates: Floats
    factor: Floats
    goes_to: Ints
    goes_share: Floats
    goes_at: Ints
    lengths: tuple[Lengths, ...]
    habits: Habits
    profile_share: Floats
    second: Ints

    def __post_init__(self) -> None:
        super().__post_init__()
        for rates in (self.rates, self.factor):
            require(
                np.all((rates >= 0) & (rates <= RATE_MAX)), f"a rate or a factor is not between 0 and {RATE_MAX:.0f}"
            )
        require(self.rates.ndim == 4 and self.rates.shape[3] == QUARTERS, "rates are for 96 quarter-hours")
        _, classes, places, _ = self.rates.shape
        require(len(self.lengths) == len(self.second) == classes, "each class has lengths and a second choice")
        require(self.factor.ndim == 2 and self.factor.shape[1] == places, "factors are days by places")
        require(self.goes_to.shape == self.goes_share.shape[1:], "each candidate has its share")
        known = self.goes_at.min() >= 0 and self.goes_at.max() < len(self.goes_share)
        require(self.goes_at.shape == (QUARTERS,) and known, "rides go somewhere in each quarter-hour")
        require(self.goes_to.shape[:2] == (classes, places), "rides go somewhere from each place")
        require(np.all(np.diff(self.goes_share, axis=3) >= 0), "cumulated shares do not fall")
        require(np.allclose(self.goes_share[..., -1], 1), "cumulated shares end at 1")
        require(np.isclose(self.profile_share.sum(), 1) and self.profile_share.min() >= 0, "profiles' shares sum to 1")

    def fits(self, scenario: Scenario) -> "Demand":
        """This demand, if it is of this city; raises `ScenarioInvalid` otherwise."""
        calendar, classes, places = scenario.calendar, len(scenario.classes.names), len(scenario.places.names)
        require(self.rates.shape[:3] == (len(calendar.is_open), classes, places), "the rates are of another city")
        require(len(self.factor) == calendar.days, "there is one factor for each day")
        require(len(self.profile_share) == len(scenario.eligible), "the profiles are of another city")
        return self


def draw_riders(scenario: Scenario, demand: Demand, seed: int) -> Riders:
    """The riders of all days; those of a place, class and day stay the same whatever is changed elsewhere."""
    demand.fits(scenario)
    key, day, klass, place = _asked(scenario, demand, seed)
    kind = scenario.calendar.kind_of_day[day]
    at_s = day * DAY_S + _time_of_day(demand, kind, klass, place, uniform(key, Purpose.TIME))
    order = np.lexsort((key, at_s))
    key, at_s, klass, place = key[order], at_s[order], klass[order], place[order]
    destination = _destination(demand, at_s, klass, place, uniform(key, Purpose.DESTINATION))
    ride_s, distance_m = _rides(scenario, demand, key, klass, place, destination)
    pause_from_s, pause_s = _pauses(demand.habits, key, ride_s)
    habits = demand.habits
    profile = np.searchsorted(np.cumsum(demand.profile_share)[:-1], uniform(key, Purpose.PROFILE), side="right")
    cancels = uniform(key, Purpose.CANCELS)
    return Riders(
        at_s=at_s,
        place=place,
        destination=destination,
        wanted=klass,
        second=np.where(uniform(key, Purpose.SECOND_CHOICE) < habits.second_choice, demand.second[klass], NOBODY),
        profile=profile,
        walk_s_max=_between(habits.walk_s_min, habits.walk_s_max, uniform(key, Purpose.PATIENCE)),
        ride_s=ride_s,
        distance_m=distance_m,
        pause_from_s=pause_from_s,
        pause_s=pause_s,
        cancels_s=_scaled_if(cancels, habits.cancels, habits.cancels_within_s),
        fails=(uniform(key, Purpose.FAILS) < habits.fails).astype(np.int64),
    )


def _asked(scenario: Scenario, demand: Demand, seed: int) -> tuple[Words, Ints, Ints, Ints]:
    """A key for each rider, and the day, class and place of each."""
    expected = demand.rates.sum(axis=3)[scenario.calendar.kind_of_day] * demand.factor[:, None, :]
    day, klass, place = np.nonzero(expected)
    cell = keys(seed, day, klass, place)
    count = poisson.ppf(uniform(cell, Purpose.COUNT), expected[day, klass, place]).astype(np.int64)
    row = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return keys(seed, day[row], klass[row], place[row], number), day[row], klass[row], place[row]


def _time_of_day(demand: Demand, kind: Ints, klass: Ints, place: Ints, chance: Floats) -> Ints:
    """The second of the day, by the rates of its quarter-hours; within one it is even."""
    rows, row = np.unique(np.ravel_multi_index((kind, klass, place), demand.rates.shape[:3]), return_inverse=True)
    rates = demand.rates.reshape(-1, QUARTERS)[rows]
    cumulated = np.cumsum(rates, axis=1) / rates.sum(axis=1, keepdims=True)
    quarter = _looked_up(cumulated, row, chance)
    upper = cumulated[row, quarter]
    lower = np.where(quarter > 0, cumulated[row, np.maximum(quarter - 1, 0)], 0.0)
    within = (chance - lower) / np.maximum(upper - lower, 1e-300)
    return np.asarray(quarter * QUARTER_S + np.clip((within * QUARTER_S).astype(np.int64), 0, QUARTER_S - 1))


def _looked_up(cumulated: Floats, row: Ints, chance: Floats) -> Ints:
    """For each chance the first column of its row that lies above it."""
    flat = (cumulated + np.arange(len(cumulated))[:, None]).ravel()
    column = np.searchsorted(flat, chance + row, side="right") - row * cumulated.shape[1]
    return np.asarray(np.clip(column, 0, cumulated.shape[1] - 1))


def _destination(demand: Demand, at_s: Ints, klass: Ints, place: Ints, chance: Floats) -> Ints:
    shape = demand.goes_share.shape
    row = np.ravel_multi_index((demand.goes_at[at_s % DAY_S // QUARTER_S], klass, place), shape[:3])
    column = _looked_up(demand.goes_share.reshape(-1, shape[3]), row, chance)
    return np.asarray(demand.goes_to[klass, place, column])


def _rides(
    scenario: Scenario, demand: Demand, key: Words, klass: Ints, place: Ints, destination: Ints
) -> tuple[Ints, Ints]:
    """How long [s] and how far [m]; who ends where the ride began has been somewhere in between."""
    points = plane_m(scenario.places.position)
    crow_km = np.hypot(*(points[place] - points[destination]).T) / 1_000
    chance = uniform(key, Purpose.DURATION)
    is_round = place == destination
    ride_s, metres = np.zeros(len(key), np.int64), np.zeros(len(key), np.int64)
    for number, lengths in enumerate(demand.lengths):
        mine = klass == number
        there = np.where(is_round, lengths.crow_km.at(chance) * 2, crow_km)[mine]
        far = np.where(is_round[mine], chance[mine], lengths.crow_km.below(crow_km[mine]))
        score = DISTANCE_TO_DURATION * ndtri(np.clip(far, 1e-6, 1 - 1e-6))
        score += np.sqrt(1 - DISTANCE_TO_DURATION**2) * ndtri(np.clip(chance[mine], 1e-6, 1 - 1e-6))
        fastest_s = 3_600 * there * DETOUR_FACTOR / (scenario.classes.speed_kmh[number] * OF_CLASS_SPEED)
        wished_s = 60 * lengths.duration_min.at(ndtr(score))
        ride_s[mine] = np.maximum(np.maximum(wished_s, fastest_s), RIDE_S_MIN).astype(np.int64)
        metres[mine] = (there * 1_000 * DETOUR_FACTOR).astype(np.int64)
    return ride_s, metres


def _pauses(habits: Habits, key: Words, ride_s: Ints) -> tuple[Ints, Ints]:
    """When a ride pauses and for how long: at most half of it, after a quarter."""
    wished = _between(habits.pause_s_min, habits.pause_s_max, uniform(key, Purpose.PAUSE_LENGTH))
    pauses = (uniform(key, Purpose.PAUSES) < habits.pauses) & (ride_s >= LONG_RIDE_S)
    return np.where(pauses, ride_s // 4, 0), np.where(pauses, np.minimum(wished, ride_s // 2), 0)


def _between(low: int, high: int, chance: Floats) -> Ints:
    return np.asarray((low + chance * (high + 1 - low)).astype(np.int64))


def _scaled_if(chance: Floats, share: float, length_s: int) -> Ints:
    """For the share of riders who do: after how long, even over the length; `NOBODY` for the others."""
    return np.where(chance < share, (chance / max(share, 1e-9) * length_s).astype(np.int64), NOBODY)
