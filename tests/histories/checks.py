"""What must hold after every step, and what must hold once everything has come to rest."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.service.soundness import violations
from tests.histories.town import Town, Wrong

NEVER: dict[str, str] = {
    "two rides have one vehicle at once": """
        SELECT a.id FROM rental a JOIN rental b ON a.vehicle_id = b.vehicle_id AND a.id < b.id
        WHERE a.started_at IS NOT NULL AND b.started_at IS NOT NULL
        AND tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)
        """,
    "a vehicle is promised to two at once": """
        SELECT a.id FROM booking a JOIN booking b ON a.vehicle_id = b.vehicle_id AND a.id < b.id
        WHERE a.state IN ('confirmed', 'started') AND b.state IN ('confirmed', 'started')
        AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
        """,
    "a vehicle that was booked is held by another": """
        SELECT h.id FROM hold h JOIN booking b ON b.vehicle_id = h.vehicle_id AND b.account_id <> h.account_id
        WHERE h.released_at IS NULL AND b.state = 'confirmed' AND b.starts_at < h.expires_at
        AND b.created_at < h.created_at AND b.at_risk_at IS NULL
        """,
    "a rider is in two rides at once": """
        SELECT account_id FROM rental WHERE ended_at IS NULL GROUP BY account_id HAVING count(*) > 1
        """,
    "the ledger is off balance": """
        SELECT transaction_id FROM ledger_entry GROUP BY transaction_id HAVING sum(amount_cents) <> 0
        """,
    "a ride was charged otherwise than it cost": """
        SELECT r.id FROM rental r LEFT JOIN payment p ON p.reference_id = r.id
        WHERE r.state = 'ended' AND r.total_cents <> coalesce(p.amount_cents + p.credit_cents, 0)
        AND NOT EXISTS (SELECT FROM support_act a WHERE a.reference_id = r.id AND a.kind = 'price' AND a.state = 'done')
        """,
    "a ride that was not ended was charged": """
        SELECT r.id FROM rental r JOIN payment p ON p.reference_id = r.id WHERE r.state <> 'ended'
        """,
    "one person gave away what takes two": """
        SELECT id FROM support_act
        WHERE kind IN ('refund', 'credit') AND cents > 5000 AND state = 'done' AND decided_by IS NULL
        """,
    "one person decided about what they asked for": "SELECT id FROM support_act WHERE decided_by = asked_by",
    "more was given back than was paid": """
        SELECT m.reference FROM movement m JOIN refund f ON f.movement = m.reference
        WHERE f.state <> 'refused'
        GROUP BY m.reference HAVING sum(f.amount_cents) > m.amount_cents
        """,
}
AT_REST: dict[str, str] = {
    "a hold is stuck": "SELECT id FROM hold WHERE released_at IS NULL",
    "a ride is stuck": "SELECT id FROM rental WHERE ended_at IS NULL",
    "a vehicle is stuck": "SELECT plate FROM vehicle WHERE state IN ('reserved', 'on_trip', 'stopped')",
    "a booking is stuck": "SELECT id FROM booking WHERE state IN ('confirmed', 'started')",
    "a payment is stuck": "SELECT id FROM payment WHERE state NOT IN ('captured', 'written_off')",
    "a pass is stuck": "SELECT id FROM rider_pass WHERE state = 'pending'",
    "the bank keeps money ready for nothing": "SELECT id FROM authorisation WHERE state IN ('placed', 'capturing')",
    "a document has no number": "SELECT id FROM document WHERE number IS NULL",
    "a refund is stuck": "SELECT id FROM refund WHERE state = 'pending'",
    "a command is stuck": "SELECT id FROM vehicle_command WHERE state = 'sent'",
    "a fact was not told": "SELECT id FROM outbox_message WHERE delivered_at IS NULL",
    "a webhook was not looked into": "SELECT id FROM gateway_event WHERE settled_at IS NULL",
    "a rider owes something": """
        SELECT a.owner FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id
        WHERE a.kind = 'rider' GROUP BY a.owner HAVING sum(e.amount_cents) <> 0
        """,
}
BALANCE = text(
    """
    SELECT coalesce(sum(e.amount_cents), 0) FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id
    WHERE a.kind = ANY(:kinds)
    """
)


async def check(town: Town) -> None:
    """Raises `Wrong`, naming what must never be."""
    taken = [
        movement.key.rsplit(":", 1)[0] for movement in town.bank.movements.values() if movement.state == "captured"
    ]
    if len(taken) > len(set(taken)):
        raise Wrong("a card was charged twice for one payment")
    async with town.sessions() as session:
        await _refuse(session, NEVER)
        for violation in await violations(session):
            raise Wrong(f"a vehicle {violation.sentence}")


async def check_at_rest(town: Town) -> None:
    """The bank's books and ours are one, every ride is paid, and nobody waits for anything."""
    await check(town)
    async with town.sessions() as session:
        await _refuse(session, AT_REST)
        ours = await session.scalar(BALANCE, {"kinds": ["gateway"]})
        if ours != town.bank.balance_cents:
            raise Wrong(f"the bank holds {town.bank.balance_cents} cents for us, our books say {ours}")
        earned = await session.scalar(text(EARNED))
        booked = await session.scalar(BALANCE, {"kinds": ["revenue", "vat"]})
        if earned != -booked:
            raise Wrong(f"rides earned {earned} cents, the books say {-booked}")


EARNED = """
SELECT (SELECT coalesce(sum(amount_cents + credit_cents), 0) FROM payment p WHERE NOT (
           state = 'written_off' AND EXISTS (
               SELECT FROM ledger_transaction t WHERE t.kind = 'waiver' AND t.reference_id = p.reference_id)))
     - (SELECT coalesce(sum(amount_cents), 0) FROM refund WHERE state <> 'refused' AND operator_id IS NOT NULL)
"""


async def _refuse(session: AsyncSession, wrong: dict[str, str]) -> None:
    queries = (f"SELECT '{sentence}', found.*::text FROM ({query}) found" for sentence, query in wrong.items())
    for sentence, what in await session.execute(text(" UNION ALL ".join(queries))):
        raise Wrong(f"{sentence}: {what}")
