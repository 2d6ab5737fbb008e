"""Times of day and of the week at which a minute costs more or less, read off the city's clocks."""

from datetime import datetime, timedelta

from mobility.city.rules.hours import is_within, lines_of, moments_of
from mobility.city.rules.tariffs import PricingPlan
from mobility.pricing.rules.usage import Usage


def percent_at(plan: PricingPlan, usage: Usage, at: datetime) -> int:
    """What of its rate is due for a minute that begins then; never more than the plan's own limit."""
    local = at.astimezone(usage.zone)
    today = lines_of(plan.time_factors, local.date(), usage.holidays)
    holding = next((line.percent for line in today if is_within(line.begins, line.ends, local)), None)
    return 100 if holding is None else min(holding, plan.factor_percent_max)


def changes(plan: PricingPlan, usage: Usage) -> set[datetime]:
    """The instants within the ride at which the factor may change; between two of them it does not."""
    if not plan.time_factors:
        return set()
    first, last = (at.astimezone(usage.zone).date() for at in (usage.started_at, usage.ended_at))
    days = [first + timedelta(days=nth) for nth in range((last - first).days + 1)]
    moments = (moments_of(lines_of(plan.time_factors, day, usage.holidays), day, usage.zone) for day in days)
    return {at for of_day in moments for at in of_day if usage.started_at < at < usage.ended_at}


def factored(rate_cents: int, percent: int) -> int:
    """The rate times the factor, rounded half up to the cent."""
    return (rate_cents * percent + 50) // 100
