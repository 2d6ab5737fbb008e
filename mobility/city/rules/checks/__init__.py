"""What a city file of the right shape may still get wrong.

A check names the sections it reads as its parameters. It waits until those without a default have the right shape; the
others are left empty until then.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mobility.city.rules.checks.alerts import check_alerts
from mobility.city.rules.checks.calendar import check_holidays, check_opening_hours, check_time_zone, check_zone_hours
from mobility.city.rules.checks.classes import check_classes, check_fleet, check_start_stations
from mobility.city.rules.checks.codes import check_codes, check_references, check_sources
from mobility.city.rules.checks.ground import check_centre, check_outlines, check_positions, check_stations
from mobility.city.rules.checks.maintenance import check_maintenance
from mobility.city.rules.checks.precedence import check_precedence
from mobility.city.rules.checks.prices import check_segments, check_tariffs, check_vat
from mobility.city.rules.checks.texts import check_languages
from mobility.city.rules.faults import Fault

Check = Callable[..., Iterator[Fault]]

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
    check_classes,
    check_positions,
    check_outlines,
    check_precedence,
    check_centre,
    check_stations,
    check_start_stations,
    check_fleet,
    check_alerts,
    check_maintenance,
)


def check_sections(sections: Mapping[str, Any]) -> list[Fault]:
    """Faults of the sections that have the right shape."""
    faults: list[Fault] = []
    for check in CHECKS:
        parameters = inspect.signature(check).parameters
        needed = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
        if needed <= sections.keys():
            faults += check(**{name: sections[name] for name in parameters if name in sections})
    return faults
