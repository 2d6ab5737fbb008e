from collections.abc import Mapping
from datetime import date
from typing import Protocol, runtime_checkable


@runtime_checkable
class Tally(Protocol):
    """Counts what became of reports, by city and day (UTC). Counters may be lost; rows are the truth."""

    async def add(self, day: date, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Add to the counters of a day: city → what ("accepted", "repeated" or a code) → how many."""

    async def read(self, day: date, city_id: str) -> dict[str, int]:
        """The counters of a city on a day; what was never counted is left out."""
