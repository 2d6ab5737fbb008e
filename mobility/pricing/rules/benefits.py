"""What a rider does not have to pay: a pass, a reduced fare and a promotion, each off of what is still due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import msgspec

from mobility.base.money import Money
from mobility.city.rules.benefits import PassPlan
from mobility.city.rules.tariffs import PricingPlan
from mobility.city.rules.words import Names
from mobility.pricing.rules.bills import Bill, Line, LineLabel
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import Usage

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass that its holder has at the start of a ride; `minutes_left` of that day's minutes without charge."""

    id: UUID
    terms: PassPlan
    minutes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A claimed promotion: so much of every hundred, or so many cents, off of one ride."""

    claim_id: UUID
    code: str
    percent_off: int = 0
    cents_off: int = 0

    def takes_off(self, due_cents: int) -> int:
        return min(due_cents, self.cents_off or share(due_cents, self.percent_off))


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """All that a rider has; of passes and of promotions the one that saves most is used."""

    passes: Sequence[Pass] = ()
    reduced_percent: int = 0
    promotions: Sequence[Promotion] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A bill, and what of the rider's benefits it uses up."""

    bill: Bill
    used_pass: Pass | None = None
    used_minutes: int = 0
    used_promotion: Promotion | None = None


def price_for(plan: PricingPlan, usage: Usage, benefits: Benefits) -> Priced:
    """The bill of a ride for somebody; never more than without benefits, and never less than nothing."""
    whole = price(plan, usage)
    due_cents = whole.total.cents
    off: list[Line] = []
    used_pass, saved_cents = _best_pass(plan, usage, benefits.passes, due_cents)
    if used_pass is not None:
        off.append(_off(LineLabel.PASS, saved_cents, used_pass.terms.name))
    due_cents -= saved_cents
    reduced_cents = share(due_cents, benefits.reduced_percent)
    off.append(_off(LineLabel.REDUCED_FARE, reduced_cents))
    due_cents -= reduced_cents
    promotion = _best_promotion(benefits.promotions, due_cents)
    if promotion is not None:
        off.append(
            _off(LineLabel.PROMOTION, promotion.takes_off(due_cents), {"fr": promotion.code, "en": promotion.code})
        )
    return Priced(
        bill=_with(whole, off),
        used_pass=used_pass,
        used_minutes=_minutes_used(plan, usage, used_pass),
        used_promotion=promotion,
    )


def share(cents: int, percent: int) -> int:
    """So much of every hundred, rounded half up to the cent."""
    return (cents * percent + 50) // 100


def _best_pass(plan: PricingPlan, usage: Usage, passes: Iterable[Pass], due_cents: int) -> tuple[Pass | None, int]:
    """The pass that saves most, of equals the first, and how much; none when none saves anything."""
    best, most = None, 0
    for each in passes:
        saved = due_cents - _due_with(plan, usage, each)
        if saved > most:
            best, most = each, saved
    return best, most


def _due_with(plan: PricingPlan, usage: Usage, held: Pass) -> int:
    """What is due with a pass: by the plan with fewer things to pay for, and a part off of that."""
    terms = held.terms
    lighter = msgspec.structs.replace(
        plan,
        price_cents=0 if terms.free_starts else plan.price_cents,
        free_minutes=plan.free_minutes + held.minutes_left,
        minimum_cents=0,
    )
    due_cents = price(lighter, usage).total.cents
    return due_cents - share(due_cents, terms.percent_off)


def _best_promotion(promotions: Iterable[Promotion], due_cents: int) -> Promotion | None:
    """The one that takes most off, of equals the first: the one that ends first is offered first."""
    useful = [each for each in promotions if each.takes_off(due_cents)]
    return max(useful, key=lambda each: each.takes_off(due_cents), default=None)


def _minutes_used(plan: PricingPlan, usage: Usage, held: Pass | None) -> int:
    """How many of the day's minutes the ride takes: minutes begun, as they would be paid."""
    if held is None:
        return 0
    paid = usage.ended_at - usage.started_at
    if plan.pause_rate_cents is not None:
        paid -= usage.paused_until(usage.ended_at)
    return min(held.minutes_left, max(0, -(-paid // MINUTE) - plan.free_minutes))


def _off(label: LineLabel, cents: int, name: Names | None = None) -> Line:
    return Line(label, 1, "ride", -cents, name)


def _with(whole: Bill, off: Iterable[Line]) -> Bill:
    told = tuple(line for line in off if line.cents)
    cents = whole.total.cents + sum(line.cents for line in told)
    return replace(whole, lines=whole.lines + told, total=Money(cents, whole.total.currency))
