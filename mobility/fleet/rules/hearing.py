"""What becomes of a vehicle's latest state when it reports, possibly late, twice or in disorder."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mobility.geo import LonLat

MATTERS = ("position", "charge_percent", "range_m", "odometer_m", "locked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a vehicle said at one instant; None is what it did not say."""

    at: datetime
    seq: int
    position: LonLat | None = None
    charge_percent: float | None = None
    range_m: int | None = None
    odometer_m: int | None = None
    locked: bool | None = None

    def said(self) -> dict[str, Any]:
        return {matter: value for matter in MATTERS if (value := getattr(self, matter)) is not None}


def latest(reports: Iterable[Heard], *, after: tuple[datetime, int]) -> Heard | None:
    """The newest word on each matter among what is newer than `after` (time, number); None when nothing is."""
    news = sorted((heard for heard in reports if _age(heard) > after), key=_age)
    if not news:
        return None
    said = {matter: value for heard in news for matter, value in heard.said().items()}
    return Heard(at=news[-1].at, seq=news[-1].seq, **said)


def status_columns(news: Heard, *, max_range_m: int) -> dict[str, Any]:
    """What the latest state becomes; a vehicle that tells only its charge goes that part of `max_range_m` metres."""
    columns: dict[str, Any] = {"reported_at": news.at, "report_seq": news.seq, **news.said()}
    position = columns.pop("position", None)
    if position is not None:
        columns |= {"lon": position.lon, "lat": position.lat}
    if news.charge_percent is not None and news.range_m is None:
        columns["range_m"] = int(max_range_m * news.charge_percent / 100)
    return columns


def _age(heard: Heard) -> tuple[datetime, int]:
    return heard.at, heard.seq
