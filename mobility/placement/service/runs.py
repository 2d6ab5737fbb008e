"""The kinds of runs of a study: what a process of its own does, from everything it needs to one file's content."""

from dataclasses import dataclass
from functools import lru_cache

import msgspec

from mobility.placement.rules.document import Place, Replay
from mobility.placement.rules.study import Crews, ScenarioWords
from mobility.placement.service.inputs import Inputs, ground_for


@dataclass(frozen=True, eq=False)
class PlaceRun:
    inputs: Inputs
    scenario: ScenarioWords

    @property
    def name(self) -> str:
        return f"place-{self.scenario.code}"


@dataclass(frozen=True, eq=False)
class PlayRun:
    inputs: Inputs
    scenario: ScenarioWords
    place: Place
    seed: int

    @property
    def name(self) -> str:
        return f"play-{self.scenario.code}-{self.seed}"


@dataclass(frozen=True, eq=False)
class ReplayRun:
    """The day that a play of the same scenario and seed begins with, to be watched."""

    inputs: Inputs
    scenario: ScenarioWords

    @property
    def name(self) -> str:
        return replay_name(self.scenario.code)


def replay_name(scenario: str) -> str:
    return f"replay-{scenario}"


Run = PlaceRun | PlayRun | ReplayRun
Figures = dict[str, float]


def done(run: Run) -> bytes:
    """The run's answer as JSON: a `Place`, the figures of a day, or a `Replay`."""
    match run:
        case PlaceRun():
            return msgspec.json.encode(_placed(run))
        case PlayRun():
            return msgspec.json.encode(_played(run))
        case ReplayRun():
            return msgspec.json.encode(_replayed(run))


def _crews(run: PlayRun | ReplayRun) -> Crews:
    return run.scenario.crews or run.inputs.study.simulation.crews


def _placed(run: PlaceRun | ReplayRun) -> Place:
    # Solvers and compilers take seconds to import, which who only reads results need not wait for.
    from mobility.placement.service.placing import place

    return place(ground_for(run.inputs), run.scenario)


def _played(run: PlayRun) -> Figures:
    from mobility.placement.service.playing import play

    return play(
        _town(run.inputs),
        run.place,
        run.inputs.factors,
        seed=run.seed,
        crews=_crews(run),
        demand_factor=run.scenario.demand_factor,
    )


def _replayed(run: ReplayRun) -> Replay:
    from mobility.placement.service.replaying import replay

    return replay(
        _town(run.inputs),
        _placed(run),
        code=run.scenario.code,
        seed=run.inputs.study.simulation.seed,
        crews=_crews(run),
        demand_factor=run.scenario.demand_factor,
    )


@lru_cache(maxsize=1)
def _town(inputs: Inputs):  # type: ignore[no-untyped-def]  # its type is imported with it
    from mobility.placement.service.town import study_town

    return study_town(ground_for(inputs))
