"""What a walk is worth: each objective turns distances into losses, which a plan keeps small.

A loss never falls with the distance, so that a demand point is always served by its nearest station. Distances have any
unit (minutes, metres), the same everywhere in an instance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid

Reals = NDArray[np.float64]


class ObjectiveInvalid(Invalid):
    code = "placement_objective_invalid"
    fr = "L'objectif du placement ne convient pas : {reason}."
    en = "The placement's objective cannot be used: {reason}."


class Objective(Protocol):
    @property
    def bounded(self) -> bool:
        """May a place be out of reach, at a distance without end?"""
        ...

    def loss(self, distance: Reals) -> Reals:
        """Of one unit of demand at each distance; at least 0."""
        ...


@dataclass(frozen=True, slots=True)
class Covering:
    """Everybody within the radius counts as served, nobody beyond: the loss is 0 or 1 (Church, ReVelle 1974)."""

    radius: float
    bounded = True

    def __post_init__(self) -> None:
        if not (isfinite(self.radius) and self.radius >= 0):
            raise ObjectiveInvalid(reason=f"a radius of {self.radius}")

    def loss(self, distance: Reals) -> Reals:
        return np.asarray(distance > self.radius, np.float64)


@dataclass(frozen=True, slots=True)
class GradualCovering:
    """Fully served up to one distance, not at all from another on, falling evenly between: the loss is 0 to 1."""

    full_within: float
    none_from: float
    bounded = True

    def __post_init__(self) -> None:
        if not (isfinite(self.none_from) and 0 <= self.full_within < self.none_from):
            raise ObjectiveInvalid(reason=f"full service up to {self.full_within} and none from {self.none_from}")

    def loss(self, distance: Reals) -> Reals:
        return np.clip((distance - self.full_within) / (self.none_from - self.full_within), 0, 1)


@dataclass(frozen=True, slots=True)
class PMedian:
    """The loss is the distance (Hakimi 1964)."""

    bounded = False

    def loss(self, distance: Reals) -> Reals:
        return distance


@dataclass(frozen=True)
class Mix:
    """A sum of objectives, each times its factor: a factor weighs one's loss against another's, unit for unit."""

    parts: Sequence[tuple[float, Objective]]

    def __post_init__(self) -> None:
        if not self.parts or not all(isfinite(factor) and factor > 0 for factor, _ in self.parts):
            raise ObjectiveInvalid(reason="a mix has parts, and their factors are above 0")

    @property
    def bounded(self) -> bool:
        return all(part.bounded for _, part in self.parts)

    def loss(self, distance: Reals) -> Reals:
        return np.asarray(sum(factor * part.loss(distance) for factor, part in self.parts))
