"""What is kept of studies, by whoever ran them: the command line or a job."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mobility.placement.folder import ANSWER, Cabinet, Manifest, StudyFolder, UnknownStudy
from mobility.placement.press import PAGE, PAPER
from mobility.placement.service.runs import replay_name
from mobility.studio.rules.refusals import NotReady

Form = Literal["html", "pdf"]
FILES: dict[Form, str] = {"html": PAGE, "pdf": PAPER}


@dataclass(frozen=True, slots=True)
class Studies:
    """The folder of studies; files are read in a thread."""

    folder: Path

    async def list_answered(self, city_id: str, limit: int) -> list[Manifest]:
        """Of a city, the latest first."""
        found = await asyncio.to_thread(Cabinet(self.folder).studies)
        return [each for each in found if each.city_id == city_id and each.is_answered][:limit]

    async def answer(self, city_id: str, study_id: str) -> bytes:
        """As JSON; raises `NotReady`."""
        return await asyncio.to_thread(self._read, city_id, study_id, ANSWER)

    async def report(self, city_id: str, study_id: str, form: Form) -> bytes:
        """Raises `NotReady`."""
        return await asyncio.to_thread(self._read, city_id, study_id, FILES[form])

    async def replay(self, city_id: str, study_id: str, scenario: str) -> bytes:
        """As JSON; raises `NotReady`."""

        def read() -> bytes:
            content = self._folder(city_id, study_id).find(replay_name(scenario))
            if content is None:
                raise NotReady
            return content

        return await asyncio.to_thread(read)

    def _read(self, city_id: str, study_id: str, name: str) -> bytes:
        file = self._folder(city_id, study_id).path / name
        if not file.is_file():
            raise NotReady
        return file.read_bytes()

    def _folder(self, city_id: str, study_id: str) -> StudyFolder:
        try:
            folder = Cabinet(self.folder).find(study_id)
        except UnknownStudy:
            raise NotReady from None
        if folder.manifest().city_id != city_id:
            raise NotReady
        return folder
