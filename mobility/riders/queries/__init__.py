from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload

from mobility.db.direct import Statement, connection_of, listed
from mobility.riders.rules.access import Caller, roles_held
from mobility.riders.rules.addresses import is_email
from mobility.riders.rules.codes import CodeState
from mobility.riders.rules.eligibility import Rider
from mobility.riders.rules.guardianship import Guardian, State, UnknownGuardianship, is_minor
from mobility.riders.rules.licences import LicenceCategory, LicenceState, Title, UnknownLicence
from mobility.riders.rules.profiles import UnknownAccount
from mobility.riders.tables import (
    Account,
    AccountCity,
    AccountEvent,
    AccountRole,
    Guardianship,
    Licence,
    OutgoingAttachment,
    OutgoingMessage,
    OutgoingPush,
    SignInCode,
    SignInSession,
)


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    """The account with its roles and licences.

    Raises
    ------
    UnknownAccount
    """
    return await _one_account(session, select(Account).where(Account.id == account_id))


async def lock_account(session: AsyncSession, account_id: UUID) -> Account:
    """Like `get_account`, kept from others until the transaction ends."""
    return await _one_account(session, select(Account).where(Account.id == account_id).with_for_update())


async def find_account_at(session: AsyncSession, address: str) -> Account | None:
    """The account of a normalised e-mail address or phone number, with roles and licences."""
    column = Account.email if is_email(address) else Account.phone
    return await session.scalar(_whole(select(Account).where(column == address)))


async def get_account_at(session: AsyncSession, address: str) -> Account:
    """Like `find_account_at`; raises `UnknownAccount`."""
    account = await find_account_at(session, address)
    if account is None:
        raise UnknownAccount
    return account


