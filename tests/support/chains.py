"""Lost trips of one place, worked out otherwise than the product does: to be read, exactly, and by chance."""

import numpy as np
from scipy.linalg import expm

MINUTES = 15


def by_the_minute(departures: list[float], returns: list[float], capacity: int, refused: float) -> list[float]:
    """The recursion as published (Raviv, Kolka 2013), in steps of three seconds, each with one event at most."""
    value = [0.0] * (capacity + 1)
    for rented, returned in zip(reversed(departures), reversed(returns), strict=True):
        for _ in range(MINUTES * 20):
            value = [
                step(value, stock, rented / (MINUTES * 20), returned / (MINUTES * 20), refused)
                for stock in range(capacity + 1)
            ]
    return value


def step(value: list[float], stock: int, rented: float, returned: float, refused: float) -> float:
    after_rental = value[stock - 1] if stock > 0 else 1 + value[0]
    after_return = value[stock + 1] if stock < len(value) - 1 else refused + value[stock]
    return rented * after_rental + returned * after_return + (1 - rented - returned) * value[stock]


def exact(
    departures: list[float], returns: list[float], capacity: int, refused: float, usable: float = 1.0
) -> np.ndarray:
    """By matrix exponentials of the chain's generator; the last state gathers what is lost."""
    gathered, product = capacity + 1, np.eye(capacity + 2)
    for rented, returned in zip(departures, returns, strict=True):
        rates = np.zeros((capacity + 2, capacity + 2))
        for stock in range(capacity + 1):
            rates[stock, stock - 1 if stock > 0 else gathered] += rented
            rates[stock, stock + 1 if stock < capacity else gathered] += returned * (
                usable if stock < capacity else refused
            )
            leaves = (rented if stock > 0 else 0) + (returned * usable if stock < capacity else 0)
            rates[stock, stock] -= leaves
        product = product @ expm(rates)
    return product[: capacity + 1, gathered]


def by_chance(
    departures: list[float], returns: list[float], capacity: int, refused: float, stock: int, days: int, seed: int
) -> np.ndarray:
    """What each of so many simulated days lost."""
    random = np.random.default_rng(seed)
    lost = np.zeros(days)
    for day in range(days):
        there = stock
        for rented, returned in zip(departures, returns, strict=True):
            leaving, coming = random.poisson(rented), random.poisson(returned)
            for is_rental in random.permutation([True] * leaving + [False] * coming):
                if is_rental and there:
                    there -= 1
                elif is_rental:
                    lost[day] += 1
                elif there < capacity:
                    there += 1
                else:
                    lost[day] += refused
    return lost
