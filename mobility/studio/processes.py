"""Works on jobs in a process of their own, the nicest there is: a worker has riders waiting."""

import asyncio
import multiprocessing
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any

from mobility.base.errors import Problem
from mobility.geo.streets.shelf import Streets
from mobility.studio.ports import Ended, JobLost, Step, Work

LOOK_S = 0.1
ASK_EVERY_S = 1.0
NICE = 10
NOT_INSTALLED = {
    "fr": "Imprimer demande l'extra « studies », qui n'est pas installé.",
    "en": "Printing needs the extra `studies`, which is not installed.",
}


@dataclass(frozen=True, slots=True)
class JobProcess:
    """A fresh process for each job; `studies` is the folder where studies are kept."""

    study: Path
    studies: Path
    streets: Path

    async def run(
        self,
        work: Work,
        *,
        tell: Callable[[Step], Awaitable[None]],
        is_cancelled: Callable[[], Awaitable[bool]],
    ) -> Ended | None:
        """As `ports.JobRunner`."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self, work), daemon=True)
        process.start()
        theirs.close()
        try:
            return await _answer(ours, tell, is_cancelled)
        finally:
            ours.close()
            process.kill()  # what is finished is kept, each run whole or not at all
            await asyncio.to_thread(process.join)


async def _answer(
    pipe: Connection, tell: Callable[[Step], Awaitable[None]], is_cancelled: Callable[[], Awaitable[bool]]
) -> Ended | None:
    asked_at = monotonic()
    while True:
        try:
            while pipe.poll():
                said = pipe.recv()
                if isinstance(said, Ended):
                    return said
                await tell(said)
        except (EOFError, OSError) as error:
            raise JobLost from error
        if monotonic() - asked_at >= ASK_EVERY_S:
            asked_at = monotonic()
            if await is_cancelled():
                return None
        await asyncio.sleep(LOOK_S)


def _work(pipe: Any, at: JobProcess, work: Work) -> None:
    os.nice(NICE)
    try:
        ended = done(at, work, lambda name, finished, total: pipe.send(Step(name, finished, total)))
    except Problem as refusal:
        ended = Ended(None, refusal.sentence(work.language))
    pipe.send(ended)


def done(at: JobProcess, work: Work, told: Callable[[str, int, int], None]) -> Ended:
    """In the process: the study's folder has what was asked for."""
    # Here, because solvers and compilers take seconds to import, and the worker never solves anything.
    from mobility.placement.folder import Cabinet
    from mobility.studio.rules.drawings import study_of
    from mobility.studio.service.boards import inputs_for

    read = inputs_for(at.study, work.city, Streets(at.streets))
    inputs = replace(read, study=study_of(read.study, work.sketches, work.language))
    folder = Cabinet(at.studies).folder_of(inputs, datetime.now(UTC))
    if work.kind == "replay":
        _watched(inputs, folder, told)
        return Ended(inputs.id)
    return _studied(inputs, folder, work.language, told)


def _watched(inputs: Any, folder: Any, told: Callable[[str, int, int], None]) -> None:
    from mobility.placement.service import runs

    run = runs.ReplayRun(inputs, inputs.study.scenarios[0])
    told("replay", 0, 1)
    if folder.find(run.name) is None:
        folder.keep(run.name, runs.done(run))
    told("replay", 1, 1)


def _studied(inputs: Any, folder: Any, language: str, told: Callable[[str, int, int], None]) -> Ended:
    from importlib.util import find_spec

    from mobility.placement.press import publish
    from mobility.placement.processes import Processes
    from mobility.placement.service.studies import run_study

    if find_spec("matplotlib") is None:
        return Ended(None, NOT_INSTALLED[language])
    answer = run_study(inputs, folder, Processes(1), told=told)
    told("print", 0, 1)
    publish(answer, inputs, folder)
    folder.answer(answer)  # the last: what is answered has its report
    told("print", 1, 1)
    return Ended(inputs.id)
