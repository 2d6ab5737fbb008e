"""When a city's silence is one trouble, and not many."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mobility.city.rules.alert_rules import DEFAULTS
from mobility.city.rules.city_file import AlertRule
from mobility.fleet.rules.alerts.outages import VEHICLES_MIN, Silence, grade_outage, silence
from mobility.fleet.rules.alerts.readings import Grade, Seen
from mobility.fleet.rules.alerts.rulebook import rule_of_city

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
OUTAGE, SILENT = DEFAULTS["outage"], DEFAULTS["silent"]
BAD, BETWEEN, GOOD = Grade.BAD, Grade.BETWEEN, Grade.GOOD


def heard(*minutes_ago: float, state: str = "available") -> Sequence[Seen]:
    return [Seen(state=state, charge_percent=80, heard_at=NOW - timedelta(minutes=ago)) for ago in minutes_ago]


def count(fleet: Sequence[Seen], *, since: datetime = NOW) -> Silence:
    return silence([(seen, SILENT) for seen in fleet], since=since, now=NOW)


@pytest.mark.parametrize(("silent", "grade"), [(0, GOOD), (2, GOOD), (3, BETWEEN), (4, BETWEEN), (5, BAD), (10, BAD)])
def test_half_of_a_fleet_is_an_outage_and_a_fifth_is_none_any_more(silent: int, grade: Grade) -> None:
    assert grade_outage(OUTAGE, Silence(10, silent)) is grade


def test_so_few_vehicles_may_be_silent_each_for_its_own_reason() -> None:
    assert grade_outage(OUTAGE, Silence(VEHICLES_MIN - 1, VEHICLES_MIN - 1)) is GOOD
    assert grade_outage(OUTAGE, Silence(VEHICLES_MIN, VEHICLES_MIN)) is BAD


def test_an_outage_is_known_before_the_first_vehicle_is_told_of_by_itself() -> None:
    assert count(heard(0, 9.4, 9.5, 19)) == Silence(vehicles=4, silent=2)


def test_vehicles_off_the_street_or_silent_since_days_tell_nothing_of_the_network() -> None:
    day = 24 * 60
    assert count([*heard(0, 30), *heard(30, state="removed"), *heard(day + 1)]) == Silence(2, 1)


def test_an_outage_of_more_than_a_day_still_counts_those_that_it_silenced() -> None:
    two_days = 2 * 24 * 60
    began = NOW - timedelta(minutes=two_days)
    assert count(heard(0, two_days + 10), since=began) == Silence(2, 1)


def test_classes_whose_silence_nobody_minds_are_not_counted() -> None:
    minds_not = replace(SILENT, enabled=False)
    assert silence([(seen, minds_not) for seen in heard(60, 60)], since=NOW, now=NOW) == Silence(0, 0)


def test_the_city_file_may_want_another_share_or_none() -> None:
    asked = [AlertRule(kind="silent", raise_at=30, clear_at=10), AlertRule(kind="outage", raise_at=80, clear_at=40)]
    rule = rule_of_city(asked, "outage")
    assert (rule.raise_at, rule.clear_at, rule.severity) == (80, 40, "critical")
    assert grade_outage(rule, Silence(10, 7)) is BETWEEN
