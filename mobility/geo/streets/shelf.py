"""The saved networks of a folder: `{city}.{profile}.npz`, opened when first asked for and kept open."""

from functools import cache
from pathlib import Path

from mobility.geo.streets.extract import StreetsUnreadable
from mobility.geo.streets.network import open_network
from mobility.geo.streets.paces import WALK
from mobility.geo.streets.times import Times
from mobility.geo.streets.travel import Walking


def file_of(folder: Path, city_id: str, profile: str) -> Path:
    return folder / f"{city_id}.{profile}.npz"


class Streets:
    """Networks by city and profile; without a folder no city has any.

    A file that comes later is found when the process starts again.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._find = cache(self._open)

    def find(self, city_id: str, profile: str) -> Times | None:
        """None for a city whose streets nobody has imported.

        Raises
        ------
        StreetsUnreadable
        """
        return self._find(city_id, profile)

    def known(self, city_id: str, profile: str) -> Times | None:
        """Likewise, but a file that cannot be read is as good as none: the work goes on, and says by what."""
        try:
            return self.find(city_id, profile)
        except StreetsUnreadable:
            return None

    def walking(self, city_id: str, speed_kmh: float) -> Walking:
        """How people walk there; the speed is that of straight lines."""
        return Walking(self.known(city_id, WALK.name), speed_kmh)

    def _open(self, city_id: str, profile: str) -> Times | None:
        if self._folder is None:
            return None
        path = file_of(self._folder, city_id, profile)
        return Times(open_network(path)) if path.exists() else None
