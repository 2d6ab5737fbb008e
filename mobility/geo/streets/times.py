"""How long it takes: from many points to many, and to every node from the nearest of some points."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mobility.geo.streets.network import Network
from mobility.geo.streets.snapping import Snapped, Snapping

Seconds = NDArray[np.float32]
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class Joints(NamedTuple):
    """Nodes where points join the network, (points, 2), -1 where there is none, and the seconds on the way."""

    node: Ints
    seconds: Seconds


class Nearest(NamedTuple):
    """Of each node [s], and the number of the point it is nearest to; infinite and -1 beyond the limit."""

    seconds: Seconds
    point: Ints


@dataclass(frozen=True, eq=False)
class Times:
    """A network to ask."""

    network: Network

    @cached_property
    def snapping(self) -> Snapping:
        return Snapping(self.network)

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> Snapped:
        return self.snapping.snap(lon, lat)

    def between(self, origins: Snapped, destinations: Snapped, *, limit_s: float) -> Seconds:
        """Seconds, (origins, destinations), the walks to and from the street included; infinite beyond the limit."""
        # Here, because Numba takes a second to import, and most processes never ask how long a walk takes.
        from mobility.geo.streets.search import from_each

        arcs = self.network.arcs
        out, into = self.leaving(origins), self.arriving(destinations)
        times: Seconds = from_each(arcs.start, arcs.to, arcs.seconds, *out, *into, np.float32(limit_s))
        direct = self._along_one_piece(origins, destinations)
        return np.where(direct <= limit_s, np.minimum(times, direct), times)

    def from_nearest(self, origins: Snapped, *, limit_s: float) -> Nearest:
        from mobility.geo.streets.search import from_nearest

        arcs = self.network.arcs
        return Nearest(*from_nearest(arcs.start, arcs.to, arcs.seconds, *self.leaving(origins), np.float32(limit_s)))

    def leaving(self, points: Snapped) -> Joints:
        """By the head of their edge, onward, or by its tail, back."""
        network, edge = self.network, points.edge
        onward = part(1 - points.share, network.forward_s[edge])
        back = part(points.share, network.backward_s[edge])
        return _joints(points, np.stack([network.head[edge], network.tail[edge]], axis=1), onward, back)

    def arriving(self, points: Snapped) -> Joints:
        """From the tail of their edge, onward, or from its head, back."""
        network, edge = self.network, points.edge
        onward = part(points.share, network.forward_s[edge])
        back = part(1 - points.share, network.backward_s[edge])
        return _joints(points, np.stack([network.tail[edge], network.head[edge]], axis=1), onward, back)

    def _along_one_piece(self, origins: Snapped, destinations: Snapped) -> Seconds:
        """Between points of the same edge, without passing a node; infinite between others."""
        same = (origins.edge[:, None] == destinations.edge[None]) & origins.inside[:, None]
        further = destinations.share[None] - origins.share[:, None]
        edge = origins.edge[:, None]
        seconds = np.where(further > 0, self.network.forward_s[edge], self.network.backward_s[edge])
        way = part(np.abs(further), seconds)
        way += origins.off_s[:, None] + destinations.off_s[None]
        return np.where(same, way, np.inf).astype(np.float32)


def part(share: Floats, seconds: NDArray[np.floating]) -> Floats:
    """Seconds for a share of a piece: none for no share, even where nobody may go."""
    taken: Floats = np.multiply(share, seconds, where=share > 0, out=np.zeros(share.shape))
    return taken


def _joints(points: Snapped, node: Ints, onward: Floats, back: Floats) -> Joints:
    seconds = np.stack([onward, back], axis=1) + points.off_s[:, None]
    known = np.isfinite(seconds) & points.inside[:, None]
    return Joints(np.where(known, node, -1).astype(np.int32), np.where(known, seconds, np.inf).astype(np.float32))
