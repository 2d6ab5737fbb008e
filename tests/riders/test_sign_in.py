from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.db.session import commit
from mobility.riders import service
from mobility.riders.rules import codes
from mobility.riders.rules.profiles import AccountBlocked
from mobility.riders.tables import Account, SignInCode, SignInSession
from mobility.riders.tasks import forget_old_codes
from tests.support.riders import EMAIL, IP, Letterbox, OpenGate, code_for, person, sign_in, wrong

PHONE = "+33612345678"


@pytest.mark.parametrize("address", [EMAIL, PHONE])
async def test_the_first_sign_in_makes_the_account(session: AsyncSession, clock: FixedClock, address: str) -> None:
    signed_in = await sign_in(session, clock, *await code_for(session, clock, address, locale="en"))
    assert (signed_in.account.email or signed_in.account.phone) == address
    assert signed_in.account.locale == "en"
    assert signed_in.account.roles == signed_in.account.licences == []
    assert signed_in.expires_at == clock.now() + timedelta(days=30)


async def test_the_second_sign_in_finds_the_account(session: AsyncSession, clock: FixedClock) -> None:
    first = await sign_in(session, clock, *await code_for(session, clock))
    clock.advance(timedelta(minutes=1))
    second = await sign_in(session, clock, *await code_for(session, clock))
    assert first.account.id == second.account.id
    assert first.token != second.token


async def test_a_code_is_sent_after_the_commit_and_never_without(session: AsyncSession, clock: FixedClock) -> None:
    letterbox = Letterbox()
    sent = await service.request_code(session, clock, OpenGate(), letterbox, address=EMAIL, locale="fr", ip=IP)
    assert letterbox.messages == []
    await commit(session)
    (message,) = letterbox.messages
    assert (message.to, message.at) == (EMAIL, clock.now())
    assert sent.expires_at == clock.now() + timedelta(minutes=10)


