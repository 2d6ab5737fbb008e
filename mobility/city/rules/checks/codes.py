from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from mobility.city.rules.city_file import (
    Commune,
    Deployment,
    MaintenanceRule,
    Place,
    Source,
    Station,
    VehicleType,
    Zone,
)
from mobility.city.rules.faults import Fault
from mobility.city.rules.tariffs import Tariff


class Coded(Protocol):
    @property
    def code(self) -> str: ...


class Sourced(Protocol):
    @property
    def source(self) -> str: ...


Item = TypeVar("Item")


def check_codes(
    sources: Sequence[Source] = (),
    vehicle_types: Sequence[VehicleType] = (),
    tariffs: Sequence[Tariff] = (),
    zones: Sequence[Zone] = (),
    stations: Sequence[Station] = (),
    communes: Sequence[Commune] = (),
    maintenance: Sequence[MaintenanceRule] = (),
) -> Iterator[Fault]:
    """A code names one thing of its kind."""
    yield from repeated("sources", sources)
    yield from repeated("vehicle_types", vehicle_types)
    yield from repeated("tariffs", tariffs)
    yield from repeated("zones", zones)
    yield from repeated("stations", stations)
    yield from repeated("communes", communes)
    yield from repeated("maintenance", maintenance)


def check_references(
    vehicle_types: Sequence[VehicleType],
    tariffs: Sequence[Tariff] = (),
    zones: Sequence[Zone] = (),
    stations: Sequence[Station] = (),
    fleet: Sequence[Deployment] = (),
    maintenance: Sequence[MaintenanceRule] = (),
) -> Iterator[Fault]:
    """Every class that is named exists."""
    types = {vehicle_type.code for vehicle_type in vehicle_types}
    for at, tariff in enumerate(tariffs):
        yield from unknown(f"tariffs[{at}].vehicle_type", [tariff.vehicle_type], types, "vehicle_type")
    for at, zone in enumerate(zones):
        yield from unknown(f"zones[{at}].vehicle_types", zone.vehicle_types, types, "vehicle_type")
    for at, station in enumerate(stations):
        yield from unknown(f"stations[{at}].vehicle_types", station.vehicle_types, types, "vehicle_type")
    for at, deployment in enumerate(fleet):
        yield from unknown(f"fleet[{at}].vehicle_type", [deployment.vehicle_type], types, "vehicle_type")
    for at, rule in enumerate(maintenance):
        yield from unknown(f"maintenance[{at}].vehicle_types", rule.vehicle_types, types, "vehicle_type")


def check_sources(
    sources: Sequence[Source],
    zones: Sequence[Zone] = (),
    stations: Sequence[Station] = (),
    communes: Sequence[Commune] = (),
    places: Sequence[Place] = (),
) -> Iterator[Fault]:
    """Every fact says where it comes from."""
    known = {source.code for source in sources}
    sourced: tuple[tuple[str, Sequence[Sourced]], ...] = (
        ("zones", zones),
        ("stations", stations),
        ("communes", communes),
        ("places", places),
    )
    for section, items in sourced:
        for at, item in enumerate(items):
            yield from unknown(f"{section}[{at}].source", [item.source], known, "source")


def repeated(section: str, items: Iterable[Coded]) -> Iterator[Fault]:
    """A fault for each item whose code an earlier one bears."""
    first: dict[str, int] = {}
    for at, item in enumerate(items):
        if item.code in first:
            message = f"{item.code!r} is already the code of {section}[{first[item.code]}]"
            yield Fault(f"{section}[{at}].code", "duplicate_code", message)
        first.setdefault(item.code, at)


def unknown(path: str, named: Iterable[str], known: set[str], kind: str) -> Iterator[Fault]:
    """A fault for each name that no `kind` of the file bears."""
    for name in named:
        if name not in known:
            yield Fault(path, f"unknown_{kind}", f"there is no {kind.replace('_', ' ')} {name!r} in this file")
