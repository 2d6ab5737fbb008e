from collections.abc import Iterable
from typing import Any

Report = dict[str, Any]

# The service takes 500 at once.
BATCH_MAX = 300
# A quarter of an hour of driving; of a longer silence the oldest reports are lost, the latest count.
ON_BOARD_MAX = 500


class Box:
    """The memory in one vehicle: numbers reports and keeps them until they are acknowledged, restarts included.

    A report is known by its `boot`, the number of the box's restarts, and its `seq`, counted from one after each.
    """

    def __init__(self, *, boot: int, keeps: int = ON_BOARD_MAX) -> None:
        self._boot, self._seq, self._keeps = boot, 0, keeps
        self._kept: dict[tuple[int, int], Report] = {}
        self.overwritten = 0

    def keep(self, said: Report) -> Report:
        """The report with its number, now on board; the oldest one makes room."""
        self._seq += 1
        numbered = {"v": 1, "boot": self._boot, "seq": self._seq, **said}
        self._kept[self._boot, self._seq] = numbered
        while len(self._kept) > self._keeps:
            del self._kept[next(iter(self._kept))]
            self.overwritten += 1
        return numbered

    def waiting(self) -> list[Report]:
        """What is to be sent, oldest first, as much as fits into one batch."""
        return [report for _, report in zip(range(BATCH_MAX), self._kept.values(), strict=False)]

    def acknowledge(self, reports: Iterable[Report]) -> None:
        for report in reports:
            self._kept.pop((report["boot"], report["seq"]), None)

    def restart(self) -> None:
        self._boot, self._seq = self._boot + 1, 0
