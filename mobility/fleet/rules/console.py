"""What one operator's screen must still be told: bounded, the latest of each vehicle, every change of state."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from mobility.base.errors import Invalid
from mobility.geo import Bounds, LonLat

BOX_KM2_MAX = 10_000
"""A square of 100 km: more than any city; who wants more than that leaves the box out."""


class BoxUnreadable(Invalid):
    code = "box_unreadable"
    fr = "Le cadre de la carte s'écrit « ouest,sud,est,nord », en degrés, sans passer le 180e méridien."
    en = 'The box of the map is written "west,south,east,north", in degrees, not across the 180th meridian.'


class BoxTooLarge(Invalid):
    code = "box_too_large"
    fr = "Le cadre de la carte dépasse {km2_max} km²."
    en = "The box of the map is larger than {km2_max} km²."


def read_box(text: str) -> Bounds:
    """The box that `west,south,east,north` names, WGS 84 degrees; raises `BoxUnreadable`, `BoxTooLarge`."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise BoxUnreadable from None
    # NaN compares false with everything.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BoxUnreadable
    box = Bounds(west, south, east, north)
    if box.area_km2 > BOX_KM2_MAX:
        raise BoxTooLarge(km2_max=BOX_KM2_MAX)
    return box


class Heading(Struct, frozen=True):
    """What must be known of a message to pass it on; the rest of it is passed on unread."""

    kind: str = "vehicle"
    id: UUID | None = None
    seq: int = 0
    position: LonLat | None = None


class News(Struct, frozen=True):
    """A message of the live stream with its server-sent event, the same bytes for every console."""

    id: str
    heading: Heading
    event: bytes


def news_of(id_: str, data: bytes) -> News:
    """A message of the stream as it is passed on; see `live_map.LiveMapMessage`."""
    heading = msgspec.json.decode(data, type=Heading)
    return News(id_, heading, event(heading.kind, id_, data))


def event(name: str, id_: str, data: bytes) -> bytes:
    """A server-sent event; `data` is JSON on one line."""
    return b"event: %b\nid: %b\ndata: %b\n\n" % (name.encode(), id_.encode(), data)


@dataclass
class Console:
    """What waits for one screen, in the order of ids: who has seen an event has missed nothing before it.

    Parameters
    ----------
    box : Bounds or None
        Only vehicles in it are shown; None shows the whole city.
    shown : dict of vehicle to whether the screen shows it
    returned : bool
        The screen shows vehicles from before, and nobody knows which.
    """

    box: Bounds | None
    shown: dict[UUID, bool] = field(default_factory=dict)
    returned: bool = False
    _pending: dict[Any, bytes] = field(default_factory=dict)

    def hear(self, news: News) -> None:
        heading = news.heading
        if heading.kind != "vehicle" or heading.id is None:
            self._put(news.id, news.event)
        elif self._is_inside(heading.position):
            self.shown[heading.id] = True
            # By its number too: only reports from one and the same state replace each other.
            self._put((heading.id, heading.seq), news.event)
        elif self.shown.get(heading.id, self.returned):
            self.shown[heading.id] = False
            gone = msgspec.json.encode({"id": heading.id})
            self._put((heading.id, "gone"), event("gone", news.id, gone))

    def take(self, most: int) -> bytes:
        """The oldest `most` events; they wait no longer."""
        keys = list(islice(self._pending, most))
        return b"".join(self._pending.pop(key) for key in keys)

    @property
    def waiting(self) -> int:
        """How many events wait."""
        return len(self._pending)

    def _is_inside(self, position: LonLat | None) -> bool:
        return self.box is None or position is None or self.box.contains(position)

    def _put(self, key: Any, told: bytes) -> None:
        # Behind the others: in the place of the old one its id would come before smaller ones.
        self._pending.pop(key, None)
        self._pending[key] = told
