import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.db.session import after_commit, own_transaction
from mobility.riders import queries
from mobility.riders.ports import Delivery, Limiter
from mobility.riders.rules import codes
from mobility.riders.rules.access import Caller
from mobility.riders.rules.profiles import AccountBlocked
from mobility.riders.service.accounts import get_or_create_account
from mobility.riders.tables import Account, SignInCode, SignInSession

TOKEN_BYTES = 32
TOKEN_LENGTH = 43
SESSION_LIVES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The only moment at which the token is known: its hash is what is stored."""

    token: str
    expires_at: datetime
    account: Account


async def request_code(
    session: AsyncSession, clock: Clock, limiter: Limiter, delivery: Delivery, *, address: str, locale: str, ip: str
) -> SignInCode:
    """Send a one-time code to a normalised address, known or not: nobody learns who has an account.

    It replaces every earlier code of the address.

    Raises
    ------
    SignInTooOften
    """
    await _count(limiter, codes.counts_of_code_request(address, ip))
    now, code, request_id = clock.now(), codes.new_code(), new_id()
    sent = SignInCode(
        id=request_id,
        address=address,
        locale=locale,
        code_hash=codes.hash_code(request_id, code),
        created_at=now,
        expires_at=now + codes.CODE_LIVES,
    )
    session.add(sent)
    await session.flush()
    letter = codes.code_letter(request_id, to=address, code=code, locale=locale, at=now)
    after_commit(session, lambda: delivery.deliver(letter))
    return sent


async def sign_in(
    session: AsyncSession, clock: Clock, limiter: Limiter, *, request_id: UUID, code: str, ip: str
) -> SignedIn:
    """Exchange a code for a session; the first sign-in of an address makes its account.

    Raises
    ------
    SignInTooOften, UnknownCode, CodeWrong, CodeTriesExhausted, CodeUsed, CodeExpired, CodeReplaced, AccountBlocked
    """
    await _count(limiter, [codes.count_of_try(ip)])
    address, locale = await _try_code(session, clock.now(), request_id, code)
    await _use_code(session, clock.now(), request_id)
    account = await get_or_create_account(session, clock, address, locale=locale)
    if account.blocked_at is not None or account.erasure_due_at is not None:
        raise AccountBlocked
    return await _open_session(session, clock.now(), account)


async def authenticate(session: AsyncSession, clock: Clock, token: str) -> Caller | None:
    """Whom the token stands for; None when it opens nothing."""
    if len(token) != TOKEN_LENGTH:
        return None
    return await queries.find_caller(session, _hash_token(token), clock.now())


async def sign_out(session: AsyncSession, clock: Clock, token: str) -> None:
    wanted = SignInSession.token_hash == _hash_token(token)
    await session.execute(update(SignInSession).where(wanted).values(revoked_at=clock.now()))


async def _count(limiter: Limiter, counts: Iterable[codes.Count]) -> None:
    for count in counts:
        if wait_s := await limiter.hit(count):
            raise codes.SignInTooOften(retry_after_s=wait_s)


async def _try_code(session: AsyncSession, now: datetime, request_id: UUID, code: str) -> tuple[str, str]:
    """Count a try and compare; gives the address and the locale of a right code.

    One statement counts and checks at once, in a transaction of its own: a thousand guesses at the same instant are
    still five, and a refused one has been counted.
    """
    alive = (SignInCode.used_at.is_(None), SignInCode.expires_at > now, ~queries.newer_code_exists())
    count = (
        update(SignInCode)
        .where(SignInCode.id == request_id, SignInCode.tries < codes.TRIES_MAX, *alive)
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode.code_hash, SignInCode.tries, SignInCode.address, SignInCode.locale)
    )
    async with own_transaction(session) as beside:
        tried = (await beside.execute(count)).one_or_none()
    if tried is None:
        await _refuse_dead_code(session, now, request_id)
        raise codes.CodeExpired
    if not codes.is_right(request_id, code, tried.code_hash):
        raise codes.CodeWrong(tries_left=codes.TRIES_MAX - tried.tries)
    return tried.address, tried.locale


async def _refuse_dead_code(session: AsyncSession, now: datetime, request_id: UUID) -> None:
    state = await queries.find_code_state(session, request_id)
    if state is None:
        raise codes.UnknownCode
    codes.refuse_dead(state, now)


async def _use_code(session: AsyncSession, now: datetime, request_id: UUID) -> None:
    """In the caller's transaction: of two that bring the right code at once, one waits here and is refused."""
    unused = (SignInCode.id == request_id, SignInCode.used_at.is_(None))
    used = update(SignInCode).where(*unused).values(used_at=now).returning(SignInCode.id)
    if (await session.execute(used)).first() is None:
        raise codes.CodeUsed


async def _open_session(session: AsyncSession, now: datetime, account: Account) -> SignedIn:
    token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), now + SESSION_LIVES
    session.add(
        SignInSession(token_hash=_hash_token(token), account_id=account.id, created_at=now, expires_at=expires_at)
    )
    await session.flush()
    return SignedIn(token, expires_at, account)


def _hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
