import asyncio
from collections import Counter

from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.db.session import POOL_SIZE, Sessions, commit
from mobility.riders.tables import Account, SignInCode, SignInSession
from tests.support.riders import code_for, sign_in, wrong

GUESSES = 1_000
# As many as the pool has connections: none waits for one, all wait for the same row.
AT_ONCE = POOL_SIZE


async def outcomes(sessions: Sessions, clock: FixedClock, request_id: object, guesses: list[str]) -> Counter[str]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def guess(code: str) -> str:
        async with gate, sessions() as session:
            try:
                await sign_in(session, clock, request_id, code)  # type: ignore[arg-type]
            except Problem as refused:
                return refused.code
            await commit(session)
            return "signed_in"

    return Counter(await asyncio.gather(*(guess(code) for code in guesses)))


async def test_of_a_thousand_guesses_at_once_five_are_evaluated(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions() as session:
        request_id, code = await code_for(session, clock)
    seen = await outcomes(sessions, clock, request_id, [wrong(code)] * GUESSES)
    assert seen == {"code_wrong": 5, "code_tries_exhausted": GUESSES - 5}
    async with sessions() as session:
        assert await session.scalar(select(SignInCode.tries)) == 5


async def test_a_right_code_brought_many_times_at_once_opens_one_session(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions() as session:
        request_id, code = await code_for(session, clock)
    seen = await outcomes(sessions, clock, request_id, [code] * 50)
    assert seen["signed_in"] == 1
    assert set(seen) <= {"signed_in", "code_used", "code_tries_exhausted"}
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(SignInSession)) == 1
        assert await session.scalar(select(func.count()).select_from(Account)) == 1


async def test_a_refused_try_stays_counted(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions() as session:
        request_id, code = await code_for(session, clock)
    await outcomes(sessions, clock, request_id, [wrong(code)] * 2)
    async with sessions() as session:
        assert await session.scalar(select(SignInCode.tries)) == 2


async def test_codes_asked_for_at_once_leave_one_that_counts(sessions: Sessions, clock: FixedClock) -> None:
    async def ask() -> tuple[object, str]:
        async with sessions() as session:
            return await code_for(session, clock)

    asked = await asyncio.gather(*(ask() for _ in range(10)))
    seen = Counter[str]()
    for request_id, code in asked:
        seen += await outcomes(sessions, clock, request_id, [code])
    assert seen == {"signed_in": 1, "code_replaced": 9}
