"""When an attempt is made again, and what its answer means."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
# 5 s, 10 s, … an hour: about two and a half hours in all. Then somebody has to look.
ATTEMPTS_MAX = 12
JITTER = 0.2
EXCERPT_CHARACTERS = 500

Failure = Literal["timeout", "unreachable", "address_refused", "redirected", "refused", "gone"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: the answer's status and its beginning, or why there was none."""

    status: int | None
    failure: Failure | None
    excerpt: str
    duration_ms: int


def failure_of(status: int) -> Failure | None:
    """What a status means: only 2xx is taken for received, and nobody is followed to another address."""
    if 200 <= status < 300:
        return None
    if status == 410:
        return "gone"
    return "redirected" if 300 <= status < 400 else "refused"


def wait_after(attempts: int, luck: float) -> timedelta:
    """How long to wait after so many failures; `luck` in [0, 1) spreads those that failed together."""
    wait = min(FIRST_WAIT * (1 << (attempts - 1)), LONGEST_WAIT)
    return wait * (1 + JITTER * (2 * luck - 1))
