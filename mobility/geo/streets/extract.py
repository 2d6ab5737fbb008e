"""What an OpenStreetMap file says of streets: `.osm` (XML) and `.osm.pbf`, by osmium.

Traps of real files: ways may come before their nodes, so the file is read twice; editors leave deleted elements in it,
marked `action="delete"`, which osmium reads like any other; a way may name nodes that the extract does not hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid

if TYPE_CHECKING:
    from osmium.osm import Node
    from osmium.osm import Way as OsmWay

Tags = Mapping[str, str]
SUFFIXES = (".osm", ".osm.pbf")
NODE_TAGS = ("highway", "crossing", "barrier", "access", "foot", "motor_vehicle")
"""What of a node a pace may depend on."""


class StreetsUnreadable(Invalid):
    code = "streets_unreadable"
    fr = "Le fichier de rues {file} ne peut pas être lu : {reason}."
    en = "The street file {file} cannot be read: {reason}."


@dataclass(frozen=True, slots=True)
class Way:
    """A line of nodes, by their ids; those of pieces that the extract cuts off are left out."""

    nodes: tuple[int, ...]
    tags: Tags

    def steps(self) -> Iterator[tuple[int, int]]:
        return pairwise(self.nodes)


@dataclass(frozen=True, eq=False)
class Extract:
    """Ways with a `highway` tag.

    Parameters
    ----------
    node : int array, shape (nodes,), ascending
        Ids of the nodes that the ways need.
    lon, lat : float arrays, shape (nodes,) [degrees]
    node_tags : by id
        Of nodes that have any of `NODE_TAGS`.
    """

    ways: tuple[Way, ...]
    node: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node_tags: Mapping[int, Tags]


def read_extract(path: Path) -> Extract:
    """All streets of a file.

    Raises
    ------
    StreetsUnreadable
        Also when there is no street in it.
    """
    if not path.name.endswith(SUFFIXES):
        raise StreetsUnreadable(file=path.name, reason=f"its name does not end in {' or '.join(SUFFIXES)}")
    try:
        deleted = _deleted(path) if path.name.endswith(".osm") else frozenset()
        extract = _without_gaps(*_read(path, deleted))
    except (OSError, RuntimeError, ElementTree.ParseError) as error:
        raise StreetsUnreadable(file=path.name, reason=str(error).rstrip(".")) from error
    if not extract.ways:
        raise StreetsUnreadable(file=path.name, reason="it has no street")
    return extract


Deleted = frozenset[tuple[str, int]]
Points = dict[int, tuple[float, float]]


def _deleted(path: Path) -> Deleted:
    """Elements that an editor has deleted and still writes."""
    found = []
    for _, element in ElementTree.iterparse(path):  # noqa: S314 - expat bounds what entities grow to
        if element.get("action") == "delete":
            found.append((element.tag, int(element.get("id", 0))))
        element.clear()
    return frozenset(found)


def _read(path: Path, deleted: Deleted) -> tuple[list[Way], Points, dict[int, Tags]]:
    # Two hundred modules, for a command that few processes run.
    import osmium

    streets = osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    ways = [
        Way(tuple(node.ref for node in way.nodes), dict(way.tags))
        for way in cast("Iterator[OsmWay]", streets)
        if ("way", way.id) not in deleted
    ]
    needed = {node for way in ways for node in way.nodes}
    points: Points = {}
    tags: dict[int, Tags] = {}
    for node in cast("Iterator[Node]", osmium.FileProcessor(str(path), osmium.osm.NODE)):
        if node.id in needed and ("node", node.id) not in deleted and node.location.valid():
            points[node.id] = node.location.lon, node.location.lat
            if told := {key: node.tags[key] for key in NODE_TAGS if key in node.tags}:
                tags[node.id] = told
    return ways, points, tags


def _without_gaps(ways: list[Way], points: Points, tags: dict[int, Tags]) -> Extract:
    whole = tuple(Way(run, way.tags) for way in ways for run in _runs(way.nodes, points))
    used = sorted({node for way in whole for node in way.nodes})
    places = np.array([points[node] for node in used], np.float64).reshape(-1, 2)
    return Extract(whole, np.array(used, np.int64), places[:, 0], places[:, 1], tags)


def _runs(nodes: tuple[int, ...], points: Points) -> Iterator[tuple[int, ...]]:
    """The stretches of a way whose nodes are there."""
    run: list[int] = []
    for node in nodes:
        if node in points:
            run.append(node)
            continue
        if len(run) > 1:
            yield tuple(run)
        run = []
    if len(run) > 1:
        yield tuple(run)
