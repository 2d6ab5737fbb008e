"""A street network as arrays: edges on the ground, arcs for the search, one file that opens at once."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from mobility.geo.bounds import Bounds
from mobility.geo.streets.extract import StreetsUnreadable
from mobility.geo.streets.plane import Plane

Floats = NDArray[np.float64]
Seconds = NDArray[np.float32]
Ints = NDArray[np.int32]

FORMAT = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class Network:
    """The streets of one profile; everywhere in it can be reached from everywhere.

    Parameters
    ----------
    profile : how one moves: the name of a `paces.Profile`
    speed_kmh : on plain ground: how one gets from a door to the street
    lon, lat : float arrays, shape (nodes,) [degrees]
    tail, head : int arrays, shape (edges,)
        The nodes of a piece of street.
    forward_s, backward_s : float arrays, shape (edges,) [s]
        From tail to head and back, waits at the node it ends in included; infinite: not allowed.
    left_out : nodes of the file that the largest part of it does not reach
    source : who is to be named, and the file it was made from
    """

    profile: str
    speed_kmh: float
    lon: Floats
    lat: Floats
    tail: Ints
    head: Ints
    forward_s: Seconds
    backward_s: Seconds
    left_out: int
    source: str

    @property
    def nodes(self) -> int:
        return len(self.lon)

    @cached_property
    def bounds(self) -> Bounds:
        return Bounds(self.lon.min(), self.lat.min(), self.lon.max(), self.lat.max())

    @cached_property
    def plane(self) -> Plane:
        return Plane(float(self.lon.mean()), float(self.lat.mean()))

    @cached_property
    def arcs(self) -> "Arcs":
        return arcs_of(self)

    @cached_property
    def length_m(self) -> Floats:
        """Of each edge."""
        x, y = self.plane.project(self.lon, self.lat)
        length: Floats = np.hypot(x[self.tail] - x[self.head], y[self.tail] - y[self.head])
        return length


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs by the node they leave: those of node n are `start[n]` up to `start[n + 1]`."""

    start: Ints
    to: Ints
    seconds: Seconds


def arcs_of(network: Network) -> Arcs:
    onward, back = np.isfinite(network.forward_s), np.isfinite(network.backward_s)
    leaves = np.concatenate([network.tail[onward], network.head[back]])
    reaches = np.concatenate([network.head[onward], network.tail[back]])
    seconds = np.concatenate([network.forward_s[onward], network.backward_s[back]])
    order = np.argsort(leaves, kind="stable")
    start = np.zeros(network.nodes + 1, np.int32)
    np.cumsum(np.bincount(leaves, minlength=network.nodes), out=start[1:])
    return Arcs(start, reaches[order], seconds[order])


def save(network: Network, path: Path) -> None:
    """Uncompressed: it is opened more often than it is sent."""
    members: dict[str, Any] = {name: np.array(getattr(network, name)) for name in (*WORDS, *ARRAYS)}
    with path.open("wb") as file:
        np.savez(file, format=np.array(FORMAT), **members)


def open_network(path: Path) -> Network:
    """A saved network.

    Raises
    ------
    StreetsUnreadable
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            if int(saved["format"]) != FORMAT:
                raise StreetsUnreadable(file=path.name, reason=f"its format is {int(saved['format'])}, not {FORMAT}")
            return Network(
                profile=str(saved["profile"]),
                source=str(saved["source"]),
                speed_kmh=float(saved["speed_kmh"]),
                left_out=int(saved["left_out"]),
                **{name: saved[name] for name in ARRAYS},
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise StreetsUnreadable(file=path.name, reason="it is no saved network") from error


WORDS = ("profile", "source", "speed_kmh", "left_out")
ARRAYS = ("lon", "lat", "tail", "head", "forward_s", "backward_s")
