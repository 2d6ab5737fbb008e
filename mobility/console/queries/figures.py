from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.console.queries.story import CHARGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a vehicle did, earned and cost in a stretch of time; amounts in cents, tax included."""

    rides: int
    ridden_s: int
    ridden_m: int
    charged_cents: int
    returned_cents: int
    tasks_done: int
    tasks_s: int
    works_done: int
    damages: int


# A ride counts when it ended, money when it was charged or sent back; what was given up counts as never charged.
FIGURES = text(
    f"""
    WITH charged AS ({CHARGED}),
    ridden AS (
        SELECT count(*) AS rides, coalesce(sum(extract(epoch FROM ended_at - started_at)), 0)::int AS ridden_s,
            coalesce(sum(distance_m), 0) AS ridden_m
        FROM rental WHERE vehicle_id = :vehicle AND state = 'ended' AND ended_at >= :since AND ended_at < :until
    ), earned AS (
        SELECT coalesce(sum(p.amount_cents + p.credit_cents), 0) AS charged_cents
        FROM charged JOIN payment p USING (reference_id)
        WHERE p.state <> 'written_off' AND p.created_at >= :since AND p.created_at < :until
    ), returned AS (
        SELECT coalesce(sum(f.amount_cents), 0) AS returned_cents
        FROM charged JOIN payment p USING (reference_id) JOIN refund f ON f.payment_id = p.id
        WHERE f.state <> 'refused' AND f.operator_id IS NOT NULL AND f.created_at >= :since AND f.created_at < :until
    ), tasks AS (
        SELECT count(*) AS tasks_done, coalesce(sum(extract(epoch FROM closed_at - started_at)), 0)::int AS tasks_s
        FROM task WHERE vehicle_id = :vehicle AND state = 'done' AND closed_at >= :since AND closed_at < :until
    ), works AS (
        SELECT count(*) AS works_done FROM work_order
        WHERE vehicle_id = :vehicle AND state = 'done' AND done_at >= :since AND done_at < :until
    ), damages AS (
        SELECT count(*) AS damages FROM damage
        WHERE vehicle_id = :vehicle AND state <> 'dismissed' AND opened_at >= :since AND opened_at < :until
    )
    SELECT * FROM ridden, earned, returned, tasks, works, damages
    """  # noqa: S608 -- nothing in it is given from outside
)


async def read_figures(session: AsyncSession, vehicle_id: UUID, *, since: datetime, until: datetime) -> Figures:
    """Of one vehicle, from `since` up to `until`."""
    asked = {"vehicle": vehicle_id, "since": since, "until": until}
    row = (await session.execute(FIGURES, asked)).mappings().one()
    return Figures(**{name: int(value) for name, value in row.items()})
