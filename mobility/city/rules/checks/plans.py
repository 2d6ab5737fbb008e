"""What a pricing plan of the right shape may still get wrong: contradictions, and what would never hold."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mobility.city.rules.checks.calendar import Line, of_lines
from mobility.city.rules.checks.codes import unknown
from mobility.city.rules.city_file import Station, Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.tariffs import EndFee, Package, PricingPlan, Segment, Tariff

HOURS_IN_A_DAY, DAYS_IN_A_WEEK = 24, 7


def check_segments(tariffs: Sequence[Tariff]) -> Iterator[Fault]:
    """Segments follow each other, and each holds a whole number of its intervals."""
    for at, tariff in enumerate(tariffs):
        yield from _of_segments(f"tariffs[{at}].per_min_pricing", tariff.per_min_pricing, "minutes")
        yield from _of_segments(f"tariffs[{at}].per_km_pricing", tariff.per_km_pricing, "kilometres")


def check_caps(tariffs: Sequence[Tariff]) -> Iterator[Fault]:
    """Each cap can hold, and leaves room for the start and for the minimum."""
    for at, tariff in enumerate(tariffs):
        yield from _of_caps(f"tariffs[{at}]", tariff)


def check_pauses(tariffs: Sequence[Tariff]) -> Iterator[Fault]:
    """A minute's pause costs no more than the dearest minute of riding."""
    for at, tariff in enumerate(tariffs):
        pause, riding = tariff.pause_rate_cents, tariff.per_min_pricing
        if pause and all(pause * segment.interval > segment.rate_cents for segment in riding):
            message = "a pause would cost more than riding ever does"
            yield Fault(f"tariffs[{at}].pause_rate_cents", "pause_dearer_than_riding", message)


def check_factors(tariffs: Sequence[Tariff]) -> Iterator[Fault]:
    """One factor at a time, and none over the plan's own limit."""
    for at, tariff in enumerate(tariffs):
        path = f"tariffs[{at}].time_factors"
        lines = [Line(line.days, line.begins, line.ends) for line in tariff.time_factors]
        yield from of_lines(path, lines, ends="ends")
        for nth, factor in enumerate(tariff.time_factors):
            if factor.percent > tariff.factor_percent_max:
                message = f"is over the plan's factor_percent_max, {tariff.factor_percent_max}"
                yield Fault(f"{path}[{nth}].percent", "factor_over_cap", message)


def check_end_fees(
    tariffs: Sequence[Tariff], zones: Sequence[Zone] = (), stations: Sequence[Station] = ()
) -> Iterator[Fault]:
    """Each names where it is due, and is due or taken off."""
    zone_codes, station_codes = {zone.code for zone in zones}, {station.code for station in stations}
    for at, tariff in enumerate(tariffs):
        for nth, fee in enumerate(tariff.end_fees):
            path = f"tariffs[{at}].end_fees[{nth}]"
            yield from _of_end_fee(path, fee)
            yield from unknown(f"{path}.zones", fee.zones, zone_codes, "zone")
            yield from unknown(f"{path}.stations", fee.stations, station_codes, "station")


def check_packages(tariffs: Sequence[Tariff]) -> Iterator[Fault]:
    """None that is bettered by another in minutes, kilometres and price."""
    for at, tariff in enumerate(tariffs):
        for nth, package in enumerate(tariff.packages):
            others = [other for other in tariff.packages[:nth] + tariff.packages[nth + 1 :] if other != package]
            if package in tariff.packages[:nth] or any(_betters(other, package) for other in others):
                path = f"tariffs[{at}].packages[{nth}]"
                yield Fault(path, "package_never_wins", "another one gives as much for no more")


def _of_segments(path: str, segments: Sequence[Segment], unit: str) -> Iterator[Fault]:
    for nth, segment in enumerate(segments):
        yield from _of_segment(f"{path}[{nth}]", segment, unit)
    for nth, (before, after) in enumerate(pairwise(segments), start=1):
        if before.end is None or after.start < before.end:
            message = "begins before the segment above it has ended"
            yield Fault(f"{path}[{nth}].start", "overlapping_segments", message)


def _of_segment(path: str, segment: Segment, unit: str) -> Iterator[Fault]:
    if segment.end is None:
        return
    if segment.end <= segment.start:
        yield Fault(f"{path}.end", "segment_reversed", "is not after the start")
    elif (segment.end - segment.start) % segment.interval:
        message = f"{segment.interval} {unit} do not divide the {segment.end - segment.start} of the segment"
        yield Fault(f"{path}.interval", "interval_does_not_fit", message)


def _of_caps(path: str, plan: PricingPlan) -> Iterator[Fault]:
    caps = (
        ("hour_cap_cents", plan.hour_cap_cents, HOURS_IN_A_DAY),
        ("day_cap_cents", plan.day_cap_cents, DAYS_IN_A_WEEK),
        ("week_cap_cents", plan.week_cap_cents, None),
    )
    for name, cap, _ in caps:
        if cap is not None and cap < max(plan.price_cents, plan.minimum_cents):
            yield Fault(f"{path}.{name}", "cap_below_price", "is less than every ride costs at least")
    for (_, shorter, times), (name, longer, _) in pairwise(caps):
        if shorter and longer and times and not shorter < longer < times * shorter:
            message = "together with the cap of the shorter time, one of the two never holds"
            yield Fault(f"{path}.{name}", "cap_never_holds", message)


def _of_end_fee(path: str, fee: EndFee) -> Iterator[Fault]:
    if not fee.cents:
        yield Fault(f"{path}.cents", "wrong_value", "neither costs nor takes off anything")
    if not fee.zones and not fee.stations:
        yield Fault(path, "no_place", "names no zone and no station")


def _betters(one: Package, other: Package) -> bool:
    return one.price_cents <= other.price_cents and one.minutes >= other.minutes and one.km >= other.km
