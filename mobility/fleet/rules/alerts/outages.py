"""Whether it is vehicles that are silent, or the way to all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mobility.city.rules.alert_rules import Rule
from mobility.fleet.rules.alerts.readings import OFF_THE_STREET, Fact, Grade, Seen, by_scale, measure

VEHICLES_MIN: Final = 5
"""Fewer may well be silent each for its own reason."""
HEARD_WITHIN: Final = timedelta(days=1)
"""What was silent for longer when it began is missing on its own account."""
EARLIER: Final = 0.5
"""So that it is known before the first of the vehicles is told of by itself."""


@dataclass(frozen=True, slots=True)
class Silence:
    """How many of a city's vehicles should be heard, and how many of them are not."""

    vehicles: int
    silent: int

    @property
    def percent(self) -> float:
        return 100 * self.silent / self.vehicles if self.vehicles else 0.0

    def facts(self) -> dict[str, Fact]:
        return {"vehicles": self.vehicles, "silent": self.silent}


def silence(fleet: Iterable[tuple[Seen, Rule]], *, since: datetime, now: datetime) -> Silence:
    """Count the vehicles on the street by the rule of `silent` of each; `since` is when it began, if it has begun."""
    heard_last = [
        (measure("silent", seen, now) or 0.0) >= (rule.raise_at or 0.0) * EARLIER
        for seen, rule in fleet
        if rule.enabled and seen.state not in OFF_THE_STREET and seen.heard_at >= since - HEARD_WITHIN
    ]
    return Silence(len(heard_last), sum(heard_last))


def grade_outage(rule: Rule, silence: Silence) -> Grade:
    if silence.vehicles < VEHICLES_MIN:
        return Grade.GOOD
    return by_scale("outage", rule, silence.percent)
