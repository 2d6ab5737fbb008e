from collections.abc import Iterator, Sequence

from mobility.city.rules.checks.codes import unknown
from mobility.city.rules.checks.texts import names, of_texts
from mobility.city.rules.city_file import Source, VehicleType
from mobility.city.rules.demand import ExpectedDemand
from mobility.city.rules.faults import Fault
from mobility.city.rules.hours import WEEKDAYS


def check_demand(
    languages: Sequence[str],
    sources: Sequence[Source],
    vehicle_types: Sequence[VehicleType],
    demand: ExpectedDemand | None = None,
) -> Iterator[Fault]:
    """What is named exists, each class and each weekday is there once, and holidays end after they begin."""
    if demand is None:
        return
    known, types = {source.code for source in sources}, [each.code for each in vehicle_types]
    for at, rides in enumerate(demand.rides):
        yield from unknown(f"demand.rides[{at}].source", [rides.source], known, "source")
        yield from unknown(f"demand.rides[{at}].vehicle_type", [rides.vehicle_type], set(types), "vehicle_type")
        yield from _all_zero(f"demand.rides[{at}].weekday_shares", rides.weekday_shares)
    for at, hours in enumerate(demand.hours):
        yield from unknown(f"demand.hours[{at}].source", [hours.source], known, "source")
        yield from _all_zero(f"demand.hours[{at}].hour_shares", hours.hour_shares)
    yield from _once("demand.rides", [rides.vehicle_type for rides in demand.rides], types)
    yield from _once("demand.hours", [day for hours in demand.hours for day in hours.days], [*WEEKDAYS, "PH"])
    yield from _all_zero("demand.attraction", list(demand.attraction.values()))
    yield from of_texts(names("demand.school_holidays", demand.school_holidays), languages)
    for at, holidays in enumerate(demand.school_holidays):
        if holidays.ends < holidays.begins:
            yield Fault(f"demand.school_holidays[{at}]", "holidays_reversed", "ends before it begins")


def _once(path: str, given: Sequence[str], wanted: Sequence[str]) -> Iterator[Fault]:
    """Each of those wanted, once; a public holiday may be a Sunday like others."""
    for each in wanted:
        if given.count(each) > 1:
            yield Fault(path, "said_twice", f"{each!r} is there {given.count(each)} times")
        if each != "PH" and each not in given:
            yield Fault(path, "not_said", f"{each!r} is missing")


def _all_zero(path: str, shares: Sequence[float]) -> Iterator[Fault]:
    if sum(shares) <= 0:
        yield Fault(path, "nothing_shared", "every share is 0")
