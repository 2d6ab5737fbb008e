"""Which rule holds for a class: the defaults, what the city asks, what it asks of the class."""

from typing import Any

import pytest

from mobility.city.rules.alert_rules import ALARMS, DEFAULTS, KINDS, NOTED, SCALES, Rule
from mobility.city.rules.city_file import AlertRule
from mobility.fleet.rules.alerts.rulebook import Rulebook, rulebook
from mobility.fleet.rules.alerts.turns import EVENTS
from mobility.fleet.rules.modes import Mode


def book(*asked: AlertRule, type_code: str = "breeze", mode: Mode = Mode.MICROMOBILITY, least: int = 15) -> Rulebook:
    return rulebook(asked, type_code=type_code, mode=mode, charge_percent_min=least)


def test_a_silent_city_file_leaves_the_defaults() -> None:
    rules = book()
    assert {kind: rule for kind, rule in rules.items() if kind != "low_charge"} == {
        kind: rule for kind, rule in DEFAULTS.items() if kind != "low_charge"
    }


def test_a_vehicle_is_low_on_charge_where_its_class_can_no_longer_be_rented() -> None:
    low = book(least=15)["low_charge"]
    assert (low.raise_at, low.clear_at, low.task) == (15, 25, "swap_battery")
    assert book(least=95)["low_charge"].clear_at == 100
    assert book(mode=Mode.CAR_SHARE)["low_charge"].task == "charge"


def test_a_classs_own_rule_goes_before_the_citys_whichever_is_written_first() -> None:
    city = AlertRule(kind="tipped", severity="info", raise_after_s=10)
    own = AlertRule(kind="tipped", vehicle_types=("breeze",), severity="critical")
    for asked in ((city, own), (own, city)):
        assert (book(*asked)["tipped"].severity, book(*asked)["tipped"].raise_after_s) == ("critical", 10)
        assert book(*asked, type_code="pebble")["tipped"].severity == "info"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"enabled": False}, {"enabled": False}),
        ({"takes_out": "nothing", "task": "nothing"}, {"takes_out": None, "task": None}),
        ({"takes_out": "not_located", "task": "fetch"}, {"takes_out": "not_located", "task": "fetch"}),
        ({"escalate_after_min": 0}, {"escalate_after_min": 0}),
        ({"raise_at": 30.0, "clear_at": 10.0}, {"raise_at": 30.0, "clear_at": 10.0}),
    ],
)
def test_what_the_city_gives_replaces_the_default_and_the_rest_stays(
    asked: dict[str, Any], expected: dict[str, Any]
) -> None:
    rule = book(AlertRule(kind="silent", **asked))["silent"]
    assert {name: getattr(rule, name) for name in expected} == expected
    assert rule.severity == DEFAULTS["silent"].severity


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_default_that_fits_it(kind: Any) -> None:
    rule: Rule = book()[kind]
    scale = SCALES.get(kind)
    assert (kind in NOTED) + (kind in ALARMS) + (scale is not None) == 1
    assert (rule.raise_at is None) == (scale is None)
    assert (rule.clear_at is None) == (scale is None or not scale.has_clear)
    if scale and rule.raise_at is not None and rule.clear_at is not None:
        assert (rule.clear_at > rule.raise_at) == (scale.worse == "below")
    if rule.takes_out:
        assert {(mode, rule.takes_out) for mode in Mode} <= EVENTS.keys()
    if kind in NOTED:
        assert (rule.raise_after_s, rule.clear_after_s) == (0, 0)
