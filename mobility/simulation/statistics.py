"""Many runs at once: replications in parallel processes, and what may be said of their means."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

import numpy as np
from scipy.stats import t as student

Task = TypeVar("Task")
Answer = TypeVar("Answer")

CONFIDENCE = 0.95
POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean and how far its interval of confidence reaches to both sides; None of a single run."""

    mean: float
    half_width: float | None

    def __str__(self) -> str:
        return f"{self.mean:,.1f}" + (f" ± {self.half_width:,.1f}" if self.half_width is not None else "")


def mean_of(values: Sequence[float]) -> Mean:
    """By Student's t: replications are independent, days of one replication are not."""
    count = len(values)
    if count < 2:
        return Mean(float(np.mean(values)), None)
    reach = student.ppf((1 + CONFIDENCE) / 2, count - 1) * np.std(values, ddof=1) / np.sqrt(count)
    return Mean(float(np.mean(values)), float(reach))


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Mean:
    """Of the differences between runs on the same random numbers; what both have in common cancels out."""
    return mean_of([one - other for one, other in zip(ours, theirs, strict=True)])


def in_parallel(
    work: Callable[[Task], Answer],
    tasks: Sequence[Task],
    *,
    processes: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[int, Answer]]:
    """What `work` makes of each task, with the task's number, as they are done; the same whatever the processes.

    Cancelled, it gives what is done already and stops after the tasks under way.
    """
    if processes == 1 or len(tasks) == 1:
        yield from _one_by_one(work, tasks, cancelled)
        return
    # Numba's and OR-Tools' threads do not survive a fork.
    context = get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(tasks)), mp_context=context, initializer=bound_to_who_asked) as pool:
        waiting = {pool.submit(work, task): number for number, task in enumerate(tasks)}
        try:
            yield from _as_done(waiting, cancelled)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def bound_to_who_asked() -> None:
    """Ctrl-C reaches a whole group of processes, and the one that asked decides; where it is killed, this one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _one_by_one(
    work: Callable[[Task], Answer], tasks: Sequence[Task], cancelled: Callable[[], bool]
) -> Iterator[tuple[int, Answer]]:
    for number, task in enumerate(tasks):
        if cancelled():
            return
        yield number, work(task)


def _as_done(waiting: dict[Future[Answer], int], cancelled: Callable[[], bool]) -> Iterator[tuple[int, Answer]]:
    while waiting and not cancelled():
        done, _ = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in done:
            yield waiting.pop(future), future.result()
