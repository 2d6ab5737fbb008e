"""What the broker reads and hands to nobody, without a word in its log."""

from dataclasses import dataclass


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
