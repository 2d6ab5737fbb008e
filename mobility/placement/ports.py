"""What a study asks of the machine: somewhere to run, and somewhere to keep what is finished."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class Executor(Protocol):
    """Runs tasks somewhere: the answers do not depend on where, how many at once, or in which order."""

    def run(
        self, work: Callable[[Task], Answer], tasks: Sequence[Task], *, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[int, Answer]]:
        """Answers with their task's number, as they are done; cancelled, those under way are the last."""
        ...


class Shelf(Protocol):
    """Finished runs of one study by name, whole or not at all."""

    def find(self, run: str) -> bytes | None: ...

    def keep(self, run: str, content: bytes) -> None: ...
