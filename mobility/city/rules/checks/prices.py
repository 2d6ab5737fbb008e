from collections.abc import Iterator, Sequence
from datetime import date

from mobility.city.rules.city_file import Vat, VehicleType
from mobility.city.rules.faults import Fault
from mobility.city.rules.tariffs import Tariff


def check_vat(vat: Sequence[Vat]) -> Iterator[Fault]:
    for at, rate in enumerate(vat):
        if not (rate.rate_percent.is_finite() and 0 <= rate.rate_percent < 100):
            yield Fault(f"vat[{at}].rate_percent", "wrong_value", "a rate is at least 0 and under 100")
    yield from _same_day("vat", [("", rate.effective_from) for rate in vat])


def check_tariffs(currency: str, tariffs: Sequence[Tariff], vehicle_types: Sequence[VehicleType]) -> Iterator[Fault]:
    """Every class has a price in the city's currency, one at a time."""
    for at, tariff in enumerate(tariffs):
        if tariff.currency != currency:
            message = f"is {tariff.currency}, but the city's currency is {currency}"
            yield Fault(f"tariffs[{at}].currency", "currency_differs", message)
    for at, vehicle_type in enumerate(vehicle_types):
        if vehicle_type.code not in {tariff.vehicle_type for tariff in tariffs}:
            yield Fault(f"vehicle_types[{at}]", "no_tariff", f"no tariff prices {vehicle_type.code!r}")
    yield from _same_day("tariffs", [(tariff.vehicle_type, tariff.effective_from) for tariff in tariffs])


def _same_day(section: str, rules: Sequence[tuple[str, date]]) -> Iterator[Fault]:
    for at, rule in enumerate(rules):
        if rule in rules[:at]:
            message = "another rule for the same thing takes effect on that day"
            yield Fault(f"{section}[{at}].effective_from", "duplicate_date", message)
