"""Parents and children: who agrees to whose rides, since when, and who therefore pays."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from mobility.base.clock import Clock
from mobility.db import outbox
from mobility.riders import queries
from mobility.riders.events import GuardianshipEnded
from mobility.riders.rules import guardianship as rules
from mobility.riders.rules.guardianship import Event, Part, State
from mobility.riders.rules.notices import consent_ended, consent_given, invited
from mobility.riders.service.desk import Decision, note
from mobility.riders.service.notices import notify
from mobility.riders.tables import Account, Guardianship

# One run leaves room for the worker's other jobs.
SWEEP_MAX = 100


async def ask(session: AsyncSession, clock: Clock, account_id: UUID, part: Part, address: str) -> Guardianship:
    """Invite the parent or the child who is reached at a normalised address; a parent who asks consents by that.

    The answer is the same for an address that nobody has signed in with yet.

    Raises
    ------
    GuardianshipsTooMany, OwnGuardian, GuardianNotAdult, ChildNotMinor
    """
    account, now = await queries.lock_account(session, account_id), clock.now()
    if address in addresses(account):
        raise rules.OwnGuardian
    _refuse_alone(account, part, now)
    if await queries.count_guardianships(session, account_id) >= rules.GUARDIANSHIPS_MAX:
        raise rules.GuardianshipsTooMany(most=rules.GUARDIANSHIPS_MAX)
    asked = Guardianship(
        guardian=account if part is Part.GUARDIAN else None,
        child=account if part is Part.CHILD else None,
        address=address,
        state=State.ASKED,
        asked_at=now,
        consented_at=now if part is Part.GUARDIAN else None,
    )
    session.add(asked)
    await session.flush()
    await _tell_invited(session, clock, asked, address)
    return asked


async def accept(session: AsyncSession, clock: Clock, account_id: UUID, guardianship_id: UUID) -> Guardianship:
    """Agree to an invitation: from now on the parent's consent holds, and the parent pays.

    Raises
    ------
    UnknownGuardianship, GuardianshipDecided, InvitationLapsed, GuardianNotAdult, ChildNotMinor, GuardianExists
    """
    asked, now = await _lock_mine(session, account_id, guardianship_id), clock.now()
    if asked.state == State.ASKED and account_id in (asked.guardian_id, asked.child_id):
        raise rules.UnknownGuardianship
    state = rules.move(State(asked.state), Event.ACCEPT)
    rules.refuse_lapsed(asked_at=asked.asked_at, now=now)
    account = await queries.lock_account(session, account_id)
    guardian, child = asked.guardian or account, asked.child or account
    rules.refuse_pair(guardian_born_on=guardian.born_on, child_born_on=child.born_on, on=now.date())
    # Two parents may accept one child at once: the second waits here, then finds the first.
    await queries.lock_account(session, child.id)
    if (await queries.get_rider(session, child.id)).guardian is not None:
        raise rules.GuardianExists
    asked.state, asked.guardian, asked.child, asked.address = state, guardian, child, None
    asked.accepted_at, asked.consented_at = now, asked.consented_at or now
    await session.flush()
    await _note(session, clock, asked, Decision.GUARDIANSHIP_BEGUN, by=account_id)
    return asked


async def end(session: AsyncSession, clock: Clock, account_id: UUID, guardianship_id: UUID) -> Guardianship:
    """Decline or take back an invitation; withdraw or leave what was agreed: no new ride begins from now on.

    Raises
    ------
    UnknownGuardianship, GuardianshipDecided
    """
    found = await _lock_mine(session, account_id, guardianship_id)
    await _close(session, clock, found, _event(found, account_id), by=account_id)
    return found


async def end_of_age(session: AsyncSession, clock: Clock) -> int:
    """Tidy up the guardianships of children who have come of age; how many. They bind nobody since that day."""
    # A day late: somewhere the birthday has not begun.
    grown = await _lock_grown(session, rules.last_birth_of_adults(clock.now().date() - timedelta(days=1)))
    for found in grown:
        await _close(session, clock, found, Event.COME_OF_AGE, by=None)
    return len(grown)


async def list_of(session: AsyncSession, account_id: UUID, *, limit: int) -> Sequence[Guardianship]:
    """The account's own and those it is invited to, the newest first."""
    account = await queries.get_account(session, account_id)
    return await queries.list_guardianships(session, account_id, addresses(account), limit=limit)


