import pytest

from mobility.base.errors import Conflict, Problem


def test_a_problem_needs_a_sentence_in_both_languages() -> None:
    with pytest.raises(TypeError, match="needs a sentence"):
        type("Mute", (Conflict,), {"code": "mute"})


def test_a_code_belongs_to_one_problem() -> None:
    taken = next(iter(Problem.registry))
    with pytest.raises(TypeError, match="is taken by"):
        type("Twin", (Conflict,), {"code": taken, "fr": "Déjà.", "en": "Already."})


def test_a_sentence_carries_the_facts_in_the_language_asked_for() -> None:
    class Far(Problem):
        code = "test_far"
        fr = "À {metres} m."
        en = "{metres} m away."

    try:
        assert Far(metres=30).sentence("fr") == "À 30 m."
        assert str(Far(metres=30)) == "30 m away."
    finally:
        del Problem.registry["test_far"]