async def list_names(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """What people are called, or else the address they sign in with; empty for somebody who was forgotten."""
    named = func.coalesce(func.nullif(Account.name, ""), Account.email, Account.phone, "")
    rows = await session.execute(select(Account.id, named.label("name")).where(Account.id.in_(account_ids)))
    return {row.id: row.name for row in rows}


async def list_accounts(
    session: AsyncSession,
    *,
    text: str | None,
    limit: int,
    after: UUID | None,
    cities: Collection[str] | None = None,
    waiting: bool = False,
) -> Sequence[Account]:
    """Accounts in the order they were made.

    Parameters
    ----------
    text
        Part of the e-mail, the phone or the name; None for everybody.
    cities
        Only accounts that have something to do with one of these; None for all.
    waiting
        Only those with papers that nobody has decided on.
    """
    found = select(Account).where(Account.erased_at.is_(None)).order_by(Account.id).limit(limit)
    if text is not None:
        columns = (Account.email, Account.phone, Account.name)
        found = found.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if after is not None:
        found = found.where(Account.id > after)
    if cities is not None:
        found = found.where(Account.id.in_(select(AccountCity.account_id).where(AccountCity.city_id.in_(cities))))
    if waiting:
        declared = select(Licence.account_id).where(Licence.state == LicenceState.DECLARED)
        unseen = Account.born_on.is_not(None) & ~Account.born_on_verified
        found = found.where(or_(unseen, Account.id.in_(declared)))
    return (await session.scalars(_whole(found))).all()


async def get_licence(session: AsyncSession, *, account_id: UUID, licence_id: UUID) -> Licence:
    """Raises `UnknownLicence` also when the licence is another account's."""
    wanted = select(Licence).where(Licence.id == licence_id, Licence.account_id == account_id)
    licence = await session.scalar(wanted)
    if licence is None:
        raise UnknownLicence
    return licence


async def get_rider(session: AsyncSession, account_id: UUID) -> Rider:
    """What the rules of eligibility ask of a person.

    Raises
    ------
    UnknownAccount
    """
    parent = aliased(Account)
    known = (
        select(Account.born_on, Account.born_on_verified, is_closed(Account).label("is_blocked"))
        .add_columns(parent.id.label("parent_id"), parent.born_on_verified.label("is_verified"))
        .add_columns(is_closed(parent).label("parent_is_blocked"))
        .outerjoin(Guardianship, and_(Guardianship.child_id == Account.id, Guardianship.state == State.ACTIVE))
        .outerjoin(parent, parent.id == Guardianship.guardian_id)
        .where(Account.id == account_id)
    )
    row = (await session.execute(known)).one_or_none()
    if row is None:
        raise UnknownAccount
    licences = await session.scalars(select(Licence).where(Licence.account_id == account_id))
    guardian = {"account_id": row.parent_id, "is_verified": row.is_verified, "is_blocked": row.parent_is_blocked}
    return Rider(
        born_on=row.born_on,
        born_on_verified=row.born_on_verified,
        titles=[title(licence) for licence in licences],
        is_blocked=row.is_blocked,
        guardian=Guardian(**guardian) if row.parent_id else None,
    )


def title(licence: Licence) -> Title:
    return Title(
        category=LicenceCategory(licence.category),
        issued_on=licence.issued_on,
        expires_on=licence.expires_on,
        state=LicenceState(licence.state),
    )


def is_closed(account: type[Account]) -> ColumnElement[bool]:
    return or_(account.blocked_at.is_not(None), account.erasure_due_at.is_not(None))


ROLES = select(listed(AccountRole.role, AccountRole.city_id))
CALLER = Statement(
    select(Account.id, Account.locale, Account.born_on, Guardianship.guardian_id)
    .add_columns(ROLES.where(AccountRole.account_id == Account.id).scalar_subquery().label("roles"))
    .join(SignInSession, SignInSession.account_id == Account.id)
    .outerjoin(Guardianship, and_(Guardianship.child_id == Account.id, Guardianship.state == State.ACTIVE))
    .where(SignInSession.token_hash == bindparam("token_hash"), SignInSession.revoked_at.is_(None))
    .where(SignInSession.expires_at > bindparam("now"), ~is_closed(Account))
)


async def find_caller(session: AsyncSession, token_hash: bytes, now: datetime) -> Caller | None:
    """Whose session the token opens; None when it is revoked or over, or the account is blocked."""
    found = await CALLER.row(await connection_of(session), token_hash=token_hash, now=now)
    if found is None:
        return None
    roles = msgspec.json.decode(found["roles"], type=list[tuple[str, str | None]]) if found["roles"] else []
    is_paid_for = found["born_on"] is not None and is_minor(found["born_on"], now.date())
    return Caller(found["id"], roles_held(roles), found["locale"], found["guardian_id"] if is_paid_for else None)


async def find_code_state(session: AsyncSession, request_id: UUID) -> CodeState | None:
    code = SignInCode
    row = (
        await session.execute(
            select(code.tries, code.expires_at, code.used_at, newer_code_exists()).where(code.id == request_id)
        )
    ).one_or_none()
    if row is None:
        return None
    return CodeState(tries=row[0], expires_at=row[1], is_used=row[2] is not None, is_replaced=row[3])


def newer_code_exists() -> ColumnElement[bool]:
    """Whether a later code went to the address of the `SignInCode` of the enclosing statement."""
    newer = aliased(SignInCode)
    later = tuple_(newer.created_at, newer.id) > tuple_(SignInCode.created_at, SignInCode.id)
    return exists().where(newer.address == SignInCode.address, later).correlate(SignInCode)


async def lock_next_message(session: AsyncSession, now: datetime) -> OutgoingMessage | None:
    """The message that is due longest, passing over those another worker is about to lease."""
    message = OutgoingMessage
    due = select(message).where(message.sent_at.is_(None), message.given_up_at.is_(None), message.due_at <= now)
    return await session.scalar(due.order_by(message.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_message(session: AsyncSession, message_id: UUID) -> OutgoingMessage:
    return await session.get_one(OutgoingMessage, message_id, with_for_update=True, populate_existing=True)


async def lock_next_push(session: AsyncSession, now: datetime) -> OutgoingPush | None:
    """The push that is due longest, passing over those another worker is about to lease."""
    push = OutgoingPush
    due = select(push).where(push.sent_at.is_(None), push.given_up_at.is_(None), push.due_at <= now)
    return await session.scalar(due.order_by(push.due_at).limit(1).with_for_update(skip_locked=True))


async def list_attachments(session: AsyncSession, message_id: UUID) -> Sequence[OutgoingAttachment]:
    """The files of a message in the order they were attached."""
    wanted = select(OutgoingAttachment).where(OutgoingAttachment.message_id == message_id)
    return (await session.scalars(wanted.order_by(OutgoingAttachment.id))).all()


async def list_guardianships(
    session: AsyncSession, account_id: UUID, addresses: Collection[str], *, limit: int
) -> Sequence[Guardianship]:
    """Those the account has a part in, or is invited to at one of its addresses, the newest first."""
    mine = or_(
        Guardianship.guardian_id == account_id,
        Guardianship.child_id == account_id,
        Guardianship.address.in_(addresses),
    )
    found = select(Guardianship).where(mine).order_by(Guardianship.id.desc()).limit(limit)
    return (await session.scalars(_with_people(found))).all()


async def lock_guardianship(session: AsyncSession, guardianship_id: UUID) -> Guardianship:
    """Raises `UnknownGuardianship`."""
    wanted = select(Guardianship).where(Guardianship.id == guardianship_id).with_for_update(of=Guardianship)
    found = await session.scalar(_with_people(wanted).execution_options(populate_existing=True))
    if found is None:
        raise UnknownGuardianship
    return found


async def count_guardianships(session: AsyncSession, account_id: UUID) -> int:
    """How many the account has asked for or agreed to, and are not over."""
    mine = or_(Guardianship.guardian_id == account_id, Guardianship.child_id == account_id)
    open_ = select(func.count()).where(mine, Guardianship.closed_at.is_(None))
    return (await session.execute(open_)).scalar_one()


async def list_cities(session: AsyncSession, account_id: UUID) -> set[str]:
    """The cities that the account has something to do with."""
    return set(await session.scalars(select(AccountCity.city_id).where(AccountCity.account_id == account_id)))


async def list_account_events(
    session: AsyncSession, account_id: UUID, *, limit: int, before: int | None
) -> Sequence[AccountEvent]:
    """What was decided about the account, the newest first."""
    found = select(AccountEvent).where(AccountEvent.account_id == account_id)
    if before is not None:
        found = found.where(AccountEvent.id < before)
    return (await session.scalars(found.order_by(AccountEvent.id.desc()).limit(limit))).all()


def _with_people(guardianships: Select[Guardianship]) -> Select[Guardianship]:
    return guardianships.options(joinedload(Guardianship.guardian), joinedload(Guardianship.child))


def _whole(accounts: Select[Account]) -> Select[Account]:
    return accounts.options(selectinload(Account.roles), selectinload(Account.licences))


async def _one_account(session: AsyncSession, accounts: Select[Account]) -> Account:
    account = await session.scalar(_whole(accounts).execution_options(populate_existing=True))
    if account is None:
        raise UnknownAccount
    return account
