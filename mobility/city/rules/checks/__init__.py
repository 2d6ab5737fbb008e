"""What a city file of the right shape may still get wrong.

A check names the sections it reads as its parameters. It waits until those without a default have the right shape; the
others are left empty until then.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mobility.city.rules.checks.alerts import check_alerts
from mobility.city.rules.checks.benefits import check_charging_rewards, check_passes, check_reduced_fares
from mobility.city.rules.checks.calendar import check_holidays, check_opening_hours, check_time_zone, check_zone_hours
from mobility.city.rules.checks.classes import check_classes, check_fleet, check_start_stations
from mobility.city.rules.checks.codes import check_codes, check_references, check_sources
from mobility.city.rules.checks.demand import check_demand
from mobility.city.rules.checks.ground import check_centre, check_outlines, check_positions, check_stations
from mobility.city.rules.checks.maintenance import check_maintenance
from mobility.city.rules.checks.night import check_energy, check_night, check_shifts, check_sites
from mobility.city.rules.checks.operator import check_operator
from mobility.city.rules.checks.parking import check_parking
from mobility.city.rules.checks.permit import check_permit
from mobility.city.rules.checks.plans import (
    check_caps,
    check_end_fees,
    check_factors,
    check_packages,
    check_pauses,
    check_segments,
)
from mobility.city.rules.checks.precedence import check_precedence
from mobility.city.rules.checks.prices import check_tariffs, check_vat
from mobility.city.rules.checks.texts import check_languages
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.faults import Fault
from mobility.city.rules.tariffs import Tariff

Check = Callable[..., Iterator[Fault]]
# The path of the only tariff of a file.
OWN = "tariffs[0]."

CHECKS: tuple[Check, ...] = (
    check_time_zone,
    check_languages,
    check_codes,
    check_references,
    check_sources,
    check_opening_hours,
    check_zone_hours,
    check_holidays,
    check_vat,
    check_tariffs,
    check_segments,
    check_caps,
    check_pauses,
    check_factors,
    check_end_fees,
    check_packages,
    check_classes,
    check_positions,
    check_outlines,
    check_precedence,
    check_parking,
    check_centre,
    check_stations,
    check_start_stations,
    check_fleet,
    check_alerts,
    check_maintenance,
    check_operator,
    check_passes,
    check_reduced_fares,
    check_charging_rewards,
    check_night,
    check_sites,
    check_shifts,
    check_energy,
    check_demand,
    check_permit,
)

OF_TARIFFS: tuple[Check, ...] = (
    check_languages,
    check_references,
    check_tariffs,
    check_segments,
    check_caps,
    check_pauses,
    check_factors,
    check_end_fees,
    check_packages,
)


def check_tariff(city: CityFile, tariff: Tariff) -> list[Fault]:
    """What a tariff would be refused for in the city's file; paths start at the tariff."""
    sections = {name: getattr(city, name) for name in CityFile.__struct_fields__} | {"tariffs": (tariff,)}
    found = check_sections(sections, OF_TARIFFS)
    return [replace(fault, path=fault.path.removeprefix(OWN)) for fault in found if fault.path.startswith(OWN)]


def check_sections(sections: Mapping[str, Any], checks: Sequence[Check] = CHECKS) -> list[Fault]:
    """Faults of the sections that have the right shape."""
    faults: list[Fault] = []
    for check in checks:
        parameters = inspect.signature(check).parameters
        needed = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
        if needed <= sections.keys():
            faults += check(**{name: sections[name] for name in parameters if name in sections})
    return faults
