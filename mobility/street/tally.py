from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

CURRENCY_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


@dataclass(slots=True)
class Tally:
    """What has happened in the street since it was started."""

    riders: int = 0
    """Signed in."""
    rides_running: int = 0
    rides_ended: int = 0
    rides_paid: int = 0
    cents_paid: int = 0
    currency: str = "EUR"
    cards_saved: int = 0
    debts_settled: int = 0
    """Rides that were declined first and paid by their riders after all."""
    refusals: Counter[str] = field(default_factory=Counter)
    """Answers of 4xx and 5xx that riders reacted to, by code."""
    reports: int = 0
    """Telemetry reports that the service took, over MQTT its broker."""
    reports_refused: Counter[str] = field(default_factory=Counter)
    reports_overwritten: int = 0
    """Kept on board so long without an acknowledgement that they made room for later ones."""
    commands: Counter[str] = field(default_factory=Counter)
    """Commands that came to vehicles: `done`, `unanswered`, or the code that they were refused with."""
    repeats: int = 0
    """Requests and messages sent again because the service was away or asked to wait."""
    low: int = 0
    """Vehicles that stand too empty to be rented and get charge back out of thin air."""

    @contextmanager
    def riding(self) -> Iterator[None]:
        """One more ride for the length of a block."""
        self.rides_running += 1
        try:
            yield
        finally:
            self.rides_running -= 1

    def count_repeat(self) -> None:
        self.repeats += 1

    def paid(self, total: Mapping[str, Any]) -> None:
        self.rides_paid += 1
        self.cents_paid += total["cents"]
        self.currency = total["currency"]

    def as_dict(self, *, reports_per_s: float) -> dict[str, Any]:
        return {
            "riders": self.riders,
            "rides_running": self.rides_running,
            "rides_ended": self.rides_ended,
            "rides_paid": self.rides_paid,
            "paid": {"cents": self.cents_paid, "currency": self.currency},
            "cards_saved": self.cards_saved,
            "debts_settled": self.debts_settled,
            "refusals": dict(self.refusals.most_common()),
            "reports": self.reports,
            "reports_per_s": round(reports_per_s, 1),
            "reports_refused": dict(self.reports_refused.most_common()),
            "reports_overwritten": self.reports_overwritten,
            "commands": dict(self.commands.most_common()),
            "repeats": self.repeats,
            "vehicles_low": self.low,
        }

    def line(self, *, reports_per_s: float) -> str:
        """The same for a person, in one line."""
        sign = CURRENCY_SIGNS.get(self.currency, self.currency)
        parts = [
            f"{self.rides_running} riding",
            f"{self.rides_paid} paid ({self.cents_paid / 100:.2f} {sign})",
            f"{self.refusals.total()} refused{_most(self.refusals)}",
            f"{reports_per_s:.1f} reports/s",
        ]
        if self.debts_settled:
            parts.append(f"{self.debts_settled} debts settled")
        if self.reports_refused:
            parts.append(f"{self.reports_refused.total()} reports refused{_most(self.reports_refused)}")
        if self.commands:
            parts.append(f"{self.commands.total()} commands{_most(self.commands)}")
        if self.low:
            parts.append(f"{self.low} vehicles low, recovering")
        if self.repeats:
            parts.append(f"{self.repeats} sent again")
        return " · ".join(parts)


def _most(counted: Counter[str]) -> str:
    """The three most frequent codes."""
    return f" ({', '.join(f'{code} {count}' for code, count in counted.most_common(3))})" if counted else ""
