from collections.abc import Iterator, Sequence
from typing import Protocol

from mobility.city.rules.city_file import MaintenanceRule, PublicHoliday, Station, VehicleType, Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.tariffs import Tariff
from mobility.city.rules.words import Names


class Named(Protocol):
    @property
    def name(self) -> Names: ...


def check_languages(
    languages: Sequence[str],
    name: Names,
    vehicle_types: Sequence[VehicleType] = (),
    tariffs: Sequence[Tariff] = (),
    zones: Sequence[Zone] = (),
    stations: Sequence[Station] = (),
    public_holidays: Sequence[PublicHoliday] = (),
    maintenance: Sequence[MaintenanceRule] = (),
) -> Iterator[Fault]:
    """Every text people read is there in each of the city's languages, and in no other."""
    texts = [("name", name)]
    texts += names("vehicle_types", vehicle_types) + names("tariffs", tariffs) + names("zones", zones)
    texts += names("stations", stations) + names("public_holidays", public_holidays)
    texts += names("maintenance", maintenance)
    texts += [(f"tariffs[{at}].description", tariff.description) for at, tariff in enumerate(tariffs)]
    for at, tariff in enumerate(tariffs):
        texts += names(f"tariffs[{at}].end_fees", tariff.end_fees) + names(f"tariffs[{at}].packages", tariff.packages)
    yield from of_texts(texts, languages)


def of_texts(texts: Sequence[tuple[str, Names]], languages: Sequence[str]) -> Iterator[Fault]:
    for path, text in texts:
        yield from _of_text(path, text, languages)


def names(section: str, items: Sequence[Named]) -> list[tuple[str, Names]]:
    return [(f"{section}[{at}].name", item.name) for at, item in enumerate(items)]


def _of_text(path: str, text: Names, languages: Sequence[str]) -> Iterator[Fault]:
    for language in languages:
        if not text.get(language, "").strip():
            yield Fault(f"{path}.{language}", "missing_language", "the city speaks it, but this text is not there")
    for language in sorted(text.keys() - set(languages)):
        yield Fault(f"{path}.{language}", "unknown_language", "is not one of the city's languages")
