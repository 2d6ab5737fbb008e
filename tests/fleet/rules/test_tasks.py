import itertools

import pytest

from mobility.base.errors import Problem
from mobility.fleet.rules.tasks import CLOSED, DECISIONS, TaskState, Word, decide


@pytest.mark.parametrize(("state", "word"), [*itertools.product(TaskState, Word)])
def test_every_word_about_every_state_leads_somewhere_or_is_refused(state: TaskState, word: Word) -> None:
    if (state, word) in DECISIONS:
        assert decide(state, word) is DECISIONS[state, word]
    else:
        with pytest.raises(Problem) as refused:
            decide(state, word)
        assert refused.value.code == ("task_closed" if state in CLOSED else "task_taken")


@pytest.mark.parametrize("word", Word)
def test_nothing_is_said_of_a_task_that_is_over(word: Word) -> None:
    assert not any((state, word) in DECISIONS for state in CLOSED)


def test_a_task_that_somebody_works_on_goes_to_nobody_else() -> None:
    assert (TaskState.IN_PROGRESS, Word.ASSIGN) not in DECISIONS
    assert (TaskState.IN_PROGRESS, Word.TAKE) not in DECISIONS
    assert (TaskState.ASSIGNED, Word.TAKE) not in DECISIONS
