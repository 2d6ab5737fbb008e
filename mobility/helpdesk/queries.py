from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened with a rider; `facts` are its few plain values, never a position."""

    at: datetime
    kind: str
    id: UUID | None
    facts: Mapping[str, Any]


TIMELINE = text(
    """
    WITH happened (kind, at, id, facts) AS (
        SELECT 'hold', h.created_at, h.id,
            jsonb_build_object('state', h.state, 'plate', v.plate, 'until', h.expires_at)
        FROM hold h JOIN vehicle v ON v.id = h.vehicle_id WHERE h.account_id = :account AND h.city_id = :city
    UNION ALL
        SELECT 'booking', b.created_at, b.id,
            jsonb_build_object('state', b.state, 'type', b.type_code, 'from', b.starts_at, 'until', b.ends_at)
        FROM booking b WHERE b.account_id = :account AND b.city_id = :city
    UNION ALL
        SELECT 'ride', r.requested_at, r.id,
            jsonb_build_object('state', r.state, 'plate', v.plate, 'started_at', r.started_at, 'ended_at', r.ended_at,
                'failure', r.failure, 'cents', r.total_cents, 'photo', CASE
                    WHEN o.name IS NOT NULL THEN 'taken' WHEN o.excuse IS NOT NULL THEN o.excuse
                    WHEN o.rental_id IS NOT NULL THEN 'missing' END)
        FROM rental r JOIN vehicle v ON v.id = r.vehicle_id
        LEFT JOIN parking_photo o ON o.rental_id = r.id WHERE r.account_id = :account AND r.city_id = :city
    UNION ALL
        SELECT 'payment', p.created_at, p.id,
            jsonb_build_object('state', p.state, 'kind', p.kind, 'cents', p.amount_cents + p.credit_cents,
                'credit_cents', p.credit_cents, 'decline_code', p.decline_code, 'about', p.reference_id)
        FROM payment p WHERE p.account_id = :account AND p.city_id = :city
    UNION ALL
        SELECT 'refund', f.created_at, f.id,
            jsonb_build_object('state', f.state, 'cents', f.amount_cents, 'reason', f.reason, 'about', f.payment_id)
        FROM refund f JOIN payment p ON p.id = f.payment_id WHERE p.account_id = :account AND p.city_id = :city
    UNION ALL
        SELECT 'document', d.issued_at, d.id,
            jsonb_build_object('kind', d.kind, 'year', d.year, 'number', d.number, 'cents', d.total_cents)
        FROM document d WHERE d.account_id = :account AND d.city_id = :city
    UNION ALL
        SELECT 'pass', s.bought_at, s.id,
            jsonb_build_object('state', s.state, 'code', s.code, 'until', s.ends_at)
        FROM rider_pass s WHERE s.account_id = :account AND s.city_id = :city
    UNION ALL
        SELECT 'credit', t.at, t.id, jsonb_build_object('kind', t.kind, 'cents', -e.amount_cents)
        FROM ledger_transaction t
        JOIN ledger_entry e ON e.transaction_id = t.id
        JOIN ledger_account a ON a.id = e.account_id
        WHERE a.kind = 'credit' AND a.owner = CAST(:account AS text) AND t.city_id = :city
        AND t.kind LIKE 'credit!_%' ESCAPE '!'
    UNION ALL
        SELECT 'damage_report', m.reported_at, m.id, jsonb_build_object('severity', m.severity, 'about', m.rental_id)
        FROM damage_report m JOIN damage d ON d.id = m.damage_id JOIN vehicle v ON v.id = d.vehicle_id
        WHERE m.reporter_id = :account AND v.city_id = :city
    UNION ALL
        SELECT 'account', n.at, NULL::uuid, jsonb_build_object('what', n.kind, 'reason', n.reason)
        FROM account_event n WHERE n.account_id = :account
    UNION ALL
        SELECT 'support', c.asked_at, c.id,
            jsonb_build_object('kind', c.kind, 'state', c.state, 'cents', c.cents, 'reason', c.reason,
                'about', c.reference_id)
        FROM support_act c WHERE c.account_id = :account AND c.city_id = :city
    )
    SELECT at, kind, id, facts FROM happened
    WHERE CAST(:before AS timestamptz) IS NULL OR at < CAST(:before AS timestamptz)
    ORDER BY at DESC, kind, id LIMIT :limit
    """
)


async def list_entries(
    session: AsyncSession, account_id: UUID, city_id: str, *, before: datetime | None, limit: int
) -> Sequence[Entry]:
    """What happened with somebody in a city, newest first."""
    asked = {"account": account_id, "city": city_id, "before": before, "limit": limit}
    return [Entry(*row) for row in await session.execute(TIMELINE, asked)]
