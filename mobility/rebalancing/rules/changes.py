"""What a plan changes of the one before."""

from collections.abc import Iterator
from datetime import timedelta

from mobility.rebalancing.rules.plan_document import Change, CrewTour, PlanDocument, PlannedTask

RETIMED_FROM = timedelta(minutes=10)
"""A crew notices no less."""

Placed = tuple[CrewTour, PlannedTask]


def changes(before: PlanDocument, after: PlanDocument) -> list[Change]:
    """Tasks that are new, gone, another crew's, or at another time, in the order of the later plan, then the gone."""
    old = {task.id: (tour, task) for tour, task in before.tasks()}
    new = {task.id: (tour, task) for tour, task in after.tasks()}
    return [*_of_new(old, new), *(_change("removed", *old[each]) for each in old if each not in new)]


def _of_new(old: dict, new: dict) -> Iterator[Change]:  # type: ignore[type-arg]
    for each, (tour, task) in new.items():
        if each not in old:
            yield _change("added", tour, task)
            continue
        tour_before, task_before = old[each]
        if tour_before.crew != tour.crew:
            yield _change("moved", tour, task, tour_before.crew)
        elif abs(task.starts_at - task_before.starts_at) >= RETIMED_FROM:
            yield _change("retimed", tour, task, tour_before.crew)


def _change(change: str, tour: CrewTour, task: PlannedTask, before: str | None = None) -> Change:
    return Change(
        task_id=task.id,
        change=change,  # type: ignore[arg-type]
        kind=task.kind,
        place=task.place.name,
        crew=tour.crew,
        crew_before=before,
    )
