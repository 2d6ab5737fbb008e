"""The edge: what is answered is committed, what is refused is undone, what is repeated happens once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, get, post
from litestar.config.compression import CompressionConfig
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody
from litestar.types import Scope
from msgspec import Struct
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.app.problems import HANDLERS
from mobility.app.requests import RequestMiddleware
from mobility.app.transactions import TransactionMiddleware
from mobility.base.clock import Clock, FixedClock
from mobility.base.errors import Conflict
from mobility.base.ids import new_id
from mobility.db.limits import SERVER_SETTINGS
from mobility.db.session import Sessions, own_transaction
from mobility.db.tables import IdempotencyKey
from mobility.riders.rules.access import Caller

ADA, BEN = (Caller(new_id(), frozenset(), "fr") for _ in range(2))
KEYED = {"idempotent": True}


class Note(Struct, forbid_unknown_fields=True):
    words: str


class Written(Struct):
    id: int


class Refused(Conflict):
    code = "test_refused"
    fr = "Non : {why}."
    en = "No: {why}."


async def write(session: AsyncSession, words: str) -> int:
    return (
        await session.execute(text("INSERT INTO note (words) VALUES (:words) RETURNING id"), {"words": words})
    ).scalar_one()


@post("/notes", opt=KEYED)
async def keep(session: NamedDependency[AsyncSession], data: JSONBody[Note]) -> Written:
    return Written(await write(session, data.words))


@post("/notes/refused", opt=KEYED)
async def refuse(session: NamedDependency[AsyncSession], data: JSONBody[Note]) -> Written:
    await write(session, data.words)
    async with own_transaction(session) as beside:
        await write(beside, "counted all the same")
    raise Refused(why="test")


@post("/notes/broken")
async def break_down(session: NamedDependency[AsyncSession], data: JSONBody[Note]) -> Written:
    await write(session, data.words)
    raise ZeroDivisionError("camille@example.org")


@post("/notes/off-balance")
async def fail_at_the_commit(session: NamedDependency[AsyncSession], data: JSONBody[Note]) -> Written:
    return Written(await write(session, ""))


@get("/notes")
async def count(session: NamedDependency[AsyncSession]) -> Written:
    return Written((await session.execute(text("SELECT count(*) FROM note"))).scalar_one())


async def authenticate(scope: Scope, _: AsyncSession, __: Clock) -> Caller | None:
    authorization = dict(scope["headers"]).get(b"authorization")
    return {b"Bearer ada": ADA, b"Bearer ben": BEN}.get(authorization or b"")


@pytest.fixture
async def notes(sessions: Sessions, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    async with sessions() as session:
        await session.execute(
            text("CREATE TABLE note (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text NOT NULL)")
        )
        # An empty note is found out at the commit only.
        await session.execute(
            text(
                "CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF NEW.words = '' THEN RAISE EXCEPTION 'empty' USING ERRCODE = 'check_violation'; END IF;"
                " RETURN NULL; END $$"
            )
        )
        await session.execute(
            text(
                "CREATE CONSTRAINT TRIGGER judged AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION judge()"
            )
        )
        await session.commit()

    def session_of(scope: Scope) -> Any:
        return scope["session_db"]  # type: ignore[typeddict-item]

    app = Litestar(
        [keep, refuse, break_down, fail_at_the_commit, count],
        dependencies={"session": Provide(session_of, sync_to_thread=False)},
        middleware=[RequestMiddleware(), TransactionMiddleware(sessions, clock, authenticate)],
        exception_handlers=HANDLERS,
        compression_config=CompressionConfig(backend="gzip", minimum_size=1),
        logging_config=None,
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": "Bearer ada"}
    async with httpx.AsyncClient(transport=transport, base_url="http://mobility.test", headers=headers) as client:
        yield client


async def count_notes(sessions: Sessions) -> int:
    async with sessions() as session:
        return (await session.execute(text("SELECT count(*) FROM note"))).scalar_one()


def key(value: str) -> dict[str, str]:
    return {"Idempotency-Key": value}


async def test_an_answer_that_is_read_was_committed(notes: httpx.AsyncClient, sessions: Sessions) -> None:
    answer = await notes.post("/notes", json={"words": "hello"}, headers=key("1"))
    assert (answer.status_code, answer.json()) == (201, {"id": 1})
    assert await count_notes(sessions) == 1


async def test_a_refused_request_undoes_its_writes_but_not_its_own_transaction(
    notes: httpx.AsyncClient, sessions: Sessions
) -> None:
    answer = await notes.post("/notes/refused", json={"words": "hello"}, headers=key("1"))
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["detail"]) == ("test_refused", "Non : test.")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    async with sessions() as session:
        assert (await session.execute(text("SELECT words FROM note"))).scalars().all() == ["counted all the same"]


async def test_a_crash_undoes_its_writes_and_tells_nobody_s_data(
    notes: httpx.AsyncClient, sessions: Sessions, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await notes.post("/notes/broken", json={"words": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "camille" not in answer.text
    assert await count_notes(sessions) == 0


async def test_a_commit_that_fails_is_not_answered_as_done(notes: httpx.AsyncClient, sessions: Sessions) -> None:
    answer = await notes.post("/notes/off-balance", json={"words": "x"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert await count_notes(sessions) == 0


async def test_a_repeated_request_creates_nothing_and_says_the_same(
    notes: httpx.AsyncClient, sessions: Sessions
) -> None:
    first = await notes.post("/notes", json={"words": "hello"}, headers=key("1"))
    second = await notes.post("/notes", json={"words": "hello"}, headers=key("1"))
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotent-replay"] == "true"
    assert await count_notes(sessions) == 1


async def test_twenty_repetitions_at_once_create_one(notes: httpx.AsyncClient, sessions: Sessions) -> None:
    answers = await asyncio.gather(
        *(notes.post("/notes", json={"words": "hello"}, headers=key("1")) for _ in range(20))
    )
    assert {answer.content for answer in answers} == {b'{"id":1}'}
    assert await count_notes(sessions) == 1


async def test_a_key_belongs_to_one_person(notes: httpx.AsyncClient) -> None:
    ada = await notes.post("/notes", json={"words": "hello"}, headers=key("1"))
    ben = await notes.post("/notes", json={"words": "hello"}, headers=key("1") | {"Authorization": "Bearer ben"})
    assert ada.json() != ben.json()


async def test_a_key_used_for_another_request_is_refused(notes: httpx.AsyncClient, sessions: Sessions) -> None:
    await notes.post("/notes", json={"words": "hello"}, headers=key("1"))
    answer = await notes.post("/notes", json={"words": "goodbye"}, headers=key("1"))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await count_notes(sessions) == 1


async def test_a_refused_request_leaves_its_key_free(notes: httpx.AsyncClient, sessions: Sessions) -> None:
    for _ in range(2):
        answer = await notes.post("/notes/refused", json={"words": "x"}, headers=key("1"))
        assert answer.json()["code"] == "test_refused"
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "idempotency_key_missing"),
        (key("x" * 129), 400, "idempotency_key_too_long"),
        (key("1") | {"Authorization": ""}, 401, "not_signed_in"),
    ],
)
async def test_a_creating_request_needs_a_key_and_a_caller(
    notes: httpx.AsyncClient, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await notes.post("/notes", json={"words": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"words": "x", "price": 0}', 400, "unknown_field"),
        (b'{"words": 1}', 400, "invalid_request"),
        (b"{", 400, "invalid_request"),
        (b"", 400, "invalid_request"),
    ],
)
async def test_a_body_that_is_not_understood_is_explained(
    notes: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    answer = await notes.post("/notes", content=body, headers=key("1") | {"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("DELETE", "/notes", 405, "method_not_allowed")],
)
async def test_an_address_that_is_not_there_is_a_problem_document(
    notes: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await notes.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_refusals_speak_english_when_asked(notes: httpx.AsyncClient) -> None:
    answer = await notes.get("/nowhere", headers={"Accept-Language": "en"})
    assert answer.json()["detail"] == "There is nothing at this address."
    assert answer.headers["vary"] == "Accept-Language"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a row gives up soon; to be asked for before the first connection is made."""
    monkeypatch.setitem(SERVER_SETTINGS, "lock_timeout", "50")


async def test_a_row_that_stays_locked_is_answered_busy(
    impatient: None, notes: httpx.AsyncClient, sessions: Sessions
) -> None:
    async with sessions() as other:
        await other.execute(text("LOCK TABLE note IN ACCESS EXCLUSIVE MODE"))
        answer = await notes.get("/notes")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "1")


async def test_a_request_s_connection_is_back_before_its_answer_is_read(
    notes: httpx.AsyncClient, sessions: Sessions
) -> None:
    assert (await notes.get("/notes")).json() == {"id": 0}
    pool = sessions.kw["bind"].pool
    assert pool.checkedout() == 0
