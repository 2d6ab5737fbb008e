"""The journal: one query over what each room has written down of its staff, with no second record beside them.

Routine work that has lists of its own (alerts, tasks, damage, a night's steps) is not in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.office.rules.journal import KINDS, Act, Kind, Place
from mobility.rebalancing.rules.work import NIGHT_PLAN

# What is decided about people by others than themselves.
DECIDED = "('birth_date_verified', 'licence_verified', 'licence_refused', 'blocked', 'unblocked')"
# Columns: key, at, what, by, about, account, reason, cents.
SOURCES: Final[dict[Kind, Sequence[str]]] = {
    "role": [
        """SELECT 'role:' || id, at, CASE WHEN city_id IS NULL THEN change || '_everywhere' ELSE change END, by, role,
            account_id, reason, NULL
        FROM role_change WHERE city_id = :city OR city_id IS NULL"""
    ],
    "account": [
        f"""SELECT 'account:' || e.id, e.at, e.kind, e.by, '', e.account_id, e.reason, NULL
        FROM account_event e JOIN account_city c ON c.account_id = e.account_id AND c.city_id = :city
        WHERE e.by <> e.account_id AND e.kind IN {DECIDED}"""  # noqa: S608 (constants of this file)
    ],
    "ground": [
        """SELECT 'ground:' || id, published_at, 'published', published_by, number::text, NULL, note, NULL
        FROM ground_edition WHERE city_id = :city AND published_by IS NOT NULL""",
        """SELECT 'ground_back:' || id, withdrawn_at, 'withdrawn', NULL::uuid, number::text, NULL, '', NULL
        FROM ground_edition WHERE city_id = :city AND withdrawn_at IS NOT NULL""",
    ],
    "tariff": [
        """SELECT 'tariff:' || id, published_at, 'published', published_by, code, NULL, '', NULL
        FROM tariff WHERE city_id = :city AND published_by IS NOT NULL""",
        """SELECT 'tariff_back:' || id, withdrawn_at, 'withdrawn', NULL::uuid, code, NULL, '', NULL
        FROM tariff WHERE city_id = :city AND withdrawn_at IS NOT NULL""",
    ],
    "support": [
        """SELECT 'support:' || id, asked_at, kind, asked_by, '', account_id, reason, nullif(cents, 0)
        FROM support_act WHERE city_id = :city""",
        """SELECT 'support_end:' || id, decided_at, CASE state WHEN 'done' THEN 'agreed' ELSE 'refused' END,
            decided_by, kind, account_id, '', nullif(cents, 0)
        FROM support_act WHERE city_id = :city AND decided_by IS NOT NULL""",
    ],
    "look": [
        """SELECT 'look:' || l.id, l.at, l.kind, l.account_id, v.plate, NULL, l.reason, NULL
        FROM access_log l JOIN vehicle v ON v.id = l.vehicle_id WHERE l.city_id = :city""",
        """SELECT 'look_asked:' || a.id, a.asked_at, a.purpose || '_asked', a.asked_by, v.plate, NULL, a.reason, NULL
        FROM assistance a JOIN vehicle v ON v.id = a.vehicle_id WHERE a.city_id = :city""",
        """SELECT 'look_opened:' || a.id, a.opened_at, a.purpose || '_opened', a.approved_by, v.plate, NULL, '', NULL
        FROM assistance a JOIN vehicle v ON v.id = a.vehicle_id
        WHERE a.city_id = :city AND a.approved_by IS NOT NULL""",
    ],
    "command": [
        """SELECT 'command:' || c.id, c.issued_at, c.kind, c.actor_id, v.plate, NULL, coalesce(c.reason, ''), NULL
        FROM vehicle_command c JOIN vehicle v ON v.id = c.vehicle_id
        WHERE v.city_id = :city AND c.actor = 'operator'"""
    ],
    "vehicle": [
        """SELECT 'vehicle:' || e.vehicle_id || ':' || e.seq, e.at, e.event, e.actor_id, v.plate, NULL,
            coalesce(e.reason, ''), NULL
        FROM vehicle_event e JOIN vehicle v ON v.id = e.vehicle_id
        WHERE v.city_id = :city AND e.actor = 'operator' AND e.reason IS DISTINCT FROM :night_plan"""
    ],
    "booking": [
        """SELECT 'booking:' || id, created_at, 'booked', booked_by, type_code, account_id, '', quoted_cents
        FROM booking WHERE city_id = :city AND booked_by <> account_id"""
    ],
    "offer": [
        """SELECT 'offer:' || id, created_at, 'promotion', created_by, code, NULL, '', NULL
        FROM promotion WHERE city_id = :city""",
        # Those printed at once are one act.
        """SELECT 'voucher:' || min(id::text), created_at, 'vouchers', created_by, count(*)::text, NULL, '',
            sum(cents)::int
        FROM voucher WHERE city_id = :city GROUP BY created_by, created_at""",
    ],
    "notice": [
        """SELECT 'notice:' || id, changed_at, 'written', written_by, kind, NULL, '', NULL
        FROM service_notice WHERE city_id = :city"""
    ],
    "night": [
        """SELECT 'night:' || p.id, p.published_at, 'published', p.published_by, n.day || ' · ' || p.version, NULL,
            p.because, NULL
        FROM night_plan p JOIN night n ON n.id = p.night_id WHERE n.city_id = :city AND p.published_by IS NOT NULL"""
    ],
    "partner": [
        """SELECT 'partner:' || id, made_at, 'welcomed', made_by, name, NULL, '', NULL
        FROM partner WHERE city_id = :city"""
    ],
}
# Each source is cut to the page before they are put together, over its own index where it is long.
PAGE = """(SELECT key, at, '{kind}' AS kind, what, by, about, CAST(account_id AS uuid) AS account_id, reason,
    CAST(cents AS int) AS cents
FROM ({source}) AS told (key, at, what, by, about, account_id, reason, cents)
WHERE at >= :since AND at < :until AND (at, key) < (:before_at, :before_key)
    AND (CAST(:person AS uuid) IS NULL OR by = CAST(:person AS uuid))
ORDER BY at DESC, key DESC LIMIT :limit)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which acts of a city: of one kind and one person, or of all; from `since` on, before `until`."""

    city_id: str
    since: datetime
    until: datetime
    kind: Kind | None = None
    person: UUID | None = None


async def list_acts(session: AsyncSession, asked: Asked, *, after: Place | None, limit: int) -> list[Act]:
    """The latest first."""
    kinds = KINDS if asked.kind is None else (asked.kind,)
    pages = [PAGE.format(kind=kind, source=source) for kind in kinds for source in SOURCES[kind]]
    query = f"SELECT * FROM ({' UNION ALL '.join(pages)}) AS page ORDER BY at DESC, key DESC LIMIT :limit"  # noqa: S608
    start = after or Place(asked.until, "")
    given = {
        "city": asked.city_id,
        "since": asked.since,
        "until": asked.until,
        "before_at": start.at,
        "before_key": start.key,
        "person": asked.person,
        "limit": limit,
    }
    if "vehicle" in kinds:
        given["night_plan"] = NIGHT_PLAN
    rows = await session.execute(text(query), given)
    return [Act(**row) for row in rows.mappings()]
