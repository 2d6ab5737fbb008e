"""From the streets of a file to the network of a profile."""

from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from mobility.geo.position import EARTH_RADIUS_M
from mobility.geo.streets.extract import Extract, StreetsUnreadable
from mobility.geo.streets.network import Network
from mobility.geo.streets.paces import Pace, Profile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def build(extract: Extract, profile: Profile, *, source: str) -> Network:
    """The largest part of the streets within which everywhere is reached from everywhere.

    Raises
    ------
    StreetsUnreadable
        When the profile finds no way in it.
    """
    tail, head, pace = _steps(extract, profile)
    if not len(tail):
        raise StreetsUnreadable(file=source, reason=f"it has no street for the profile {profile.name}")
    length = _metres(extract, tail, head)
    delay = np.array([profile.delay_s(extract.node_tags.get(int(node), {})) for node in extract.node])
    waits = pace[:, 2] > 0
    forward = length * pace[:, 0] + _waiting(delay[head], waits)
    backward = length * pace[:, 1] + _waiting(delay[tail], waits)
    kept = _largest(len(extract.node), tail, head, forward, backward)
    inside = kept[tail] & kept[head] & (np.isfinite(forward) | np.isfinite(backward))
    number = np.cumsum(kept) - 1
    return Network(
        profile=profile.name,
        speed_kmh=profile.speed_kmh,
        lon=extract.lon[kept],
        lat=extract.lat[kept],
        tail=number[tail[inside]].astype(np.int32),
        head=number[head[inside]].astype(np.int32),
        forward_s=forward[inside].astype(np.float32),
        backward_s=backward[inside].astype(np.float32),
        left_out=int(len(np.unique(np.concatenate([tail, head]))) - kept.sum()),
        source=source,
    )


def _steps(extract: Extract, profile: Profile) -> tuple[Ints, Ints, Floats]:
    """Pieces between neighbouring nodes, by number, and their paces."""
    paced = [(way, pace) for way in extract.ways if (pace := profile.pace(way.tags))]
    ids = np.array([step for way, _ in paced for step in way.steps()], np.int64).reshape(-1, 2)
    paces = np.array([pace for way, pace in paced for _ in way.steps()], np.float64)
    ends = np.searchsorted(extract.node, ids)
    moves = ends[:, 0] != ends[:, 1]
    return ends[moves, 0], ends[moves, 1], paces.reshape(-1, len(Pace._fields))[moves]


def _metres(extract: Extract, tail: Ints, head: Ints) -> Floats:
    """On the sphere, by haversine."""
    lon, lat = np.radians(extract.lon), np.radians(extract.lat)
    half = np.sin((lat[head] - lat[tail]) / 2) ** 2
    half += np.cos(lat[tail]) * np.cos(lat[head]) * np.sin((lon[head] - lon[tail]) / 2) ** 2
    length: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    return length


def _waiting(delay: Floats, waits: NDArray[np.bool_]) -> Floats:
    """Nobody gets through what blocks; who goes along a road does not wait to cross it."""
    return np.where(waits | np.isinf(delay), delay, 0.0)


def _largest(count: int, tail: Ints, head: Ints, forward: Floats, backward: Floats) -> NDArray[np.bool_]:
    """The nodes of the largest strongly connected component."""
    onward, back = forward < inf, backward < inf
    leaves = np.concatenate([tail[onward], head[back]])
    reaches = np.concatenate([head[onward], tail[back]])
    graph = csr_array((np.ones(len(leaves), np.int8), (leaves, reaches)), shape=(count, count))
    _, label = connected_components(graph, connection="strong")
    used = np.unique(np.concatenate([tail, head]))
    sizes = np.bincount(label[used])
    kept: NDArray[np.bool_] = label == sizes.argmax()
    return kept
