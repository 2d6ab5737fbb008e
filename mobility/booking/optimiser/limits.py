from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard to try. `work` is CP-SAT's deterministic time: the same on every machine, about a second each."""

    seed: int = 0
    work: float = 5.0
    rounds: int = 50
    """How often a plan may come back because a battery would not last."""
