"""The saved networks of a folder: `{city}.{profile}.npz`, opened when first asked for and kept open."""

from functools import cache
from pathlib import Path

from mobility.geo.streets.network import open_network
from mobility.geo.streets.times import Times


def file_of(folder: Path, city_id: str, profile: str) -> Path:
    return folder / f"{city_id}.{profile}.npz"


class Streets:
    """Networks by city and profile. A file that comes later is found when the process starts again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._find = cache(self._open)

    def find(self, city_id: str, profile: str) -> Times | None:
        """None for a city whose streets nobody has imported.

        Raises
        ------
        StreetsUnreadable
        """
        return self._find(city_id, profile)

    def _open(self, city_id: str, profile: str) -> Times | None:
        path = file_of(self._folder, city_id, profile)
        return Times(open_network(path)) if path.exists() else None