async def payer_of(session: AsyncSession, account_id: UUID, at: datetime) -> UUID:
    """Whose card pays for what the account begins at that instant: the parent's for a minor, else its own.

    Parameters
    ----------
    at
        In the city's time zone, where birthdays begin. What was begun under a consent stays the parent's to pay,
        though the consent ends or the child comes of age on the way.
    """
    lasted = Guardianship.closed_at.is_(None) | (Guardianship.closed_at > at)
    paying = (
        select(Guardianship.guardian_id, Account.born_on)
        .join(Account, Account.id == Guardianship.child_id)
        .where(Guardianship.child_id == account_id, Guardianship.accepted_at <= at, lasted)
    )
    row = (await session.execute(paying.order_by(Guardianship.accepted_at.desc()).limit(1))).one_or_none()
    guardian_id, born_on = row or (None, None)
    is_paid_for = born_on is not None and rules.is_minor(born_on, at.date())
    return guardian_id if guardian_id is not None and is_paid_for else account_id


async def get_agreement(session: AsyncSession, *, guardian_id: UUID, child_id: UUID) -> Guardianship:
    """By which the one agrees to and pays for the other's rides now; raises `UnknownGuardianship`."""
    active = (Guardianship.state == State.ACTIVE, Guardianship.child_id == child_id)
    found = await session.scalar(select(Guardianship).where(*active, Guardianship.guardian_id == guardian_id))
    if found is None:
        raise rules.UnknownGuardianship
    return found


def addresses(account: Account) -> list[str]:
    return [address for address in (account.email, account.phone) if address is not None]


def _refuse_alone(account: Account, part: Part, now: datetime) -> None:
    """What can be said of who asks, before the other is known."""
    if part is Part.GUARDIAN and (account.born_on is None or rules.is_minor(account.born_on, now.date())):
        raise rules.GuardianNotAdult
    if part is Part.CHILD and (account.born_on is None or not rules.is_minor(account.born_on, now.date())):
        raise rules.ChildNotMinor


async def _lock_mine(session: AsyncSession, account_id: UUID, guardianship_id: UUID) -> Guardianship:
    found = await queries.lock_guardianship(session, guardianship_id)
    account = await queries.get_account(session, account_id)
    if account_id not in (found.guardian_id, found.child_id) and found.address not in addresses(account):
        raise rules.UnknownGuardianship
    return found


def _event(found: Guardianship, account_id: UUID) -> Event:
    if found.state == State.ASKED:
        asked = account_id in (found.guardian_id, found.child_id)
        return Event.TAKE_BACK if asked else Event.DECLINE
    return Event.WITHDRAW if account_id == found.guardian_id else Event.LEAVE


async def _close(session: AsyncSession, clock: Clock, found: Guardianship, event: Event, *, by: UUID | None) -> None:
    was = State(found.state)
    found.state, found.closed_at, found.closed_because = rules.move(was, event), clock.now(), event
    found.address = None
    await session.flush()
    if was is State.ACTIVE:
        await _note(session, clock, found, Decision.GUARDIANSHIP_ENDED, by=by)


async def _note(session: AsyncSession, clock: Clock, found: Guardianship, kind: Decision, *, by: UUID | None) -> None:
    """In both people's histories, and told to both."""
    say = consent_given if kind is Decision.GUARDIANSHIP_BEGUN else consent_ended
    for account in (found.guardian, found.child):
        if account is not None:
            await note(session, clock, account.id, kind, by=by, reason=found.closed_because or "")
            message = say(child=_name(found.child), guardian=_name(found.guardian))
            await notify(session, clock, account.id, message, key=f"{kind}:{found.id}:{account.id}")
    if kind is Decision.GUARDIANSHIP_ENDED and found.child_id is not None:
        await outbox.record(session, clock, GuardianshipEnded(child_id=found.child_id, at=clock.now()))


async def _tell_invited(session: AsyncSession, clock: Clock, asked: Guardianship, address: str) -> None:
    known = await queries.find_account_at(session, address)
    if known is not None:
        asker = asked.guardian or asked.child
        await notify(session, clock, known.id, invited(_name(asker)), key=f"guardianship_asked:{asked.id}")


def _name(account: Account | None) -> str:
    return "" if account is None else account.name or account.email or account.phone or ""


async def _lock_grown(session: AsyncSession, born_until: date) -> Sequence[Guardianship]:
    active = select(Guardianship).join(Guardianship.child).where(Guardianship.state == State.ACTIVE)
    grown = active.where(Account.born_on <= born_until).limit(SWEEP_MAX)
    people = (joinedload(Guardianship.guardian), joinedload(Guardianship.child))
    return (await session.scalars(grown.options(*people).with_for_update(skip_locked=True, of=Guardianship))).all()
