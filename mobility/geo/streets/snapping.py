"""Where points join the streets: on the nearest piece, at a share of its length, a straight walk away."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from mobility.geo.streets.network import Network
from mobility.geo.streets.paces import per_metre

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OFF_M_MAX = 300.0
"""Whoever is farther from every street is outside the network."""
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points on the network.

    Parameters
    ----------
    edge : int array, shape (points,)
        -1 for a point outside.
    share : float array, shape (points,), 0 to 1
        How far along the edge from its tail.
    off_m, off_s : float arrays, shape (points,) [m], [s]
        From the point to the street.
    """

    edge: Ints
    share: Floats
    off_m: Floats
    off_s: Floats

    @property
    def inside(self) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = self.edge != NOWHERE
        return inside


@dataclass(frozen=True, eq=False)
class Snapping:
    """The pieces of a network, found by place."""

    network: Network

    @cached_property
    def places(self) -> Floats:
        """Of the nodes, (nodes, 2) [m]."""
        return np.stack(self.network.plane.project(self.network.lon, self.network.lat), axis=1)

    @cached_property
    def _ends(self) -> tuple[Floats, Floats]:
        """Of each edge, its tail and the way from there to its head, (edges, 2) [m]."""
        tails = self.places[self.network.tail]
        return tails, self.places[self.network.head] - tails

    @cached_property
    def _tree(self) -> shapely.STRtree:
        tails, spans = self._ends
        lines = shapely.linestrings(np.stack([tails, tails + spans], axis=1))
        return shapely.STRtree(np.atleast_1d(np.asarray(lines, np.object_)))

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> Snapped:
        """Join points to their nearest piece of street."""
        places = np.stack(self.network.plane.project(np.atleast_1d(lon), np.atleast_1d(lat)), axis=1)
        edge = np.full(len(places), NOWHERE, np.int64)
        near = self._tree.query_nearest(shapely.points(places), max_distance=OFF_M_MAX, all_matches=False)
        edge[near[0]] = near[1]
        tails, spans = (each[edge] for each in self._ends)
        squared = np.maximum((spans**2).sum(axis=1), 1e-9)
        share = np.clip(((places - tails) * spans).sum(axis=1) / squared, 0, 1)
        off_m = np.hypot(*(places - tails - share[:, None] * spans).T)
        off_m[edge == NOWHERE] = np.inf
        return Snapped(edge, share, off_m, off_m * per_metre(self.network.speed_kmh))
