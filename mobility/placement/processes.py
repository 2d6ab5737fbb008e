"""Runs in processes of this machine."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mobility.placement.ports import Answer, Task
from mobility.simulation.statistics import in_parallel


@dataclass(frozen=True, slots=True)
class Processes:
    """So many at once; a run that is under way when it is cancelled is finished."""

    count: int

    def run(
        self, work: Callable[[Task], Answer], tasks: Sequence[Task], *, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[int, Answer]]:
        """As `ports.Executor`."""
        if tasks:
            yield from in_parallel(work, tasks, processes=self.count, cancelled=cancelled)
