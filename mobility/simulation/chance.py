"""Random numbers that are looked up, not drawn: one for each key, whatever else happens in the city.

A rider who exists in two scenarios has the same wishes and the same patience in both, so that their difference is what
the scenarios differ in (common random numbers). The generator is splitmix64's finaliser over the words of the key [1].

References
----------
.. [1] Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
STEP = 0x9E3779B97F4A7C15
MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
SHIFTS = (30, 27, 31)


class Purpose(IntEnum):
    """What a number decides; a purpose that is added takes nothing from the others."""

    COUNT = 1
    TIME = 2
    DESTINATION = 3
    DURATION = 4
    PROFILE = 5
    PATIENCE = 6
    SECOND_CHOICE = 7
    CANCELS = 8
    FAILS = 9
    PAUSES = 10
    PAUSE_LENGTH = 11
    CHARGE = 12


def keys(seed: int, *words: Any) -> Words:
    """One key for each combination of words: integers or integer arrays that broadcast."""
    key = np.asarray(_mixed(np.uint64(seed)))
    with np.errstate(over="ignore"):
        for word in words:
            key = _mixed(key ^ (np.asarray(word).astype(np.uint64) * np.uint64(STEP)))
    return key


def uniform(key: Words, purpose: Purpose) -> NDArray[np.float64]:
    """A number in [0, 1) for each key and what it decides, with 53 random bits."""
    with np.errstate(over="ignore"):
        mixed = _mixed(key ^ (np.uint64(purpose) * np.uint64(STEP)))
    return np.asarray((mixed >> np.uint64(11)) * 2.0**-53, np.float64)


def _mixed(word: Any) -> Any:
    with np.errstate(over="ignore"):
        word = word + np.uint64(STEP)
        for shift, multiplier in zip(SHIFTS, MULTIPLIERS, strict=False):
            word = (word ^ (word >> np.uint64(shift))) * np.uint64(multiplier)
    return word ^ (word >> np.uint64(SHIFTS[2]))


def exactly(seed: int, words: Iterable[int], purpose: Purpose) -> float:
    """`uniform(keys(seed, *words), purpose)` in whole numbers of Python: what the arrays have to equal."""
    key = _mix(seed)
    for word in words:
        key = _mix(key ^ (word * STEP % 2**64))
    return (_mix(key ^ (purpose * STEP % 2**64)) >> 11) * 2.0**-53


def _mix(word: int) -> int:
    word = (word + STEP) % 2**64
    for shift, multiplier in zip(SHIFTS, MULTIPLIERS, strict=False):
        word = (word ^ (word >> shift)) * multiplier % 2**64
    return word ^ (word >> SHIFTS[2])
