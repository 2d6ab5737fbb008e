"""The two kinds of runs of a study: what a process of its own does, from everything it needs to one file's content."""

from dataclasses import dataclass
from functools import lru_cache

import msgspec

from mobility.placement.rules.document import Place
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

    @property
    def crews(self) -> Crews:
        return self.scenario.crews or self.inputs.study.simulation.crews


Run = PlaceRun | PlayRun
Figures = dict[str, float]


def done(run: Run) -> bytes:
    """The run's answer as JSON, a `Place` or the figures of a day."""
    return msgspec.json.encode(_placed(run) if isinstance(run, PlaceRun) else _played(run))


def _placed(run: PlaceRun) -> Place:
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
        crews=run.crews,
        demand_factor=run.scenario.demand_factor,
    )


@lru_cache(maxsize=1)
def _town(inputs: Inputs):  # type: ignore[no-untyped-def]  # its type is imported with it
    from mobility.placement.service.town import study_town

    return study_town(ground_for(inputs))
