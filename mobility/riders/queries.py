from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from mobility.riders.rules.access import Caller, roles_held
from mobility.riders.rules.addresses import is_email
from mobility.riders.rules.codes import CodeState
from mobility.riders.rules.eligibility import Rider
from mobility.riders.rules.licences import LicenceCategory, LicenceState, Title, UnknownLicence
from mobility.riders.rules.profiles import UnknownAccount
from mobility.riders.tables import (
    Account,
    AccountRole,
    Licence,
    OutgoingAttachment,
    OutgoingMessage,
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


async def list_accounts(
    session: AsyncSession, *, text: str | None, limit: int, after: UUID | None
) -> Sequence[Account]:
    """Accounts in the order they were made, whose e-mail, phone or name contains `text`."""
    found = select(Account).order_by(Account.id).limit(limit)
    if text is not None:
        columns = (Account.email, Account.phone, Account.name)
        found = found.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if after is not None:
        found = found.where(Account.id > after)
    return (await session.scalars(_whole(found))).all()


async def get_licence(session: AsyncSession, *, account_id: UUID, licence_id: UUID) -> Licence:
    """Raises `UnknownLicence` also when the licence is another account's."""
    wanted = select(Licence).where(Licence.id == licence_id, Licence.account_id == account_id)
    licence = await session.scalar(wanted)
    if licence is None:
        raise UnknownLicence
    return licence


async def get_rider(session: AsyncSession, account_id: UUID) -> Rider:
    """What the rules of eligibility ask of a person."""
    account = await get_account(session, account_id)
    return Rider(
        born_on=account.born_on,
        born_on_verified=account.born_on_verified,
        titles=[title(licence) for licence in account.licences],
    )


def title(licence: Licence) -> Title:
    return Title(
        category=LicenceCategory(licence.category),
        issued_on=licence.issued_on,
        expires_on=licence.expires_on,
        state=LicenceState(licence.state),
    )


async def find_caller(session: AsyncSession, token_hash: bytes, now: datetime) -> Caller | None:
    """Whose session the token opens; None when it is revoked or over, or the account is blocked."""
    rows = (
        await session.execute(
            select(Account.id, Account.locale, AccountRole.role, AccountRole.city_id)
            .join(SignInSession, SignInSession.account_id == Account.id)
            .outerjoin(AccountRole, AccountRole.account_id == Account.id)
            .where(SignInSession.token_hash == token_hash, SignInSession.revoked_at.is_(None))
            .where(SignInSession.expires_at > now, Account.blocked_at.is_(None))
        )
    ).all()
    if not rows:
        return None
    return Caller(rows[0].id, roles_held((row.role, row.city_id) for row in rows), rows[0].locale)


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


async def list_attachments(session: AsyncSession, message_id: UUID) -> Sequence[OutgoingAttachment]:
    """The files of a message in the order they were attached."""
    wanted = select(OutgoingAttachment).where(OutgoingAttachment.message_id == message_id)
    return (await session.scalars(wanted.order_by(OutgoingAttachment.id))).all()


def _whole(accounts: Select[Account]) -> Select[Account]:
    return accounts.options(selectinload(Account.roles), selectinload(Account.licences))


async def _one_account(session: AsyncSession, accounts: Select[Account]) -> Account:
    account = await session.scalar(_whole(accounts).execution_options(populate_existing=True))
    if account is None:
        raise UnknownAccount
    return account
