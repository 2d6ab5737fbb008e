"""What a plan says that GBFS has no words for, in French and in English."""

from collections.abc import Iterator
from typing import Literal

from mobility.base.money import Money, in_words
from mobility.city.rules.tariffs import EndFee, Package, PricingPlan, TimeFactor
from mobility.city.rules.words import Day

Language = Literal["fr", "en"]

DAYS: dict[Language, dict[Day, str]] = {
    "fr": {"Mo": "lu", "Tu": "ma", "We": "me", "Th": "je", "Fr": "ve", "Sa": "sa", "Su": "di", "PH": "jours fériés"},
    "en": {"Mo": "Mo", "Tu": "Tu", "We": "We", "Th": "Th", "Fr": "Fr", "Sa": "Sa", "Su": "Su", "PH": "holidays"},
}


def beyond_gbfs(plan: PricingPlan, language: str) -> list[str]:
    """Sentences; none for a plan that GBFS can say whole, and none in another language than these two."""
    say = {"fr": _french, "en": _english}.get(language)
    return [] if say is None else list(say(plan))


def _french(plan: PricingPlan) -> Iterator[str]:
    said = _Said(plan, "fr")
    if plan.pause_rate_cents is not None:
        yield f"Pause : {said.money(plan.pause_rate_cents)} par minute."
    for cents, length in said.caps(("heure", "24 heures", "7 jours")):
        yield f"Au plus {cents} par {length}, hors kilomètres et suppléments."
    if plan.minimum_cents:
        yield f"Prix minimum : {said.money(plan.minimum_cents)}."
    if plan.booking_ahead_cents:
        yield f"Réservation à l'avance : {said.money(plan.booking_ahead_cents)}."
    for factor in plan.time_factors:
        yield f"{said.when(factor)} : {said.percent(factor)} % du prix du temps."
    for fee in plan.end_fees:
        yield f"{said.name(fee)} : {said.signed(fee.cents)}."
    for package in plan.packages:
        km = f" et {package.km} km" if package.km else ""
        yield (
            f"Forfait {said.name(package)} : {said.money(package.price_cents)} "
            f"pour {package.minutes} minutes{km}, appliqué s'il est avantageux."
        )


def _english(plan: PricingPlan) -> Iterator[str]:
    said = _Said(plan, "en")
    if plan.pause_rate_cents is not None:
        yield f"Pause: {said.money(plan.pause_rate_cents)} a minute."
    for cents, length in said.caps(("hour", "24 hours", "7 days")):
        yield f"At most {cents} per {length}, kilometres and supplements aside."
    if plan.minimum_cents:
        yield f"Minimum price: {said.money(plan.minimum_cents)}."
    if plan.booking_ahead_cents:
        yield f"Booked ahead: {said.money(plan.booking_ahead_cents)}."
    for factor in plan.time_factors:
        yield f"{said.when(factor)}: {said.percent(factor)} % of the price of time."
    for fee in plan.end_fees:
        yield f"{said.name(fee)}: {said.signed(fee.cents)}."
    for package in plan.packages:
        km = f" and {package.km} km" if package.km else ""
        yield (
            f"Package {said.name(package)}: {said.money(package.price_cents)} "
            f"for {package.minutes} minutes{km}, applied where it is cheaper."
        )


class _Said:
    """The parts of a sentence that are alike in both languages."""

    def __init__(self, plan: PricingPlan, language: Language) -> None:
        self._plan, self._language = plan, language

    def money(self, cents: int) -> str:
        return in_words(Money(cents, self._plan.currency), self._language)

    def signed(self, cents: int) -> str:
        return f"{'+' if cents > 0 else ''}{self.money(cents)}"

    def caps(self, lengths: tuple[str, str, str]) -> Iterator[tuple[str, str]]:
        caps = (self._plan.hour_cap_cents, self._plan.day_cap_cents, self._plan.week_cap_cents)
        return ((self.money(cents), length) for cents, length in zip(caps, lengths, strict=True) if cents is not None)

    def when(self, factor: TimeFactor) -> str:
        days = ", ".join(DAYS[self._language][day] for day in factor.days)
        return f"{days} {factor.begins}-{factor.ends}"

    def percent(self, factor: TimeFactor) -> int:
        return min(factor.percent, self._plan.factor_percent_max)

    def name(self, named: EndFee | Package) -> str:
        return named.name.get(self._language) or next(iter(named.name.values()), "")
