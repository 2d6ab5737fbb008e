"""Where residents live, by each city's people.toml; read once, kept while the city stays what it is."""

from dataclasses import dataclass, field
from pathlib import Path

from mobility.city.rules.prepared import PreparedCity
from mobility.oversight.rules.coverage import Homes, homes_spread, homes_told
from mobility.people.reading import read_people


@dataclass(eq=False)
class Census:
    """`folder` has one for each city, by its id, with its people.toml; without it, residents are spread evenly."""

    folder: Path
    _known: dict[str, tuple[str, Homes]] = field(default_factory=dict)

    def homes_of(self, city: PreparedCity) -> Homes:
        """Reads files and takes a moment the first time: for a thread. Raises `PeopleRefused`."""
        key, known = city.document_hash, self._known.get(city.file.id)
        if known is None or known[0] != key:
            known = self._known[city.file.id] = (key, self._read(city))
        return known[1]

    def _read(self, city: PreparedCity) -> Homes:
        path = self.folder / city.file.id / "people.toml"
        if not path.is_file():
            return homes_spread(city.file)
        return homes_told(city.file, read_people(path, city).points)
