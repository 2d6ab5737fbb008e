"""Drawings as scenarios of a study."""

from collections.abc import Sequence

import msgspec

from mobility.placement.rules.study import Drawn, Front, Names, Record, ScenarioWords, Study

CODE = "studio"
QUESTION = {
    "fr": "Et si les stations étaient celles de « {name} » ?",
    "en": "What if stations stood as in “{name}”?",
}


class Sketch(Record, frozen=True, kw_only=True):
    """What a drawing changes of today's stations."""

    closes: tuple[str, ...] = ()
    draws: tuple[Drawn, ...] = ()


class NamedSketch(Sketch, frozen=True, kw_only=True):
    name: str


def words_of(sketch: Sketch, *, number: int = 1, name: str = "") -> ScenarioWords:
    """The scenario of a study that a drawing is; its code is of its place among those that are asked for together."""
    return ScenarioWords(code=f"drawn-{number}", name=both(name), closes=sketch.closes, draws=sketch.draws)


def both(text: str) -> Names:
    """What people write is in no language of ours."""
    return {"fr": text, "en": text}


def study_of(study: Study, sketches: Sequence[NamedSketch], language: str) -> Study:
    """A study of drawings alone: today and each of them, the first is what the report speaks for.

    None: the study itself.
    """
    if not sketches:
        return study
    scenarios = tuple(words_of(each, number=index, name=each.name) for index, each in enumerate(sketches, 1))
    question = {spoken: text.format(name=sketches[0].name) for spoken, text in QUESTION.items()}
    front = Front(budgets_cents=(), simulate=0)
    return msgspec.structs.replace(
        study, code=CODE, question=question, language=language, scenarios=scenarios, front=front
    )
