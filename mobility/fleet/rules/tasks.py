"""What becomes of a task, and who may say so."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal

from mobility.base.errors import Conflict, Invalid, NotFound

Priority = Literal["low", "normal", "high"]
TaskStateName = Literal["open", "assigned", "in_progress", "done", "failed", "cancelled"]


class TaskState(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


CLOSED: Final = frozenset({TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED})


class Word(StrEnum):
    """What people say of a task: crews `take`, `start`, `finish` and `give_up`, operators `assign` and `call_off`."""

    ASSIGN = "assign"
    TAKE = "take"
    START = "start"
    FINISH = "finish"
    GIVE_UP = "give_up"
    CALL_OFF = "call_off"


OPEN, ASSIGNED, IN_PROGRESS = TaskState.OPEN, TaskState.ASSIGNED, TaskState.IN_PROGRESS
DECISIONS: Final[Mapping[tuple[TaskState, Word], TaskState]] = {
    (OPEN, Word.ASSIGN): ASSIGNED,
    (ASSIGNED, Word.ASSIGN): ASSIGNED,
    (OPEN, Word.TAKE): ASSIGNED,
    (OPEN, Word.START): IN_PROGRESS,
    (ASSIGNED, Word.START): IN_PROGRESS,
    (IN_PROGRESS, Word.START): IN_PROGRESS,
    **{(state, Word.FINISH): TaskState.DONE for state in (OPEN, ASSIGNED, IN_PROGRESS)},
    **{(state, Word.GIVE_UP): TaskState.FAILED for state in (OPEN, ASSIGNED, IN_PROGRESS)},
    **{(state, Word.CALL_OFF): TaskState.CANCELLED for state in (OPEN, ASSIGNED, IN_PROGRESS)},
}
"""Everything else is refused: `task_closed` of what is over, `task_taken` of what somebody works on."""


class UnknownTask(NotFound):
    code = "unknown_task"
    fr = "Cette tâche n'existe pas."
    en = "There is no such task."


class TaskTaken(Conflict):
    code = "task_taken"
    fr = "Quelqu'un d'autre s'occupe déjà de cette tâche."
    en = "Somebody else already works on this task."


class TaskClosed(Conflict):
    code = "task_closed"
    fr = "Cette tâche est déjà close."
    en = "This task is already closed."


class TaskExists(Conflict):
    code = "task_exists"
    fr = "Une tâche de cette sorte attend déjà pour ce véhicule."
    en = "A task of this kind is already to be done to this vehicle."


class AssigneeNotCrew(Invalid):
    code = "assignee_not_crew"
    fr = "Ce compte n'est ni de l'équipe ni du poste de cette ville."
    en = "This account belongs neither to the crews nor to the desk of this city."


def decide(state: TaskState, word: Word) -> TaskState:
    """Where a word leads.

    Raises
    ------
    TaskClosed, TaskTaken
    """
    after = DECISIONS.get((state, word))
    if after is None:
        raise TaskClosed if state in CLOSED else TaskTaken
    return after
