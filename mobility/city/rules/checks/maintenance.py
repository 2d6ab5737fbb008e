from collections.abc import Iterator, Sequence

from mobility.city.rules.city_file import MaintenanceRule
from mobility.city.rules.faults import Fault


def check_maintenance(maintenance: Sequence[MaintenanceRule] = ()) -> Iterator[Fault]:
    """A rule says when its work comes round."""
    for at, rule in enumerate(maintenance):
        if rule.every_km is None and rule.every_months is None:
            yield Fault(f"maintenance[{at}]", "missing_key", "names neither every_km nor every_months: it is never due")
