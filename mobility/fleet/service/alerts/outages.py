"""The alert of a whole city that falls silent at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.prepared import PreparedCity
from mobility.fleet.rules.alerts.decisions import Change, Standing, decide
from mobility.fleet.rules.alerts.outages import Silence, grade_outage, silence
from mobility.fleet.rules.alerts.readings import Grade
from mobility.fleet.rules.alerts.rulebook import rule_of_city
from mobility.fleet.service.alerts.changing import Step
from mobility.fleet.service.alerts.seeing import Known, list_known


@dataclass(frozen=True, slots=True)
class Outage:
    """Whether the city has one, be it only suspected, and what changes of it."""

    lasts: bool
    step: Step | None


def judge_outage(
    city: PreparedCity, known: Iterable[Known], standing: tuple[UUID | None, Standing | None], now: datetime
) -> Outage:
    alert_id, alert = standing
    rule = rule_of_city(city.file.alerts, "outage")
    heard = _silence(known, since=alert.since if alert else now, now=now)
    change = decide(rule, grade_outage(rule, heard), alert, now)
    lasts = change not in (Change.FORGET, Change.CLEAR) if alert else change is not None
    return Outage(lasts, Step(None, "outage", rule, heard.facts(), alert_id, change) if change else None)


async def still_lasts(session: AsyncSession, city: PreparedCity, *, since: datetime, now: datetime) -> bool:
    """Whether the next round would raise anew what began at `since`."""
    rule = rule_of_city(city.file.alerts, "outage")
    heard = _silence(await list_known(session, city), since=since, now=now)
    return rule.enabled and grade_outage(rule, heard) is Grade.BAD


def _silence(known: Iterable[Known], *, since: datetime, now: datetime) -> Silence:
    return silence(((each.seen, each.rules["silent"]) for each in known), since=since, now=now)