async def test_neither_code_nor_token_is_stored(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    signed_in = await sign_in(session, clock, request_id, code)
    kept_code = await session.scalar(select(SignInCode.code_hash))
    kept_token = await session.scalar(select(SignInSession.token_hash))
    assert kept_code is not None
    assert kept_token is not None
    assert code.encode() not in kept_code
    assert len(signed_in.token) == 43
    assert signed_in.token.encode() not in kept_token


async def test_a_wrong_code_says_how_many_tries_are_left(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    left = []
    for _ in range(5):
        with pytest.raises(codes.CodeWrong) as refused:
            await sign_in(session, clock, request_id, wrong(code))
        left.append(refused.value.facts["tries_left"])
    assert left == [4, 3, 2, 1, 0]


async def test_after_five_wrong_tries_even_the_right_code_is_refused(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    for _ in range(5):
        with pytest.raises(codes.CodeWrong):
            await sign_in(session, clock, request_id, wrong(code))
    with pytest.raises(codes.CodeTriesExhausted):
        await sign_in(session, clock, request_id, code)


async def test_the_fifth_try_may_still_be_right(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    for _ in range(4):
        with pytest.raises(codes.CodeWrong):
            await sign_in(session, clock, request_id, wrong(code))
    await sign_in(session, clock, request_id, code)


async def test_a_code_is_over_the_instant_it_expires(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    clock.advance(timedelta(minutes=10))
    with pytest.raises(codes.CodeExpired):
        await sign_in(session, clock, request_id, code)


async def test_a_code_lives_until_then(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    clock.advance(timedelta(minutes=10) - timedelta(microseconds=1))
    await sign_in(session, clock, request_id, code)


async def test_a_code_serves_once(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    await sign_in(session, clock, request_id, code)
    with pytest.raises(codes.CodeUsed):
        await sign_in(session, clock, request_id, code)


async def test_a_newer_code_replaces_the_older_of_that_address_only(session: AsyncSession, clock: FixedClock) -> None:
    old, other = await code_for(session, clock), await code_for(session, clock, "other@example.fr")
    clock.advance(timedelta(seconds=30))
    new = await code_for(session, clock)
    with pytest.raises(codes.CodeReplaced):
        await sign_in(session, clock, *old)
    await sign_in(session, clock, *new)
    await sign_in(session, clock, *other)


async def test_a_code_opens_no_other_request(session: AsyncSession, clock: FixedClock) -> None:
    (_, code), (other_request, other_code) = (
        await code_for(session, clock),
        await code_for(session, clock, "other@example.fr"),
    )
    if code != other_code:
        with pytest.raises(codes.CodeWrong):
            await sign_in(session, clock, other_request, code)
    with pytest.raises(codes.UnknownCode):
        await sign_in(session, clock, uuid4(), code)


async def test_too_many_requests_and_tries_are_refused_with_a_wait(session: AsyncSession, clock: FixedClock) -> None:
    request_id, code = await code_for(session, clock)
    with pytest.raises(codes.SignInTooOften) as refused:
        await service.request_code(session, clock, OpenGate(wait_s=17), Letterbox(), address=EMAIL, locale="fr", ip=IP)
    assert (refused.value.status, refused.value.facts) == (429, {"retry_after_s": 17})
    with pytest.raises(codes.SignInTooOften):
        await service.sign_in(session, clock, OpenGate(wait_s=17), request_id=request_id, code=code, ip=IP)
    assert await session.scalar(select(func.sum(SignInCode.tries))) == 0


async def test_a_blocked_account_gets_the_same_answer_and_no_session(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    signed_in = await sign_in(session, clock, *await code_for(session, clock))
    await service.block_account(session, clock, account.id, by=None, reason="lent to a friend")
    assert await service.authenticate(session, clock, signed_in.token) is None
    clock.advance(timedelta(minutes=1))
    with pytest.raises(AccountBlocked):
        await sign_in(session, clock, *await code_for(session, clock))


async def test_a_token_stands_for_its_person_with_every_role(session: AsyncSession, clock: FixedClock) -> None:
    signed_in = await sign_in(session, clock, *await code_for(session, clock))
    await service.grant_role(session, clock, signed_in.account.id, "operator", "bethune")
    await service.grant_role(session, clock, signed_in.account.id, "operator", "bethune")
    await service.grant_role(session, clock, signed_in.account.id, "city", None)
    caller = await service.authenticate(session, clock, signed_in.token)
    assert caller is not None
    assert (caller.account_id, caller.locale) == (signed_in.account.id, "fr")
    assert caller.roles == {("operator", "bethune"), ("city", None)}
    await service.revoke_role(session, clock, signed_in.account.id, "city", None)
    caller = await service.authenticate(session, clock, signed_in.token)
    assert caller is not None
    assert caller.roles == {("operator", "bethune")}


async def test_signing_out_closes_one_session(session: AsyncSession, clock: FixedClock) -> None:
    first = await sign_in(session, clock, *await code_for(session, clock))
    clock.advance(timedelta(minutes=1))
    second = await sign_in(session, clock, *await code_for(session, clock))
    await service.sign_out(session, clock, first.token)
    assert await service.authenticate(session, clock, first.token) is None
    assert await service.authenticate(session, clock, second.token) is not None


async def test_a_session_is_over_the_instant_it_expires(session: AsyncSession, clock: FixedClock) -> None:
    signed_in = await sign_in(session, clock, *await code_for(session, clock))
    clock.advance(timedelta(days=30) - timedelta(microseconds=1))
    assert await service.authenticate(session, clock, signed_in.token) is not None
    clock.advance(timedelta(microseconds=1))
    assert await service.authenticate(session, clock, signed_in.token) is None


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43, "0" * 10_000])
async def test_a_token_that_nobody_gave_opens_nothing(session: AsyncSession, clock: FixedClock, token: str) -> None:
    assert await service.authenticate(session, clock, token) is None


async def test_old_codes_and_sessions_are_forgotten(session: AsyncSession, clock: FixedClock) -> None:
    await sign_in(session, clock, *await code_for(session, clock))
    clock.advance(timedelta(minutes=10))
    assert await forget_old_codes(session, clock) == 0
    clock.advance(timedelta(days=1, seconds=1))
    assert await forget_old_codes(session, clock) == 1
    clock.advance(timedelta(days=36))
    assert await forget_old_codes(session, clock) == 1
    assert await session.scalar(select(func.count()).select_from(SignInSession)) == 0
    assert await session.scalar(select(func.count()).select_from(Account)) == 1
