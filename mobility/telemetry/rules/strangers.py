"""Whom the broker turns away, and what it reads and hands to nobody without a word in its log."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from mobility.fleet.rules.topics import BROKER_LOG
from mobility.telemetry.rules.broker_log import turned_away

NOBODY_HEARS: Final = "broker_unheard"


@dataclass(slots=True)
class Unheard:
    """Compares how many messages the broker has read with how many of them are heard.

    Mosquitto drops in silence what is published to a topic that its sender may not write, and what is to be retained.
    Its own count comes behind the messages that it counts, so the difference is exact while none wait at the broker.
    """

    heard: int = 0
    _gap: int | None = None
    _told: int | None = None

    def since_told(self, read: int, *, keeps_up: bool) -> int:
        """How many messages more nobody has heard, of all that the broker has `read` since it started.

        What two comparisons in a row find is told, once; what was missing at the first is not. While we do not keep
        up, messages wait, and nothing is compared.
        """
        before, self._gap = self._gap, read - self.heard if keeps_up else None
        if before is None or self._gap is None:
            return 0
        lasting = min(before, self._gap)
        # It falls when the broker starts anew, and when messages come again over a new connection.
        told, self._told = lasting if self._told is None else self._told, lasting
        return max(0, lasting - told)


@dataclass(slots=True)
class Strangers:
    """What the broker says of those that the service does not hear, by code, since it was last noted."""

    counts: Counter[str] = field(default_factory=Counter)
    unheard: Unheard = field(default_factory=Unheard)

    def hear(self, topic: str, payload: bytes, *, keeps_up: bool) -> None:
        """Take a message of the broker's own: of its log, or how many it has read."""
        if topic == BROKER_LOG:
            self.counts.update(turned_away(payload))
        elif more := self.unheard.since_told(int(payload), keeps_up=keeps_up):
            self.counts[NOBODY_HEARS] += more
