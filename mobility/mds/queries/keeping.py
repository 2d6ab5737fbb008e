"""Who kept the permit, and the vehicles as its rules look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.tables import Vehicle
from mobility.geo import LonLat
from mobility.mds.queries.documents import list_all
from mobility.mds.rules.compliance import Standing, Version, overlapping, seconds_within
from mobility.mds.tables import PermitBreach

# From top speed to a limit, gently.
TO_SLOW_DOWN = timedelta(seconds=15)
# A ridden vehicle is where nobody says; so is one out of sight in a ride. A limit that the service gives it then is a
# zone's.
STANDING = text("""
    SELECT vehicle.id, type.mode, type.spec ->> 'form_factor' AS vehicle_type, vehicle.state, vehicle.state_since,
        status.lon, status.lat, ride.id IS NOT NULL AS is_ridden,
        (type.spec ->> 'max_speed_kmh')::int AS top_speed, status.speed_kmh,
        CASE WHEN told.state = 'confirmed' AND status.heard_at > told.settled_at + :to_slow_down THEN told.kmh END
            AS limit_kmh,
        CASE WHEN told.state IN ('refused', 'expired') THEN told.kmh END AS declined_kmh
    FROM vehicle
    JOIN vehicle_type AS type ON type.city_id = vehicle.city_id AND type.code = vehicle.type_code
    JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
    LEFT JOIN rental AS ride ON ride.vehicle_id = vehicle.id AND ride.ended_at IS NULL AND ride.started_at IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT command.state, command.settled_at, (command.arguments ->> 'speed_limit_kmh')::int AS kmh
        FROM vehicle_command AS command
        WHERE ride.id IS NOT NULL AND command.vehicle_id = vehicle.id AND command.kind = 'set_speed_limit'
            AND command.actor = 'system' AND command.issued_at >= ride.started_at
        ORDER BY command.id DESC LIMIT 1
    ) AS told ON true
    WHERE vehicle.city_id = :city_id AND vehicle.state <> 'removed'
    ORDER BY vehicle.id
""")


@dataclass(frozen=True, slots=True)
class Kept:
    """How a policy was kept in a stretch of time: nothing was seen against it where `breaches` is 0.

    `seconds` are those of all its breaches; `worst` is the one farthest from what was `allowed`, in the rule's unit
    (vehicles, hours, km/h).
    """

    policy_id: UUID
    code: str
    name: str
    mode: str
    kind: str
    provider_id: UUID
    allowed: int | None
    breaches: int
    vehicles: int
    seconds: int
    worst: int | None


@dataclass(frozen=True, slots=True)
class Broken:
    """One breach with the plate of its vehicle, if it is one vehicle's; `ended_at` is None while it lasts."""

    breach: PermitBreach
    plate: str | None


async def list_standing(session: AsyncSession, city_id: str) -> list[Standing]:
    asked = {"city_id": city_id, "to_slow_down": TO_SLOW_DOWN}
    return [_standing(row) for row in await session.execute(STANDING, asked)]


async def list_open(session: AsyncSession, city_id: str) -> Sequence[PermitBreach]:
    unended = select(PermitBreach).where(PermitBreach.city_id == city_id, PermitBreach.ended_at.is_(None))
    return (await session.scalars(unended.with_for_update())).all()


async def list_broken(
    session: AsyncSession,
    city_id: str,
    since: datetime,
    until: datetime,
    *,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Broken]:
    """Breaches that lasted at some instant from `since` up to `until`, as they were found."""
    broken = (
        select(PermitBreach, Vehicle.plate)
        .outerjoin(Vehicle, Vehicle.id == PermitBreach.vehicle_id)
        .where(PermitBreach.city_id == city_id, PermitBreach.began_at < until)
        .where(or_(PermitBreach.ended_at.is_(None), PermitBreach.ended_at > since))
    )
    if after is not None:
        broken = broken.where(and_(PermitBreach.id > after))
    rows = await session.execute(broken.order_by(PermitBreach.id).limit(limit))
    return [Broken(breach, plate) for breach, plate in rows]


async def compliance(session: AsyncSession, city_id: str, since: datetime, until: datetime) -> list[Kept]:
    """How each policy that held from `since` up to `until` was kept, by code; empty where a city publishes none."""
    versions = overlapping(await list_all(session, city_id, "policy"), since, until)
    broken = await list_broken(session, city_id, since, until)
    return [_kept(version, [each.breach for each in broken], since, until) for version in versions]


def _kept(version: Version, breaches: Sequence[PermitBreach], since: datetime, until: datetime) -> Kept:
    own, document = [each for each in breaches if each.policy_id == version.id], version.document
    rule = document["rules"][0]
    worst = max(own, key=lambda each: abs(each.measured - each.allowed), default=None)
    return Kept(
        policy_id=version.id,
        code=version.code,
        name=document["name"],
        mode=document["mode_id"],
        kind=rule["rule_type"],
        provider_id=UUID(document["provider_ids"][0]),
        allowed=rule.get("maximum", rule.get("minimum")) if worst is None else worst.allowed,
        breaches=len(own),
        vehicles=len({each.vehicle_id for each in own if each.vehicle_id is not None}),
        seconds=sum(seconds_within(each.began_at, each.ended_at or each.seen_at, since, until) for each in own),
        worst=None if worst is None else worst.measured,
    )


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        vehicle_id=row.id,
        mode=row.mode,
        vehicle_type=row.vehicle_type,
        state=row.state,
        since=row.state_since,
        position=None if row.is_ridden else LonLat(row.lon, row.lat),
        top_speed=row.top_speed,
        speed=row.speed_kmh if row.is_ridden else None,
        limit=row.limit_kmh,
        declined=row.declined_kmh,
    )
