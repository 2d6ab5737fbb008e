"""A study from its inputs to its answer: every finished run is kept, and none is repeated."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from mobility.placement.ports import Executor, Shelf
from mobility.placement.rules.choice import knee, on_front, worth_playing
from mobility.placement.rules.document import (
    FORMAT,
    Answer,
    Interval,
    Place,
    Played,
    ScenarioAnswer,
)
from mobility.placement.rules.ground import Ground
from mobility.placement.rules.reach import scenario_answer
from mobility.placement.rules.study import TODAY, ScenarioWords, scenarios_of
from mobility.placement.service.inputs import Inputs, ground_for
from mobility.placement.service.runs import Figures, PlaceRun, PlayRun, Run, done
from mobility.placement.service.telling import points_of, site_lines, sources_of, walking_of
from mobility.simulation.statistics import mean_of, paired

Told = Callable[[str, int, int], None]


class StudyStopped(Exception):
    """Cancelled before its end; what is finished is kept."""


def silent(_: str, __: int, ___: int) -> None:
    pass


def run_study(
    inputs: Inputs,
    shelf: Shelf,
    executor: Executor,
    *,
    told: Told = silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """The whole answer; `told` hears the name of a step, how many of its runs are finished and how many there are.

    Raises
    ------
    StudyStopped
        And what `service.placing.place` refuses, before anything runs.
    """
    ground, scenarios = ground_for(inputs), scenarios_of(inputs.study)
    refuse_what_cannot_be(ground, scenarios)
    runs = [PlaceRun(inputs, each) for each in scenarios]
    places = [
        msgspec.json.decode(each, type=Place) for each in _finished(runs, "place", shelf, executor, told, cancelled)
    ]
    answers = [scenario_answer(ground, words, place) for words, place in zip(scenarios, places, strict=True)]
    chosen = set(worth_playing(answers, inputs.study.front.simulate))
    plays = [run for run in _plays(inputs, scenarios, places) if run.scenario.code in chosen]
    contents = _finished(plays, "play", shelf, executor, told, cancelled)
    figures = [msgspec.json.decode(each, type=Figures) for each in contents]
    played = _compared([run.scenario.code for run in plays], figures)
    answers = [msgspec.structs.replace(each, played=played.get(each.code)) for each in answers]
    return _answer(inputs, ground, answers)


def refuse_what_cannot_be(ground: Ground, scenarios: Sequence[ScenarioWords]) -> None:
    from mobility.placement.service.drawing import as_drawn
    from mobility.placement.service.placing import programme_of
    from mobility.simulation.backtest.field import NoNightWork

    for scenario in scenarios:
        (programme_of if scenario.draws is None else as_drawn)(ground, scenario)
        if ground.city.file.night is None and (scenario.crews or ground.study.simulation.crews) == "plan":
            raise NoNightWork


def _plays(inputs: Inputs, scenarios: Sequence[ScenarioWords], places: Sequence[Place]) -> Iterator[PlayRun]:
    simulation = inputs.study.simulation
    for scenario, place in zip(scenarios, places, strict=True):
        for number in range(simulation.replications):
            yield PlayRun(inputs, scenario, place, simulation.seed + number)


def _finished(
    runs: Sequence[Run],
    step: str,
    shelf: Shelf,
    executor: Executor,
    told: Told,
    cancelled: Callable[[], bool],
) -> list[bytes]:
    """What each run came to, from the shelf or worked out now."""
    found = {number: content for number, run in enumerate(runs) if (content := shelf.find(run.name)) is not None}
    missing = [number for number in range(len(runs)) if number not in found]
    told(step, len(found), len(runs))
    for number, content in executor.run(done, [runs[each] for each in missing], cancelled=cancelled):
        shelf.keep(runs[missing[number]].name, content)
        found[missing[number]] = content
        told(step, len(found), len(runs))
    if len(found) < len(runs):
        raise StudyStopped
    return [found[number] for number in range(len(runs))]


def _compared(codes: Sequence[str], figures: Sequence[Figures]) -> dict[str, Played]:
    """Means of each scenario, and of its differences from today, rider for rider the same."""
    rows: dict[str, list[Figures]] = {}
    for code, each in zip(codes, figures, strict=True):
        rows.setdefault(code, []).append(each)
    return {code: _played(mine, rows[TODAY]) for code, mine in rows.items()}


def _played(mine: Sequence[Figures], today: Sequence[Figures]) -> Played:
    names = mine[0].keys() & today[0].keys()
    means = {name: mean_of([each[name] for each in mine]) for name in sorted(names)}
    differ = {name: paired([each[name] for each in mine], [each[name] for each in today]) for name in sorted(names)}
    return Played(
        figures={name: Interval(mean=each.mean, half_width=each.half_width) for name, each in means.items()},
        differences={name: Interval(mean=each.mean, half_width=each.half_width) for name, each in differ.items()},
    )


def _answer(inputs: Inputs, ground: Ground, scenarios: Sequence[ScenarioAnswer]) -> Answer:
    study, city = inputs.study, inputs.city
    return Answer(
        format=FORMAT,
        study_id=inputs.id,
        code=study.code,
        version=inputs.version,
        question=study.question,
        language=study.language,
        city_id=city.id,
        city_name=city.name,
        currency=city.currency,
        vehicle_type=ground.city.vehicle_types[study.vehicle_type].name,
        walking=walking_of(ground),
        scenarios=tuple(scenarios),
        recommended=knee(on_front(scenarios)) or _told_first(scenarios),
        sites=tuple(site_lines(ground)),
        points=points_of(ground),
        study=msgspec.to_builtins(study),
        factors=msgspec.to_builtins(inputs.factors),
        sources=tuple(sources_of(inputs)),
    )


def _told_first(scenarios: Sequence[ScenarioAnswer]) -> str:
    return next((each.code for each in scenarios if each.code != TODAY), TODAY)
