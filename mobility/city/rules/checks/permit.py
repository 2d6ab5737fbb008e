from collections.abc import Iterator, Sequence

from mobility.city.rules.checks.codes import repeated, unknown
from mobility.city.rules.checks.texts import names, of_texts
from mobility.city.rules.city_file import Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.permit import Permit, PermitRule

# What each kind of rule has to say; a fleet may have either end, or both.
NEEDS_MAXIMUM = ("idle", "speed")
SAYS_NOTHING = ("no_parking", "no_riding")


def check_permit(
    languages: Sequence[str],
    zones: Sequence[Zone] = (),
    permit: Permit | None = None,
) -> Iterator[Fault]:
    """Zones and providers that are named exist, and each rule says how much."""
    if permit is None:
        return
    yield from repeated("permit.rules", permit.rules)
    yield from of_texts(names("permit.rules", permit.rules), languages)
    yield from of_texts([("permit.description", permit.description)], languages)
    if permit.valid_until <= permit.valid_from:
        yield Fault("permit.valid_until", "ends_before_it_begins", "the permit is over before it begins")
    codes = {zone.code for zone in zones}
    for at, rule in enumerate(permit.rules):
        path = f"permit.rules[{at}]"
        yield from unknown(f"{path}.zones", rule.zones, codes, "zone")
        if rule.mode not in permit.providers:
            yield Fault(f"{path}.mode", "unknown_provider", f"the permit names no provider of {rule.mode}")
        yield from _amounts(path, rule)


def _amounts(path: str, rule: PermitRule) -> Iterator[Fault]:
    if rule.kind == "fleet" and rule.minimum is None and rule.maximum is None:
        yield Fault(path, "missing_key", "names neither a minimum nor a maximum of vehicles")
    if rule.kind in NEEDS_MAXIMUM and not rule.maximum:
        yield Fault(f"{path}.maximum", "missing_key", f"a rule of kind {rule.kind} needs a maximum above 0")
    if rule.kind in SAYS_NOTHING and (rule.minimum, rule.maximum) != (None, None):
        yield Fault(path, "unexpected_key", f"a rule of kind {rule.kind} has no minimum and no maximum")
    if rule.kind != "fleet" and rule.minimum is not None and rule.kind not in SAYS_NOTHING:
        yield Fault(f"{path}.minimum", "unexpected_key", "only a fleet has a minimum")
    if rule.minimum is not None and rule.maximum is not None and rule.minimum > rule.maximum:
        yield Fault(f"{path}.minimum", "above_maximum", f"{rule.minimum} is above {rule.maximum}")
