from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from mobility.city.rules.alert_rules import CHARGE_CLEARS_ABOVE_PERCENT, DEFAULTS, AlertKind, Rule
from mobility.city.rules.city_file import AlertRule
from mobility.fleet.rules.modes import Mode

Rulebook = Mapping[AlertKind, Rule]


def rulebook(asked: Iterable[AlertRule], *, type_code: str, mode: Mode, charge_percent_min: int) -> Rulebook:
    """The rules that hold for a class of vehicles: the defaults, then what the city asks, its classes' own last."""
    rules = dict(DEFAULTS) | {"low_charge": _low_charge(mode, charge_percent_min)}
    for rule in sorted(asked, key=lambda rule: bool(rule.vehicle_types)):
        if rule.binds(type_code):
            rules[rule.kind] = replace(rules[rule.kind], **_given(rule))
    return rules


def rule_of_city(asked: Iterable[AlertRule], kind: AlertKind) -> Rule:
    """The rule that holds for a kind of `OF_CITIES`."""
    rule = DEFAULTS[kind]
    for each in asked:
        if each.kind == kind:
            rule = replace(rule, **_given(each))
    return rule


def _low_charge(mode: Mode, charge_percent_min: int) -> Rule:
    return replace(
        DEFAULTS["low_charge"],
        raise_at=charge_percent_min,
        clear_at=min(100, charge_percent_min + CHARGE_CLEARS_ABOVE_PERCENT),
        # A car's battery stays in the car.
        task="swap_battery" if mode is Mode.MICROMOBILITY else "charge",
    )


def _given(rule: AlertRule) -> dict[str, Any]:
    given = {name: value for name, value in msgspec.structs.asdict(rule).items() if value is not None}
    del given["kind"], given["vehicle_types"]
    return {name: None if value == "nothing" else value for name, value in given.items()}
