from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.console.rules.story import EntryKind, Place


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened with a vehicle; `facts` are its few plain values, never a position nor a rider."""

    at: datetime
    kind: EntryKind
    key: str
    facts: Mapping[str, Any]


# What was charged for the vehicle: rides, holds and bookings of it, and what the desk added to the price of its rides.
CHARGED: Final = """
    SELECT r.id AS reference_id FROM rental r WHERE r.vehicle_id = :vehicle
    UNION ALL SELECT h.id FROM hold h WHERE h.vehicle_id = :vehicle
    UNION ALL SELECT b.id FROM booking b WHERE b.vehicle_id = :vehicle
    UNION ALL SELECT c.id FROM support_act c JOIN rental r ON r.id = c.reference_id
        WHERE r.vehicle_id = :vehicle AND c.kind = 'price'
"""

# What each kind of entry is made of. The keys of events are padded: of two steps at one instant the later is greater.
PARTS: Final[Mapping[EntryKind, str]] = {
    "event": """
        SELECT at, lpad(seq::text, 19, '0') AS key, jsonb_build_object('event', event, 'from', from_state,
            'to', to_state, 'actor', actor, 'reason', reason) AS facts
        FROM vehicle_event WHERE vehicle_id = :vehicle
    """,
    "hold": """
        SELECT created_at AS at, id::text AS key,
            jsonb_build_object('state', state, 'until', coalesce(released_at, expires_at)) AS facts
        FROM hold WHERE vehicle_id = :vehicle
    """,
    "booking": """
        SELECT created_at AS at, id::text AS key,
            jsonb_build_object('state', state, 'from', starts_at, 'until', ends_at, 'cents', quoted_cents) AS facts
        FROM booking WHERE vehicle_id = :vehicle
    """,
    "ride": """
        SELECT coalesce(started_at, requested_at) AS at, id::text AS key,
            jsonb_build_object('state', state, 'from', started_at, 'until', ended_at, 'metres', distance_m,
                'failure', failure, 'cents', total_cents,
                'payment', (SELECT p.state FROM payment p WHERE p.reference_id = rental.id)) AS facts
        FROM rental WHERE vehicle_id = :vehicle
    """,
    "payment": """
        SELECT p.created_at AS at, p.id::text AS key,
            jsonb_build_object('kind', p.kind, 'state', p.state, 'cents', p.amount_cents + p.credit_cents) AS facts
        FROM charged JOIN payment p USING (reference_id) WHERE p.kind <> 'rental'
    """,
    "refund": """
        SELECT f.created_at AS at, f.id::text AS key,
            jsonb_build_object('state', f.state, 'cents', f.amount_cents) AS facts
        FROM charged JOIN payment p USING (reference_id) JOIN refund f ON f.payment_id = p.id
    """,
    "command": """
        SELECT issued_at AS at, id::text AS key,
            jsonb_build_object('command', kind, 'state', state, 'actor', actor, 'reason', reason, 'code', code,
                'until', settled_at) AS facts
        FROM vehicle_command WHERE vehicle_id = :vehicle
    """,
    "alert": """
        SELECT raised_at AS at, id::text AS key,
            jsonb_build_object('alert', kind, 'state', state, 'severity', severity, 'until', cleared_at) AS facts
        FROM alert WHERE vehicle_id = :vehicle AND raised_at IS NOT NULL
    """,
    "task": """
        SELECT created_at AS at, id::text AS key,
            jsonb_build_object('task', kind, 'state', state, 'priority', priority, 'note', note, 'until', closed_at)
            AS facts
        FROM task WHERE vehicle_id = :vehicle
    """,
    "damage": """
        SELECT opened_at AS at, id::text AS key,
            jsonb_build_object('damage', kind, 'state', state, 'severity', severity, 'note', note, 'until', closed_at)
            AS facts
        FROM damage WHERE vehicle_id = :vehicle
    """,
    "work": """
        SELECT w.created_at AS at, w.id::text AS key,
            jsonb_build_object('rule', w.rule_code, 'damage', d.kind, 'state', w.state, 'note', w.note,
                'until', w.done_at) AS facts
        FROM work_order w LEFT JOIN damage d ON d.id = w.damage_id WHERE w.vehicle_id = :vehicle
    """,
}


async def list_entries(
    session: AsyncSession, vehicle_id: UUID, kinds: Sequence[EntryKind], *, behind: Place, limit: int
) -> Sequence[Entry]:
    """What happened with a vehicle, newest first, behind a place. No kind is read further than a page."""
    # In a table expression each: of a single part the order would be given twice.
    parts = " UNION ALL ".join(f"SELECT * FROM ({_newest(kind)}) AS part" for kind in kinds)  # noqa: S608 -- see below
    story = text(f"WITH charged AS ({CHARGED}) {parts} ORDER BY at DESC, kind DESC, key DESC LIMIT :limit")
    asked = {"vehicle": vehicle_id, "at": behind.at, "kind": behind.kind, "key": behind.key, "limit": limit}
    return [Entry(*row) for row in await session.execute(story, asked)]


def _newest(kind: EntryKind) -> str:
    return f"""
        SELECT at, '{kind}' AS kind, key, facts FROM ({PARTS[kind]}) AS happened
        WHERE (at, '{kind}', key) < (CAST(:at AS timestamptz), CAST(:kind AS text), CAST(:key AS text))
        ORDER BY at DESC, key DESC LIMIT :limit
    """  # noqa: S608 -- the kinds are those of `PARTS`
