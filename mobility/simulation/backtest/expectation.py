"""What a planner may expect of the next day: trips lost by place and morning stock, (P, stock + 1) for each class."""

from datetime import timedelta

import numpy as np

from mobility.rebalancing.optimiser.value import value_curves
from mobility.rebalancing.rules.day_factors import BASELINE, Day
from mobility.rebalancing.rules.forecast import RATE_MAX, Flows
from mobility.rebalancing.rules.forecasting import forecast
from mobility.rebalancing.rules.history import History, count_hours
from mobility.rebalancing.rules.usable import rides_left, usable_share
from mobility.simulation.backtest.field import Field
from mobility.simulation.backtest.planning import USABLE_RIDES_M, docks_of
from mobility.simulation.demand import Demand
from mobility.simulation.outcome import Evening, Outcome
from mobility.simulation.run import NIGHT_ENDS_S
from mobility.simulation.scenario import DAY_S, QUARTER_S, QUARTERS, Flags, Floats, Ints

FIRST_QUARTER, LAST_QUARTER = NIGHT_ENDS_S // QUARTER_S, 88
"""The day that a night is for: from five in the morning to ten in the evening."""
REFUSED_RETURN = 0.2
"""Trips: who finds no bay drives on to the next station."""


def forecast_flows(field: Field, past: Outcome, day: int) -> Flows:
    """By the service's own forecast, from what the days before showed: rides, and searches that found nothing."""
    days = [_told(field, number) for number in range(day)]
    history = History(
        days=tuple(each.day for each in days),
        departures=_counted(field, day, past.place, past.started_s, past.served, past),
        returns=_counted(field, day, past.end_place, past.ended_s, past.served, past),
        # Every search of the simulated city is seen, so that no hour hides a demand.
        exposure=np.ones((day, len(field.situation.pairs), 24)),
        unserved=_counted(field, day, past.riders.place, past.riders.at_s, past.unmet, past),
    )
    demand = forecast(field.situation, history, days, _told(field, day), method=BASELINE).demand
    return Flows(demand.departures, demand.returns)


def _told(field: Field, number: int) -> Day:
    day = field.scenario.calendar.first_day + timedelta(days=number)
    return Day(day, field.situation.calendar.is_holiday(day), field.situation.calendar.is_school_holiday(day), None)


