"""What becomes of an alert: every state against every grade, and what holds whatever a vehicle says."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.city.rules.alert_rules import Rule
from mobility.fleet.rules.alerts.decisions import AlertState, Change, Standing, decide, graver
from mobility.fleet.rules.alerts.readings import Grade

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
AT_ONCE = Rule(severity="warning")
PATIENT = Rule(severity="warning", raise_after_s=60, clear_after_s=60, escalate_after_min=10)
BAD, BETWEEN, GOOD, UNKNOWN = Grade.BAD, Grade.BETWEEN, Grade.GOOD, Grade.UNKNOWN


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def standing(state: str = "open", **known: object) -> Standing:
    raised_at = None if state == "pending" else ago(300)
    fields = {"state": AlertState(state), "severity": "warning", "since": ago(300), "raised_at": raised_at}
    return Standing(**fields | known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alert", "bad", "between", "good", "unknown"),
    [
        (None, Change.AWAIT, None, None, None),
        (standing("pending", since=ago(59)), None, Change.FORGET, Change.FORGET, None),
        (standing("pending", since=ago(60)), Change.RAISE, Change.FORGET, Change.FORGET, None),
        (standing("open"), None, None, Change.RECOVER, None),
        (standing("open", well_since=ago(59)), Change.RELAPSE, Change.RELAPSE, None, None),
        (standing("open", well_since=ago(60)), Change.RELAPSE, Change.RELAPSE, Change.CLEAR, None),
        (standing("acknowledged"), None, None, Change.RECOVER, None),
        (standing("snoozed", snoozed_until=ago(-1)), None, None, Change.RECOVER, None),
        (standing("snoozed", snoozed_until=ago(0)), Change.RETURN, Change.RETURN, Change.RECOVER, Change.RETURN),
        (
            standing("snoozed", snoozed_until=ago(0), well_since=ago(60)),
            *[Change.RELAPSE] * 2,
            Change.CLEAR,
            Change.RETURN,
        ),
        (standing("acknowledged", well_since=ago(60)), Change.RELAPSE, Change.RELAPSE, Change.CLEAR, None),
    ],
)
def test_what_lasts_is_told_and_what_is_well_for_long_is_over(
    alert: Standing | None, bad: Change, between: Change, good: Change, unknown: Change
) -> None:
    assert [decide(PATIENT, grade, alert, NOW) for grade in (BAD, BETWEEN, GOOD, UNKNOWN)] == [
        bad,
        between,
        good,
        unknown,
    ]


def test_without_delays_bad_is_told_and_good_is_over_at_once() -> None:
    assert decide(AT_ONCE, BAD, None, NOW) is Change.RAISE
    assert decide(AT_ONCE, GOOD, standing(), NOW) is Change.CLEAR


@pytest.mark.parametrize("grade", Grade)
def test_a_latched_alert_is_ended_by_people_only(grade: Grade) -> None:
    latched = replace(AT_ONCE, latched=True)
    assert decide(latched, grade, standing(), NOW) is None
    assert decide(latched, grade, standing("acknowledged"), NOW) is None


@pytest.mark.parametrize("grade", Grade)
def test_a_kind_that_is_no_longer_wanted_ends(grade: Grade) -> None:
    unwanted = replace(PATIENT, enabled=False)
    assert decide(unwanted, grade, None, NOW) is None
    assert decide(unwanted, grade, standing("pending"), NOW) is Change.FORGET
    assert decide(unwanted, grade, standing("open"), NOW) is Change.CLEAR
    assert decide(unwanted, grade, standing("acknowledged"), NOW) is Change.CLEAR


@pytest.mark.parametrize("grade", [BAD, BETWEEN, UNKNOWN])
@pytest.mark.parametrize(
    ("alert", "due"),
    [
        (standing("open", raised_at=ago(599)), None),
        (standing("open", raised_at=ago(600)), Change.ESCALATE),
        (standing("open", raised_at=ago(900), escalated_at=ago(300)), None),
        (standing("open", raised_at=ago(1500), escalated_at=ago(600)), Change.ESCALATE),
        (standing("open", raised_at=ago(600), severity="critical"), Change.ESCALATE),
        (standing("open", raised_at=ago(1500), escalated_at=ago(900), severity="critical"), None),
        (standing("acknowledged", raised_at=ago(9000)), None),
    ],
)
def test_what_nobody_acknowledges_becomes_graver_each_time_it_waited_that_long(
    alert: Standing, due: Change | None, grade: Grade
) -> None:
    assert decide(PATIENT, grade, alert, NOW) is due
    assert decide(replace(PATIENT, escalate_after_min=0), grade, alert, NOW) is None


def test_what_is_getting_well_does_not_escalate() -> None:
    assert decide(PATIENT, GOOD, standing(raised_at=ago(9000), well_since=ago(10)), NOW) is None


def test_nothing_is_graver_than_critical() -> None:
    assert [graver("info"), graver("warning"), graver("critical")] == ["warning", "critical", "critical"]


def apply(change: Change | None, alert: Standing | None, now: datetime) -> Standing | None:
    """What the service writes, in memory."""
    if change is Change.AWAIT:
        return Standing(state=AlertState.PENDING, severity="warning", since=now)
    if change is Change.RAISE:
        since = alert.since if alert else now
        return Standing(state=AlertState.OPEN, severity="warning", since=since, raised_at=now)
    if change in (Change.FORGET, Change.CLEAR) or alert is None:
        return None
    if change is Change.RECOVER:
        return replace(alert, well_since=now)
    if change is Change.RELAPSE:
        return replace(alert, well_since=None)
    if change is Change.ESCALATE:
        return replace(alert, severity=graver(alert.severity), escalated_at=now)
    return alert


def lived(rule: Rule, grades: Sequence[Grade], *, every_s: int = 20) -> list[tuple[datetime, Change]]:
    changes, alert = [], None
    for number, grade in enumerate(grades):
        now = NOW + timedelta(seconds=number * every_s)
        change = decide(rule, grade, alert, now)
        alert = apply(change, alert, now)
        if change:
            changes.append((now, change))
    return changes


GRADES = st.lists(st.sampled_from(list(Grade)), max_size=60)
RULES = st.builds(
    Rule,
    severity=st.just("warning"),
    raise_after_s=st.sampled_from([0, 20, 60]),
    clear_after_s=st.sampled_from([0, 20, 60]),
    latched=st.booleans(),
    escalate_after_min=st.sampled_from([0, 1, 3]),
)


@given(RULES, GRADES)
def test_an_alert_is_raised_and_cleared_in_turn(rule: Rule, grades: Sequence[Grade]) -> None:
    told = [change for _, change in lived(rule, grades) if change in (Change.RAISE, Change.CLEAR)]
    assert told == list(itertools.islice(itertools.cycle([Change.RAISE, Change.CLEAR]), len(told)))


@given(RULES, GRADES)
def test_from_the_end_of_one_to_the_next_pass_at_least_the_delays(rule: Rule, grades: Sequence[Grade]) -> None:
    told = [(at, change) for at, change in lived(rule, grades) if change in (Change.RAISE, Change.CLEAR)]
    for (before, _), (after, change) in itertools.pairwise(told):
        least_s = rule.raise_after_s if change is Change.RAISE else rule.clear_after_s
        assert after - before >= timedelta(seconds=least_s)


@given(RULES, GRADES)
def test_it_flaps_no_more_than_what_it_sees(rule: Rule, grades: Sequence[Grade]) -> None:
    worsened = sum(b is BAD and a is not BAD for a, b in itertools.pairwise([GOOD, *grades]))
    assert sum(change is Change.RAISE for _, change in lived(rule, grades)) <= worsened


@given(RULES, st.lists(st.sampled_from([BETWEEN, GOOD, UNKNOWN]), max_size=60))
def test_nothing_bad_is_nothing_told(rule: Rule, grades: Sequence[Grade]) -> None:
    assert lived(rule, grades) == []


@given(RULES, st.integers(1, 60))
def test_what_is_bad_throughout_is_told_once(rule: Rule, rounds: int) -> None:
    told = [change for _, change in lived(rule, [BAD] * rounds) if change is Change.RAISE]
    assert len(told) == (20 * (rounds - 1) >= rule.raise_after_s)


@given(RULES, GRADES)
def test_a_second_look_at_the_same_instant_finds_nothing_to_do(rule: Rule, grades: Sequence[Grade]) -> None:
    alert = None
    for number, grade in enumerate(grades):
        now = NOW + timedelta(seconds=20 * number)
        change = decide(rule, grade, alert, now)
        alert = apply(change, alert, now)
        # What was getting well may be overdue when it is bad again.
        allowed = (None, Change.ESCALATE) if change is Change.RELAPSE else (None,)
        assert decide(rule, grade, alert, now) in allowed


def test_a_snoozed_alert_escalates_only_after_it_has_come_back_and_waited_anew() -> None:
    asleep = standing("snoozed", raised_at=ago(86_400), snoozed_until=ago(-60))
    assert decide(PATIENT, BAD, asleep, NOW) is None
    returned = replace(asleep, state=AlertState.OPEN, snoozed_until=ago(599))
    assert decide(PATIENT, BAD, returned, NOW) is None
    assert decide(PATIENT, BAD, replace(returned, snoozed_until=ago(600)), NOW) is Change.ESCALATE
