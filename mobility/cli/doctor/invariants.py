"""What must always be true of the data, asked of the domains that keep it true."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mobility.base.clock import SystemClock
from mobility.booking.service.looks import audit
from mobility.booking.service.soundness import count_stuck_unlocks, violations
from mobility.cli.doctor.findings import Finding, State
from mobility.db.heartbeat import GONE_AFTER, last_beat
from mobility.db.tables import OutboxMessage
from mobility.fleet.queries import states_follow_from_events
from mobility.fleet.service.commands import count_overdue
from mobility.fleet.service.off_road import list_loose
from mobility.invoicing.queries import count_unnumbered, list_gaps
from mobility.payments.queries import ledger_imbalances, list_differences, list_reconciliations, unsettled
from mobility.riders.service import count_given_up
from mobility.telemetry.queries import count_without_day, list_ahead_of_their_status
from mobility.telemetry.rules.sifting import AGE_MAX

# A running worker tells facts and collects payments within seconds.
OVERDUE = timedelta(minutes=5)
# Every night, up to midnight.
UNCOMPARED = timedelta(days=2)
UNTOLD_SHOWN = timedelta(days=7)
LOOKS_SHOWN = timedelta(days=30)


async def check_worker(connection: AsyncConnection) -> Finding:
    at = await last_beat(AsyncSession(connection))
    if at is not None and SystemClock().now() - at <= GONE_AFTER:
        return Finding(State.OK, "worker", "is there")
    fact = f"was last there at {at:%Y-%m-%d %H:%M} UTC" if at else "was never there"
    return Finding(State.WARN, "worker", fact, "start `mobility worker`: without it no vehicle is told anything")


async def check_vehicles(connection: AsyncConnection) -> Finding:
    session = AsyncSession(connection)
    wrong = [f"vehicle {found.vehicle_id} {found.sentence}" for found in await violations(session)]
    wrong += await states_follow_from_events(session)
    wrong += [f"vehicle {plate} is for rent, and not fit to ride" for plate in await list_loose(session)]
    if wrong:
        return Finding(State.BAD, "vehicles", f"{len(wrong)} contradict their story: {wrong[0]}", "call an engineer")
    return Finding(State.OK, "vehicles", "each has one story, and its state follows from its events")


async def check_ledger(connection: AsyncConnection) -> Finding:
    wrong = await ledger_imbalances(AsyncSession(connection))
    if wrong:
        fact = f"transaction {wrong[0].transaction_id} is off by {wrong[0].off_by.cents} cents"
        return Finding(State.BAD, "ledger", fact, "call an engineer before anything is paid out")
    return Finding(State.OK, "ledger", "balances, transaction by transaction")


async def check_payments(connection: AsyncConnection) -> Finding:
    late = await unsettled(AsyncSession(connection), SystemClock().now() - OVERDUE)
    if not late:
        return Finding(State.OK, "payments", "nothing is overdue")
    fact = ", ".join(f"{found.payments} {found.state} ({found.total.cents} cents)" for found in late)
    return Finding(State.WARN, "payments", fact, "is `mobility worker` running? declined ones need a person")


async def check_reconciliation(connection: AsyncConnection) -> Finding:
    session = AsyncSession(connection)
    if found := await list_differences(session):
        first = found[0]
        fact = f"{len(found)} differences from the payment service's books: {first.matter} {first.reference} "
        fact += first.kind.replace("_", " ")
        return Finding(State.BAD, "reconciliation", fact, "look at /v1/ledger/differences, then explain or repair each")
    done = await list_reconciliations(session, limit=1)
    if done and done[0].until < SystemClock().now() - UNCOMPARED:
        fact = f"the books were compared last on {done[0].at:%Y-%m-%d}"
        return Finding(State.WARN, "reconciliation", fact, "is `mobility worker` running?")
    return Finding(
        State.OK, "reconciliation", "the books agree" if done else "nothing was collected by a payment service"
    )


async def check_documents(connection: AsyncConnection) -> Finding:
    session = AsyncSession(connection)
    gaps = await list_gaps(session)
    if gaps:
        return Finding(State.BAD, "documents", f"numbers are missing: {gaps[0]}", "call an engineer")
    waiting = await count_unnumbered(session, SystemClock().now() - OVERDUE)
    if waiting:
        return Finding(State.WARN, "documents", f"{waiting} wait for a number", "is `mobility worker` running?")
    return Finding(State.OK, "documents", "numbered without gaps")


async def check_commands(connection: AsyncConnection) -> Finding:
    session, overdue = AsyncSession(connection), SystemClock().now() - OVERDUE
    commands, unlocks = await count_overdue(session, overdue), await count_stuck_unlocks(session, overdue)
    if commands or unlocks:
        fact = f"{commands} commands and {unlocks} unlocks of riders wait for their final answer"
        return Finding(State.WARN, "commands", fact, "is `mobility worker` running?")
    return Finding(State.OK, "commands", "each has its final answer, or its time is not over")


async def check_telemetry(connection: AsyncConnection) -> Finding:
    session = AsyncSession(connection)
    ahead = await list_ahead_of_their_status(session, SystemClock().now() - AGE_MAX)
    if ahead:
        fact = f"{len(ahead)} vehicles have a report above the greatest number known: {ahead[0]}"
        return Finding(State.BAD, "telemetry", fact, "call an engineer: their next reports may be refused by the table")
    without_day = await count_without_day(session)
    if without_day:
        fact = f"{without_day} reports have no partition of their day"
        return Finding(State.WARN, "telemetry", fact, "is `mobility worker` running?")
    return Finding(State.OK, "telemetry", "reports lie in their days, numbers are in order")


async def check_messages(connection: AsyncConnection) -> Finding:
    untold = await count_given_up(AsyncSession(connection), SystemClock().now() - UNTOLD_SHOWN)
    if untold:
        fact = f"{untold} messages to people were given up in the last {UNTOLD_SHOWN.days} days"
        return Finding(
            State.WARN, "messages", fact, "`last_error` of outgoing_message says why; is MOBILITY_SMTP_URL right?"
        )
    return Finding(State.OK, "messages", "none was given up")


async def check_outbox(connection: AsyncConnection) -> Finding:
    waiting = select(func.count()).where(
        OutboxMessage.delivered_at.is_(None), OutboxMessage.recorded_at < SystemClock().now() - OVERDUE
    )
    count = (await connection.execute(waiting)).scalar_one()
    if count:
        return Finding(State.WARN, "outbox", f"{count} facts wait to be told", "is `mobility worker` running?")
    return Finding(State.OK, "outbox", "every fact was told in time")


async def check_looks(connection: AsyncConnection) -> Finding:
    now = SystemClock().now()
    found = await audit(AsyncSession(connection), now - LOOKS_SHOWN, now - OVERDUE)
    if found.stray:
        fact = f"{found.stray} positions of rides are kept that nobody may look at"
        return Finding(State.BAD, "privacy", fact, "erase them now: DELETE FROM sighting; then call an engineer")
    if found.overdue:
        fact = f"{found.overdue} looks at rides are not closed though their time is up"
        return Finding(State.WARN, "privacy", fact, "is `mobility worker` running?")
    fact = f"{found.looks} looks at riders' data by {found.people} people in {LOOKS_SHOWN.days} days"
    return Finding(State.OK, "privacy", fact)