def _counted(field: Field, days: int, place: Ints, at_s: Ints, which: Flags, past: Outcome) -> Floats:
    """By day, pair and hour; what lies after the last of the days is not known yet."""
    pairs, klass = field.situation.pairs, past.riders.wanted.copy()
    riding = past.vehicle >= 0
    klass[riding] = field.scenario.fleet.vehicle_class[past.vehicle[riding]]
    pair, at = pairs.at(place[which], klass[which]), at_s[which]
    return count_hours(pair, at // DAY_S, at % DAY_S, days=days, pairs=len(pairs))


def true_flows(field: Field, past: Outcome, day: int) -> Flows:
    """The rates that the riders of the day are drawn from, its weather known too.

    Only rides that take place come back: as large a share as of the riders of the past.
    """
    served = float(past.served.sum() / max(1, (past.served | past.unmet).sum()))
    demand, calendar = field.demand, field.scenario.calendar
    may = demand.profile_share @ field.scenario.eligible
    rates = demand.rates[calendar.kind_of_day[day]] * demand.factor[day][None, :, None] * may[:, None, None]
    returns = np.zeros_like(rates)
    for hours in range(len(demand.goes_share)):
        quarters = np.flatnonzero(demand.goes_at == hours)
        for klass in range(len(rates)):
            arriving = served * _between(demand, hours, klass).T @ rates[klass][:, quarters]
            returns[klass][:, (quarters + 1) % QUARTERS] = arriving
    return Flows(_places_first(rates), _places_first(returns))


def _between(demand: Demand, hours: int, klass: int) -> Floats:
    """(P, P), of the rides that begin at a place those that end at another, summing to 1."""
    to, places = demand.goes_to[klass], demand.rates.shape[2]
    shares = np.diff(demand.goes_share[hours, klass], axis=1, prepend=0)
    flat = (np.arange(places)[:, None] * places + to).ravel()
    return np.asarray(np.bincount(flat, shares.ravel(), minlength=places**2).reshape(places, places))


def _places_first(rates: Floats) -> Floats:
    return np.asarray(np.minimum(rates, RATE_MAX).swapaxes(0, 1))


def expected_losses(field: Field, evening: Evening, flows: Flows) -> list[Floats]:
    """Of each class, by value curves over the day."""
    losses = []
    for klass in range(len(field.scenario.classes.names)):
        leaving, coming = (each[:, klass, FIRST_QUARTER:LAST_QUARTER] for each in flows)
        takes_bay = bool(field.scenario.classes.takes_bay[klass])
        curves = value_curves(
            leaving,
            coming,
            capacity_of(field, evening, klass),
            refused_return_weight=REFUSED_RETURN,
            usable_share=_usable_share(field, evening, klass, float(leaving.sum())),
            unlimited=not takes_bay,
        )
        losses.append(curves)
    return losses


def capacity_of(field: Field, evening: Evening, klass: int) -> Ints:
    places = field.scenario.places
    if field.scenario.classes.takes_bay[klass]:
        return np.where(places.accepts[klass], places.bays, 0)
    return docks_of(field, evening)


def _usable_share(field: Field, evening: Evening, klass: int, rides: float) -> float:
    classes = field.scenario.classes
    mine = field.scenario.fleet.vehicle_class == klass
    left = rides_left(
        np.minimum(100.0, 100 * evening.charge_mwh[mine] / classes.battery_mwh[klass]),
        charge_percent_min=float(classes.charge_percent_min[klass]),
        max_range_m=1_000 * float(classes.battery_wh[klass]) / float(classes.wh_per_km[klass]),
        ride_m=USABLE_RIDES_M,
    )
    return usable_share(left, rides_per_vehicle=rides / max(1, int(mine.sum())))


def foreseen_losses(field: Field, evening: Evening, future: Outcome, day: int) -> list[Floats]:
    """What this very day will ask for: with so many vehicles in the morning a place loses the rest of its deepest want.

    `future` is the day without any plan: riders leave when they wish to, and the rides that took place come back.
    """
    return [_wants(field, evening, future, day, klass) for klass in range(len(field.scenario.classes.names))]


def _wants(field: Field, evening: Evening, future: Outcome, day: int, klass: int) -> Floats:
    riders = future.riders
    may = field.scenario.eligible[riders.profile, riders.wanted]
    mine = (riders.wanted == klass) & may & (riders.cancels_s < 0)
    begins, ends = day * DAY_S + FIRST_QUARTER * QUARTER_S, day * DAY_S + LAST_QUARTER * QUARTER_S
    leaves = mine & (riders.at_s >= begins) & (riders.at_s < ends)
    rides = np.flatnonzero(future.served & (future.started_s >= begins))
    comes = rides[field.scenario.fleet.vehicle_class[future.vehicle[rides]] == klass]
    place = np.concatenate([riders.place[leaves], future.end_place[comes]])
    at_s = np.concatenate([riders.at_s[leaves], future.ended_s[comes]])
    change = np.repeat([1, -1], [int(leaves.sum()), len(comes)])
    order = np.lexsort((change, at_s))
    capacity = capacity_of(field, evening, klass)
    deepest = _deepest(place[order], change[order], len(capacity))
    stock = np.arange(capacity.max() + 1)
    losses = np.maximum(0.0, deepest[:, None] - stock[None])
    losses[stock[None] > capacity[:, None]] = np.inf
    return losses


def _deepest(place: Ints, change: Ints, places: int) -> Ints:
    """The most vehicles that each place is ever short of, were it empty in the morning."""
    short, deepest = np.zeros(places, np.int64), np.zeros(places, np.int64)
    for here, by in zip(place.tolist(), change.tolist(), strict=True):
        short[here] += by
        deepest[here] = max(deepest[here], short[here])
    return deepest
