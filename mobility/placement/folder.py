"""Studies on disk: reading what they are made from, keeping what they found, one folder each, one file a run."""

import csv
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import msgspec

from mobility.base.errors import NotFound, Unavailable
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.city.service import read_city_file
from mobility.geo.streets.network import open_network
from mobility.people.reading import read_people
from mobility.placement.rules.document import Answer
from mobility.placement.rules.study import StudyRefused, parse_factors, parse_study
from mobility.placement.service.inputs import Inputs

ANSWER, MANIFEST, RUNS = "answer.json", "study.json", "runs"


class UnknownStudy(NotFound):
    code = "unknown_study"
    fr = "Il n'y a pas d'étude « {name} » dans {folder}."
    en = "There is no study {name!r} in {folder}."


class StudyNotKept(Unavailable):
    code = "study_not_kept"
    fr = "Le dossier des études ne peut pas être écrit ({reason}) ; les calculs finis y restent."
    en = "The folder of studies cannot be written ({reason}); finished runs stay there."


def read_inputs(path: Path, version: str) -> Inputs:
    """A study file with all that it names.

    Raises
    ------
    StudyRefused, CityFileRefused, PeopleRefused, StreetsUnreadable
    """
    study, folder = parse_study(_toml(path)), path.parent
    city = read_city_file(folder / study.city)
    rows = () if study.candidates.file is None else tuple(_rows(folder / study.candidates.file))
    return Inputs(
        study=study,
        city=city,
        people=read_people(folder / study.people, PreparedCity(city, hash_of(city))),
        rows=rows,
        factors=parse_factors(_toml(folder / study.factors)),
        network=None if study.streets is None else open_network(folder / study.streets),
        version=version,
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudyRefused(reason=f"{path.name} cannot be read: {error}") from None


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except (OSError, UnicodeDecodeError) as error:
        raise StudyRefused(reason=f"{path.name} cannot be read: {error}") from None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a study's folder is of; `begun_at` is when it was first asked for."""

    study_id: str
    code: str
    city_id: str
    version: str
    begun_at: datetime
    runs: int = 0
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """One study's folder, as a `ports.Shelf`."""

    path: Path

    def find(self, run: str) -> bytes | None:
        file = self.path / RUNS / f"{run}.json"
        return file.read_bytes() if file.exists() else None

    def keep(self, run: str, content: bytes) -> None:
        write(self.path / RUNS / f"{run}.json", content)

    def answer(self, answer: Answer) -> None:
        write(self.path / ANSWER, msgspec.json.encode(answer))

    def publish(self, name: str, content: bytes) -> None:
        """A picture or a report beside the answer."""
        write(self.path / name, content)

    def read(self) -> Answer:
        return msgspec.json.decode((self.path / ANSWER).read_bytes(), type=Answer)

    def manifest(self) -> Manifest:
        told = msgspec.json.decode((self.path / MANIFEST).read_bytes(), type=Manifest)
        runs = len(list((self.path / RUNS).glob("*.json")))
        return msgspec.structs.replace(told, runs=runs, is_answered=(self.path / ANSWER).exists())


@dataclass(frozen=True, slots=True)
class Cabinet:
    """All studies of a folder."""

    path: Path

    def folder_of(self, inputs: Inputs, now: datetime) -> StudyFolder:
        """The study's folder; the first time it is made."""
        folder = self.path / f"{inputs.study.code}-{inputs.id}"
        manifest = Manifest(
            study_id=inputs.id, code=inputs.study.code, city_id=inputs.city.id, version=inputs.version, begun_at=now
        )
        with _refused():
            (folder / RUNS).mkdir(parents=True, exist_ok=True)
        if not (folder / MANIFEST).exists():
            write(folder / MANIFEST, msgspec.json.encode(manifest))
        return StudyFolder(folder)

    def studies(self) -> list[Manifest]:
        """The latest first."""
        found = [StudyFolder(path.parent).manifest() for path in self.path.glob(f"*/{MANIFEST}")]
        return sorted(found, key=lambda each: each.begun_at, reverse=True)

    def find(self, name: str) -> StudyFolder:
        """By the beginning of its id, or by its code: then the latest; raises `UnknownStudy`."""
        for each in self.studies():
            if each.study_id.startswith(name) or each.code == name:
                return StudyFolder(self.path / f"{each.code}-{each.study_id}")
        raise UnknownStudy(name=name, folder=str(self.path))


def write(path: Path, content: bytes) -> None:
    """Whole or not at all, whatever ends the process meanwhile; raises `StudyNotKept`."""
    with _refused(), NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StudyNotKept(reason=error.strerror) from error
