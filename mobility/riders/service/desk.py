"""What the desk decides about people: which papers hold, who is blocked; each written down with who and why."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders import queries
from mobility.riders.rules.access import Caller
from mobility.riders.rules.licences import LicenceDecision, OwnPapers, decide, refuse_implausible
from mobility.riders.rules.profiles import AccountNotBlocked, BirthDateMissing, StaffAccount, UnknownAccount
from mobility.riders.tables import Account, AccountCity, AccountEvent, Licence, PushDevice, SignInSession


class Decision(StrEnum):
    """Kinds of `AccountEvent`."""

    BIRTH_DATE_VERIFIED = "birth_date_verified"
    LICENCE_VERIFIED = "licence_verified"
    LICENCE_REFUSED = "licence_refused"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    GUARDIANSHIP_BEGUN = "guardianship_begun"
    GUARDIANSHIP_ENDED = "guardianship_ended"
    EXPORTED = "exported"
    ERASURE_ASKED = "erasure_asked"


async def note(
    session: AsyncSession, clock: Clock, account_id: UUID, kind: Decision, *, by: UUID | None, reason: str = ""
) -> None:
    """Write down what was decided about an account."""
    event = {"account_id": account_id, "at": clock.now(), "kind": kind, "by": by, "reason": reason}
    await session.execute(insert(AccountEvent).values(**event))


async def note_city(session: AsyncSession, clock: Clock, account_id: UUID, city_id: str) -> None:
    """From now on the city's operators see the account; saying it again changes nothing."""
    row = upsert(AccountCity).values(account_id=account_id, city_id=city_id, since=clock.now())
    await session.execute(row.on_conflict_do_nothing())


async def require_seen(session: AsyncSession, caller: Caller, account_id: UUID) -> None:
    """Raise `UnknownAccount` unless the caller operates every city, or one that the account has to do with.

    It has from its first papers, hold, booking or ride there on.
    """
    cities = caller.cities("operator")
    if cities is not None and not cities & await queries.list_cities(session, account_id):
        raise UnknownAccount


async def verify_birth_date(session: AsyncSession, clock: Clock, caller: Caller, account_id: UUID) -> Account:
    """An operator saw a paper that says the declared date.

    Raises
    ------
    UnknownAccount, OwnPapers, BirthDateMissing
    """
    account, _ = await _lock_papers(session, caller, account_id)
    await _verify_birth_date(session, clock, caller, account)
    await session.flush()
    return account


async def decide_licence(
    session: AsyncSession,
    clock: Clock,
    caller: Caller,
    decision: LicenceDecision,
    *,
    account_id: UUID,
    licence_id: UUID,
    confirms_birth_date: bool = False,
) -> Licence:
    """Verify or refuse a licence that an operator has seen.

    Raises
    ------
    UnknownAccount, UnknownLicence, OwnPapers, LicenceDecided, LicenceImplausible
    """
    account, born_on = await _lock_papers(session, caller, account_id)
    licence = await queries.get_licence(session, account_id=account_id, licence_id=licence_id)
    title, now = queries.title(licence), clock.now()
    licence.state = decide(title.state, decision)
    if decision is LicenceDecision.VERIFY:
        refuse_implausible(title, born_on=born_on, today=now.date())
        if confirms_birth_date:
            await _verify_birth_date(session, clock, caller, account)
    licence.decided_at, licence.decided_by = now, caller.account_id
    kind = Decision.LICENCE_VERIFIED if decision is LicenceDecision.VERIFY else Decision.LICENCE_REFUSED
    await note(session, clock, account_id, kind, by=caller.account_id, reason=licence.category)
    await session.flush()
    return licence


async def block_account(
    session: AsyncSession, clock: Clock, account_id: UUID, *, by: UUID | None, reason: str
) -> Account:
    """Close every session of the account and let it open none; what it owes or rides is untouched.

    Raises
    ------
    UnknownAccount
    """
    account = await queries.lock_account(session, account_id)
    if account.blocked_at is None:
        account.blocked_at = clock.now()
        await note(session, clock, account_id, Decision.BLOCKED, by=by, reason=reason)
    await close_sessions(session, clock, account_id)
    await session.flush()
    return account


async def unblock_account(
    session: AsyncSession, clock: Clock, account_id: UUID, *, by: UUID | None, reason: str
) -> Account:
    """Let the account sign in again.

    Raises
    ------
    UnknownAccount, AccountNotBlocked
    """
    account = await queries.lock_account(session, account_id)
    if account.blocked_at is None:
        raise AccountNotBlocked
    account.blocked_at = None
    await note(session, clock, account_id, Decision.UNBLOCKED, by=by, reason=reason)
    await session.flush()
    return account


async def refuse_staff(session: AsyncSession, account_id: UUID) -> None:
    """Raise `StaffAccount` for somebody who holds a role: a colleague is not blocked, their roles are taken back."""
    if (await queries.get_account(session, account_id)).roles:
        raise StaffAccount


async def close_sessions(session: AsyncSession, clock: Clock, account_id: UUID) -> None:
    """Sign out everywhere; browsers that showed the account's messages show no more of them."""
    open_ = (SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None))
    await session.execute(update(SignInSession).where(*open_).values(revoked_at=clock.now()))
    await session.execute(delete(PushDevice).where(PushDevice.account_id == account_id))


async def _verify_birth_date(session: AsyncSession, clock: Clock, caller: Caller, account: Account) -> None:
    if not account.born_on_verified:
        account.born_on_verified = True
        await note(session, clock, account.id, Decision.BIRTH_DATE_VERIFIED, by=caller.account_id)


async def _lock_papers(session: AsyncSession, caller: Caller, account_id: UUID) -> tuple[Account, date]:
    """The account whose papers an operator decides on, somebody else's, and the date of birth to compare."""
    if account_id == caller.account_id:
        raise OwnPapers
    await require_seen(session, caller, account_id)
    account = await queries.lock_account(session, account_id)
    if account.born_on is None:
        raise BirthDateMissing
    return account, account.born_on
