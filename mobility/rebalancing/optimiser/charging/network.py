"""The optimal charging: a flow of least cost, in whole Wh, from the grid through quarters and batteries to the morning.

Grid → site in a quarter (cap, tariff) → car in that quarter (charger) → the same car in the next quarter (battery) →
morning (worth, as a negative cost) → grid. What a booking needs by the end of a quarter is rewarded on the way to the
next one, above all money: so all needs are met when that is possible, and as many Wh of them as can be otherwise. Flows
of whole capacities are whole: nothing is rounded afterwards.

References
----------
.. [1] Ahuja, Magnanti, Orlin (1993), Network Flows, chapters 9 to 11: residual networks, prices of nodes.
"""

from typing import NamedTuple

import numpy as np
from ortools.graph.python import min_cost_flow

from mobility.rebalancing.optimiser.charging.instance import AWAY, MICRO, Integers, PluggedCars, Reals, Wall
from mobility.rebalancing.optimiser.charging.plan import Charging, charging_of

GRID = 0
UNREACHED = 2**60  # above any price, and far from overflow when one is added


class Network(NamedTuple):
    """Arcs of a circulation, with the flow of a charging; node 0 is the grid, then sites, then cars by quarter."""

    tail: Integers
    head: Integers
    capacity: Integers
    cost: Integers
    flow: Integers


def schedule(cars: PluggedCars) -> Charging:
    """The charging of least cost among those that leave the least of the needs unmet; the same for the same cars."""
    wall, drawn = cars.wall, np.zeros_like(cars.wall.limit)
    for site in range(cars.sites):  # no site's power reaches another's cars
        here = np.flatnonzero(wall.site == site)
        if len(here):
            drawn[here] = cheapest_flow(only(wall, site, here))
    return charging_of(cars, drawn)


def reschedule(cars: PluggedCars, before: PluggedCars, charging: Charging) -> Charging:
    """As `schedule`, given that of the same night and cars before some of them were plugged in otherwise.

    Only the sites at which something differs are solved again.
    """
    wall, old, drawn = cars.wall, before.wall, charging.drawn_wh.copy()
    differs = (wall.site != old.site) | (wall.room != old.room)
    for name in ("limit", "need", "step", "worth"):
        differs |= np.any(getattr(wall, name) != getattr(old, name), axis=1)
    drawn[wall.site == AWAY] = 0
    for site in set(np.concatenate([wall.site[differs], old.site[differs]]).tolist()) - {AWAY}:
        here = np.flatnonzero(wall.site == site)
        if len(here):
            drawn[here] = cheapest_flow(only(wall, site, here))
    return charging_of(cars, drawn)


def only(wall: Wall, site: int, cars: Integers) -> Wall:
    by_car = {name: getattr(wall, name)[cars] for name in ("limit", "room", "need", "step", "worth")}
    return wall._replace(cap=wall.cap[site : site + 1], site=np.zeros(len(cars), np.int64), **by_car)


def cheapest_flow(wall: Wall) -> Integers:
    """What each car draws, shape (cars, quarters)."""
    drawn = np.zeros_like(wall.limit)
    arcs = network(wall, drawn)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, arcs.cost)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow of the night's charging was not solved: {status}")
    car, quarter = np.nonzero(wall.limit)
    first = wall.cap.size
    drawn[car, quarter] = solver.flows(np.arange(first, first + len(car)))
    return drawn


def marginal_prices(cars: PluggedCars, charging: Charging) -> Reals:
    """What one more kWh drawn at a site in a quarter would add to the cost, shape (sites, quarters), [cents/kWh].

    The tariff where power is left; more where a car would have to give way; infinite where there is none to be had but
    from a booking's need.

    Raises
    ------
    ValueError
        The charging is not optimal: something can be moved at a gain.
    """
    arcs = network(cars.wall, charging.drawn_wh)
    reward = reward_of_need(cars.wall)
    found = node_prices(residual(arcs))[1 : 1 + cars.wall.cap.size].reshape(cars.wall.cap.shape)
    return np.where(found < reward // 2, np.round(found / MICRO, 3), np.inf)


def network(wall: Wall, drawn: Integers) -> Network:
    """The last node of a car is its morning."""
    (cars, quarters), sites = wall.limit.shape, len(wall.cap)
    at_site = 1 + np.arange(sites * quarters).reshape(sites, quarters)
    at_car = 1 + sites * quarters + np.arange(cars * (quarters + 1)).reshape(cars, quarters + 1)
    car, quarter = np.nonzero(wall.limit)
    used = np.zeros_like(wall.cap)
    np.add.at(used, (wall.site[car], quarter), drawn[car, quarter])
    level = np.cumsum(drawn, axis=1)
    needed, room = np.minimum(level, wall.need), wall.room[:, None]
    steps = np.column_stack([wall.step, wall.room - wall.step.sum(axis=1)])
    before = np.cumsum(steps, axis=1) - steps
    filled = np.clip(drawn.sum(axis=1)[:, None] - before, 0, steps)
    worth = np.column_stack([wall.worth, np.zeros(cars, np.int64)])
    morning = np.broadcast_to(at_car[:, -1:], steps.shape)
    return joined(
        (GRID, at_site, wall.cap, wall.tariff, used),
        (at_site[wall.site[car], quarter], at_car[car, quarter], wall.limit[car, quarter], 0, drawn[car, quarter]),
        (at_car[:, :-1], at_car[:, 1:], wall.need, -reward_of_need(wall), needed),
        (at_car[:, :-1], at_car[:, 1:], room - wall.need, 0, level - needed),
        (morning, GRID, steps, -worth, filled),
    )


def joined(*groups: tuple[Integers | int, ...]) -> Network:
    """Arcs written as arrays that fit each other, as one list."""
    flat = [[column.reshape(-1) for column in np.broadcast_arrays(*group)] for group in groups]
    return Network(*(np.concatenate(column).astype(np.int64) for column in zip(*flat, strict=True)))


def reward_of_need(wall: Wall) -> int:
    """Of a Wh: a rerouting passes the grid once, so no saving is as large as this."""
    return 1 + 2 * (int(np.abs(wall.tariff).max(initial=0)) + int(wall.worth.max(initial=0)))


def residual(arcs: Network) -> Network:
    """What could still be sent along each arc, and back along it."""
    onward, back = arcs.flow < arcs.capacity, arcs.flow > 0
    tail = np.concatenate([arcs.tail[onward], arcs.head[back]])
    head = np.concatenate([arcs.head[onward], arcs.tail[back]])
    cost = np.concatenate([arcs.cost[onward], -arcs.cost[back]])
    return Network(tail, head, np.ones_like(cost), cost, np.zeros_like(cost))


def node_prices(arcs: Network) -> Integers:
    """The least cost of one more Wh at each node, by Bellman and Ford."""
    price = np.full(1 + max(int(arcs.tail.max(initial=0)), int(arcs.head.max(initial=0))), UNREACHED)
    price[GRID] = 0
    for _ in range(len(price) + 1):
        before = price.copy()
        np.minimum.at(price, arcs.head, before[arcs.tail] + arcs.cost)
        if price[GRID] < 0:
            break
        if np.array_equal(price, before):
            return price
    raise ValueError("the charging is not optimal")
