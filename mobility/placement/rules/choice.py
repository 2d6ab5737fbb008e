"""Which scenarios matter: those that nothing beats on cost and reach at once, and where more money buys little more."""

from collections.abc import Sequence

from mobility.placement.rules.document import ScenarioAnswer
from mobility.placement.rules.study import TODAY


def on_front(scenarios: Sequence[ScenarioAnswer]) -> list[ScenarioAnswer]:
    """Today and the budgets, the cheapest first, without those that another one matches for less [1].

    References
    ----------
    .. [1] Haimes, Lasdon, Wismer (1971), On a bicriterion formulation: the epsilon-constraint method.
    """
    front: list[ScenarioAnswer] = []
    asked = [each for each in scenarios if each.is_front or each.code == TODAY]
    for each in sorted(asked, key=lambda one: (one.place.invested_cents, -one.reach.within)):
        if not front or each.reach.within > front[-1].reach.within:
            front.append(each)
    return front


def bends(front: Sequence[ScenarioAnswer]) -> dict[str, float]:
    """How far each scenario lies above the straight line from the cheapest to the dearest, as a share of its height."""
    if len(front) < 2:
        return {}
    first, last = front[0], front[-1]
    wide = max(1, last.place.invested_cents - first.place.invested_cents)
    high = max(1, last.reach.within - first.reach.within)
    return {
        each.code: (each.reach.within - first.reach.within) / high
        - (each.place.invested_cents - first.place.invested_cents) / wide
        for each in front[1:]
    }


def knee(front: Sequence[ScenarioAnswer]) -> str | None:
    """Where the front bends most: before it money buys much reach, after it little."""
    bent = bends(front)
    return max(bent, key=lambda code: bent[code]) if bent else None


def worth_playing(scenarios: Sequence[ScenarioAnswer], count: int) -> list[str]:
    """Today, what the file tells, and the best of the front: those that lie highest above its line."""
    bent = bends(on_front(scenarios))
    best = sorted(bent, key=lambda code: -bent[code])[:count]
    return [each.code for each in scenarios if not each.is_front or each.code in best]
