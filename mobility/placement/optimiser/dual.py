"""Compiled Lagrangian bound: the loop that `bound` steers.

Each demand point i offers `offer[i]` for being served, instead of being served by somebody for certain. A candidate is
then worth the sum of what the offers exceed its losses by, and the best stations are a knapsack by worth, relaxed to
fractions. Whatever the offers, their sum less that worth is at most the cost of any plan; a subgradient ascent with a
deflected direction raises it [1]. Spacing is left out, which only lowers the bound.

References
----------
.. [1] Beasley (1993), Lagrangean heuristics for location problems, European Journal of Operational Research 65(3).
.. [2] Camerini, Fratta, Maffioli (1975), On improving relaxation methods by modified gradient techniques,
   Mathematical Programming Study 3.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from mobility.placement.optimiser.kernel import Places

compiled = njit(cache=True, nogil=True)

MEMORY = 0.6  # of the last direction in the next, [2]
RECENT = 0.05
STALL_MAX = 15  # iterations without progress before the step is halved
NOTHING = 1e-12  # a subgradient of zero: the relaxed plan is one
CRUMB = 1e-6  # of a candidate: left in the purse by rounding
CLOSED, FREE, OPEN = 0, 1, 2


class Dual(NamedTuple):
    """Offers now and at the best bound, and what follows from them.

    `status` is by candidate: CLOSED or OPEN in every plan that beats the one at hand, or FREE. `share` is how much of
    each candidate the knapsack takes, `mean_share` lately: nearly what a linear solver would find. `bound` holds the
    best bound; `step` its factor; `stall` how long it has not risen.
    """

    offer: np.ndarray
    best_offer: np.ndarray
    direction: np.ndarray
    worth: np.ndarray
    share: np.ndarray
    mean_share: np.ndarray
    status: np.ndarray
    bound: np.ndarray
    step: np.ndarray
    stall: np.ndarray


def new_dual(places: Places, offer: np.ndarray) -> Dual:
    candidates = places.price.size
    by_candidate = [np.zeros(candidates) for _ in range(3)]
    status = np.where(places.fixed, OPEN, FREE).astype(np.int8)
    numbers = np.full(1, -np.inf), np.zeros(1), np.zeros(1, np.int64)
    return Dual(offer.copy(), offer.copy(), np.zeros(offer.size), *by_candidate, status, *numbers)


@compiled
def appraise(places, offer, worth):
    worth[:] = 0.0
    for i in range(offer.size):
        for k in range(places.start[i], places.start[i + 1]):
            if places.near_loss[k] >= offer[i]:
                break
            worth[places.near[k]] += offer[i] - places.near_loss[k]


@compiled
def choose(places, dual):
    """Fill the knapsack with what is worth most for its price; the total worth."""
    share, worth, purse, total = dual.share, dual.worth, places.purse, 0.0
    share[:] = 0.0
    for c in range(share.size):
        if dual.status[c] == OPEN:
            share[c], purse, total = 1.0, purse - places.price[c], total + worth[c]
    for c in np.argsort(-worth / places.price):
        if purse <= 0.0 or worth[c] <= 0.0:
            break
        if dual.status[c] != FREE:
            continue
        part = min(1.0, purse / places.price[c])
        total += part * worth[c]
        purse -= part * places.price[c]
        share[c] = part if part > CRUMB else 0.0
    return total


@compiled
def lack(places, dual, i):
    """1 less the stations chosen that demand point i would pay."""
    missing = 1.0
    for k in range(places.start[i], places.start[i + 1]):
        if places.near_loss[k] >= dual.offer[i]:
            break
        missing -= dual.share[places.near[k]]
    return missing


@compiled
def ascend(places, dual, cost, enough, iterations):
    """Raise the bound towards the cost of the plan at hand, until it is enough."""
    direction = dual.direction
    for _ in range(iterations):
        appraise(places, dual.offer, dual.worth)
        value = dual.offer.sum() - choose(places, dual)
        record(dual, value)
        dual.mean_share[:] += (dual.share - dual.mean_share) * RECENT
        square = 0.0
        for i in range(direction.size):
            direction[i] = (1 - MEMORY) * lack(places, dual, i) + MEMORY * direction[i]
            square += direction[i] ** 2
        if square < NOTHING or value > enough:
            return
        pace = dual.step[0] * (cost - value) / square
        for i in range(direction.size):
            offer = dual.offer[i] + pace * direction[i]
            low = places.near_loss[places.start[i]] if places.start[i] < places.start[i + 1] else places.none[i]
            dual.offer[i] = min(max(offer, low), places.none[i])


@compiled
def record(dual, value):
    if value > dual.bound[0]:
        dual.bound[0] = value
        dual.best_offer[:] = dual.offer
        dual.stall[0] = 0
    else:
        dual.stall[0] += 1
        if dual.stall[0] % STALL_MAX == 0:
            dual.step[0] /= 2
            dual.offer[:] = dual.best_offer


@compiled
def settle(places, dual, cut):
    """Close and open what every plan that costs at most `cut` closes and opens; False when there is no such plan.

    Two prices of money are tried: what the last candidate chosen is worth for its price, and the first that is not.
    """
    appraise(places, dual.best_offer, dual.worth)
    choose(places, dual)
    last, following = np.inf, 0.0
    for c in range(dual.status.size):
        each = dual.worth[c] / places.price[c]
        if dual.status[c] == FREE and dual.share[c] > 0.0:
            last = min(last, each)
        if dual.status[c] == FREE and dual.share[c] < 1.0:
            following = max(following, each)
    settle_at(places, dual, following, cut)
    if following > 0.0 and last < np.inf:
        settle_at(places, dual, last, cut)
    return exclude(places, dual)


@compiled
def settle_at(places, dual, rate, cut):
    """For any price of money the bound is a sum by candidate: each tells what it costs to decide it otherwise."""
    status, worth, price = dual.status, dual.worth, places.price
    bound = dual.best_offer.sum() - rate * places.purse
    for c in range(status.size):
        net = worth[c] - rate * price[c]
        if status[c] == OPEN or (status[c] == FREE and net > 0.0):
            bound -= net
    for c in range(status.size):
        net = worth[c] - rate * price[c]
        if status[c] == FREE and bound - min(0.0, net) > cut:
            status[c] = CLOSED
        elif status[c] == FREE and bound + max(0.0, net) > cut:
            status[c] = OPEN


@compiled
def exclude(places, dual):
    """Close what stands too near to an open station or costs too much now; False when open ones exclude each other."""
    status, purse = dual.status, places.purse
    for c in range(status.size):
        if status[c] == OPEN:
            purse -= places.price[c]
            for other in range(status.size):
                if places.conflict[c, other]:
                    if status[other] == OPEN:
                        return False
                    status[other] = CLOSED
    for c in range(status.size):
        if status[c] == FREE and places.price[c] > purse:
            status[c] = CLOSED
    return purse >= 0.0
