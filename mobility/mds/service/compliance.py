"""The permit's rules, looked at all the time: a breach begins when it is seen and is over when it is seen no more."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.mds.queries import documents
from mobility.mds.queries.keeping import Broken, compliance, list_broken, list_open, list_standing
from mobility.mds.rules.compliance import Breach, breaches, in_force
from mobility.mds.rules.protocol import UnknownObject
from mobility.mds.tables import ComplianceReport, PermitBreach

# Clocks that differ a little must not make tomorrow's report of today.
DAY_IS_OVER_AFTER = timedelta(minutes=5)
REPORTED_DAYS = 7
"""So far back a worker that was away makes the reports that are missing."""


async def evaluate(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Look once at a city's rules; how many breaches began or ended."""
    await documents.lock_publishing(session, city_id)
    policies = in_force(await documents.list_all(session, city_id, "policy"), clock.now())
    found = await _found(session, clock, city_id, policies) if policies else []
    seen = {(each.policy_id, each.vehicle_id): each for each in found}
    ended = 0
    for row in await list_open(session, city_id):
        breach = seen.pop((row.policy_id, row.vehicle_id), None)
        if breach is None:
            row.ended_at = clock.now()
            ended += 1
        else:
            row.seen_at, row.measured = clock.now(), _worse(row, breach)
    for breach in seen.values():
        session.add(_opened(city_id, breach, clock.now()))
    await session.flush()
    return ended + len(seen)


async def report_days(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Make the reports of the days that are over and have none; how many."""
    city = await get_city(session, city_id)
    if not await documents.list_last(session, city_id, "policy"):
        return 0
    last = city.date_of(clock.now() - DAY_IS_OVER_AFTER) - timedelta(days=1)
    days = [last - timedelta(days=back) for back in range(REPORTED_DAYS)]
    made = ComplianceReport.city_id == city_id, ComplianceReport.day.in_(days)
    known = set(await session.scalars(select(ComplianceReport.day).where(*made)))
    reports = [await _report(session, city, day, clock.now()) for day in days if day not in known]
    kept = [each for each in reports if each["rules"]]
    for report in kept:
        row = {"city_id": city_id, "day": date.fromisoformat(report["day"]), "made_at": clock.now(), "document": report}
        await session.execute(insert(ComplianceReport).values(row).on_conflict_do_nothing())
    return len(kept)


async def get_report(session: AsyncSession, city_id: str, day: date) -> ComplianceReport:
    """The report of a day; raises `UnknownObject` where none was made."""
    report = await session.get(ComplianceReport, (city_id, day))
    if report is None:
        raise UnknownObject
    return report


async def _found(session: AsyncSession, clock: Clock, city_id: str, policies: list[Any]) -> list[Breach]:
    city = await get_city(session, city_id)
    areas = await documents.list_all(session, city_id, "geography")
    whole = frozenset(str(each.id) for each in areas if each.code == documents.WHOLE)
    by_id = {str(each.id): each.document["geography_json"] for each in areas}
    standing = await list_standing(session, city_id)
    return list(breaches(policies, by_id, whole, standing, city.local(clock.now())))


async def _report(session: AsyncSession, city: PreparedCity, day: date, now: datetime) -> dict[str, Any]:
    since, until = city.begin_of(day), city.begin_of(day + timedelta(days=1))
    rules = await compliance(session, city.file.id, since, until)
    broken = await list_broken(session, city.file.id, since, until)
    return {
        "city": city.file.id,
        "day": day.isoformat(),
        "made_at": now.astimezone(UTC).isoformat(),
        "rules": [
            {name: _plain(getattr(rule, name)) for name in rule.__dataclass_fields__ if name != "policy_id"}
            | {"policy_id": str(rule.policy_id)}
            for rule in rules
        ],
        "breaches": [told_breach(each) for each in broken],
    }


def told_breach(broken: Broken) -> dict[str, Any]:
    breach = broken.breach
    return {
        "rule": breach.rule_code,
        "policy_id": str(breach.policy_id),
        "provider_id": str(breach.provider_id),
        "vehicle": broken.plate,
        "began_at": breach.began_at.isoformat(),
        "ended_at": breach.ended_at and breach.ended_at.isoformat(),
        "measured": breach.measured,
        "allowed": breach.allowed,
    }


def _plain(value: object) -> object:
    return value if isinstance(value, int | None) else str(value)


def _worse(row: PermitBreach, breach: Breach) -> int:
    return (max if breach.measured > breach.allowed else min)(row.measured, breach.measured)


def _opened(city_id: str, breach: Breach, now: datetime) -> PermitBreach:
    return PermitBreach(
        city_id=city_id,
        policy_id=breach.policy_id,
        rule_code=breach.code,
        kind=breach.kind,
        provider_id=breach.provider_id,
        vehicle_id=breach.vehicle_id,
        began_at=now,
        seen_at=now,
        measured=breach.measured,
        allowed=breach.allowed,
    )
