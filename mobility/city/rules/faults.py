from collections.abc import Sequence
from dataclasses import asdict, dataclass

from mobility.base.errors import Invalid


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of a city file: where it stands (`stations[3].bays`), a stable code, and what is wrong there."""

    path: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class CityFileRefused(Invalid):
    """The file is refused whole; `faults` lists every error found."""

    code = "city_file_refused"
    fr = "Le fichier de la ville est refusé : {count} erreur(s)."
    en = "The city file is refused: {count} error(s)."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults), errors=[asdict(fault) for fault in faults])
        self.faults = tuple(faults)
