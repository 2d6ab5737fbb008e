"""Runs on a Ray cluster, or on Ray's own processes here: the optional extra `cluster`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mobility.base.errors import Unavailable
from mobility.placement.ports import Answer, Task

LOOK_S = 0.5


class ClusterUnreachable(Unavailable):
    code = "study_cluster_unreachable"
    fr = "Le cluster Ray {address} ne répond pas."
    en = "The Ray cluster {address} does not answer."


@dataclass(frozen=True, slots=True)
class RayCluster:
    """`address` is of a cluster that runs already; None starts Ray on this machine."""

    address: str | None = None

    def run(
        self, work: Callable[[Task], Answer], tasks: Sequence[Task], *, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[int, Answer]]:
        """As `ports.Executor`; raises `ClusterUnreachable`, after the two minutes that Ray tries."""
        import ray

        if not ray.is_initialized():
            try:
                ray.init(address=self.address, log_to_driver=False, include_dashboard=False)
            except ConnectionError as error:
                raise ClusterUnreachable(address=self.address) from error
        remote = ray.remote(work)
        waiting = {remote.remote(task): number for number, task in enumerate(tasks)}
        while waiting and not cancelled():
            ready, _ = ray.wait(list(waiting), num_returns=1, timeout=LOOK_S)
            for reference in ready:
                yield waiting.pop(reference), ray.get(reference)
        for reference in waiting:
            ray.cancel(reference)
