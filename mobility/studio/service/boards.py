"""The ground of a city's study, to draw on: read once, kept while the city stays what it is."""

import asyncio
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import PreparedCity
from mobility.geo.streets.paces import WALK
from mobility.geo.streets.shelf import Streets
from mobility.geo.streets.times import Times
from mobility.placement.folder import read_inputs
from mobility.placement.rules.document import ScenarioAnswer
from mobility.placement.rules.study import TODAY, ScenarioWords, StudyRefused
from mobility.placement.service.drawing import Board
from mobility.placement.service.inputs import Inputs, ground_for
from mobility.studio.rules.refusals import NoStudio


def inputs_for(study: Path, city: CityFile, streets: Streets) -> Inputs:
    """A study of the city as it is served, on the service's own streets where it has some.

    Raises
    ------
    NoStudio
        There is no such file, or it is of another city.
    StudyRefused, PeopleRefused
    """
    if not study.is_file():
        raise NoStudio
    read = read_inputs(study, version("mobility"))
    if read.city.id != city.id:
        raise NoStudio
    times = streets.known(city.id, WALK.name)
    return replace(read, city=city, network=read.network if times is None else times.network)


@dataclass(frozen=True, eq=False)
class Opened:
    """A board, what it was made from, and what stands today."""

    inputs: Inputs
    board: Board
    today: ScenarioAnswer
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def evaluate(self, words: ScenarioWords) -> ScenarioAnswer:
        """As `Board.evaluate`, one after the other, in a thread: riders wait for this process meanwhile."""
        async with self._turn:
            return await asyncio.to_thread(self.board.evaluate, words)


@dataclass(eq=False)
class Boards:
    """`study` is the study file that the drawing table stands on."""

    study: Path
    streets: Streets
    _opened: dict[str, Opened] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, city: PreparedCity) -> Opened:
        """Raises as `inputs_for`; the first time takes a second, in a thread."""
        key = city.document_hash
        if key not in self._opened:
            async with self._opening:
                if key not in self._opened:
                    self._opened = {key: await asyncio.to_thread(self._open, city)}
        return self._opened[key]

    def _open(self, city: PreparedCity) -> Opened:
        inputs = inputs_for(self.study, city.file, self.streets)
        board = Board(ground_for(inputs), None if inputs.network is None else Times(inputs.network))
        if not board.standing:
            raise StudyRefused(reason="no station of the class stands: there is nothing to compare with")
        words = ScenarioWords(code=TODAY, name={"fr": "Aujourd’hui", "en": "Today"}, draws=())
        return Opened(inputs, board, board.evaluate(words))
