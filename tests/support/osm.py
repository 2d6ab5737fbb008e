"""Small OpenStreetMap files, written as editors write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mobility.geo.streets.build import build
from mobility.geo.streets.extract import read_extract
from mobility.geo.streets.network import Network
from mobility.geo.streets.paces import WALK, Profile

# On the equator a thousandth of a degree is 111.2 m, east and north.
STEP = 0.001
STEP_M = 111.195


@dataclass
class Sheet:
    """Nodes at steps east and north of a corner, ways between them; both may carry more attributes."""

    lon: float = 0
    lat: float = 0
    nodes: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)

    def node(self, id_: int, east: float, north: float, more: str = "", **tags: str) -> "Sheet":
        place = f"lon='{self.lon + east * STEP:.7f}' lat='{self.lat + north * STEP:.7f}'"
        self.nodes.append(f"<node id='{id_}' version='1' {place} {more}>{_tags(tags)}</node>")
        return self

    def way(self, id_: int, nodes: Sequence[int], more: str = "", **tags: str) -> "Sheet":
        refs = "".join(f"<nd ref='{node}'/>" for node in nodes)
        self.ways.append(f"<way id='{id_}' version='1' {more}>{refs}{_tags({'highway': 'residential'} | tags)}</way>")
        return self

    def write(self, folder: Path, name: str = "town.osm") -> Path:
        """Ways before nodes, which the format allows."""
        path = folder / name
        path.write_text(f"<osm version='0.6'>{''.join(self.ways)}{''.join(self.nodes)}</osm>")
        return path

    def network(self, folder: Path, profile: Profile = WALK) -> Network:
        return build(read_extract(self.write(folder)), profile, source="made up")


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k='{key.replace('__', ':')}' v='{value}'/>" for key, value in tags.items())


def square(**tags: str) -> Sheet:
    """A block: 1 2 / 4 3, its four sides of one step, the south side with the tags."""
    sheet = Sheet().node(1, 0, 1).node(2, 1, 1).node(3, 1, 0).node(4, 0, 0)
    return sheet.way(10, [4, 1, 2, 3]).way(11, [4, 3], **tags)
