"""One request is one transaction: opened here, committed before the answer leaves, rolled back when it is refused."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.app import idempotency
from mobility.app.problems import answer_to
from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.db.session import Sessions, commit
from mobility.riders.rules.access import Caller

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ANONYMOUS = {"anonymous": True}
"""Handler `opt` of what asks nobody's name and no database: health, pages, assets."""

Authenticate = Callable[[Scope, AsyncSession, Clock], Awaitable[Caller | None]]


class TransactionMiddleware(ASGIMiddleware):
    """Puts a session and the caller into the scope; keeps an unsafe request's answer back until it is committed."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, sessions: Sessions, clock: Clock, authenticate: Authenticate) -> None:
        self._sessions, self._clock, self._authenticate = sessions, clock, authenticate

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send, next_app: ASGIApp) -> None:  # type: ignore[override]
        if scope["route_handler"].opt.get("anonymous"):
            await next_app(scope, receive, send)
            return
        session = self._sessions()
        try:
            await self._answer(session, scope, receive, send, next_app)
        finally:
            # One that has begun nothing holds nothing. A cancelled request gives its connection back all the same.
            if session.in_transaction():
                await asyncio.shield(session.close())

    async def _answer(
        self, session: AsyncSession, scope: HTTPScope, receive: Receive, send: Send, app: ASGIApp
    ) -> None:
        scope["session_db"] = session  # type: ignore[typeddict-unknown-key]
        try:
            scope["user"] = await self._authenticate(scope, session, self._clock)
        except Problem as problem:
            await _refuse(problem, scope, receive, send)
            return
        if scope["method"] in SAFE_METHODS:
            await app(scope, receive, _closing_first(session, send))
            return
        if scope["route_handler"].opt.get("slow_body"):
            # A phone in a lift sends for a minute: meanwhile the connection serves others.
            await session.close()
        await self._write(session, scope, receive, send, app)

    async def _write(self, session: AsyncSession, scope: HTTPScope, receive: Receive, send: Send, app: ASGIApp) -> None:
        answer = Answer()
        try:
            opt = scope["route_handler"].opt
            if opt.get("keeps_answer"):
                _, scope["idempotency_key"] = idempotency.keyed(Request(scope), scope)  # type: ignore[typeddict-unknown-key]
            elif opt.get("idempotent"):
                given = await idempotency.begin(session, self._clock, scope, receive)
                if given is not None:
                    await idempotency.replay(given, send)
                    return
            await app(scope, receive, answer.keep)
            if answer.status < 400:
                await idempotency.finish(session, scope, answer.status, answer.body)
            if answer.status < 400 and session.in_transaction():
                # A request cancelled in mid-commit would leave the connection in an unknown state.
                await asyncio.shield(commit(session))
        except Exception as error:  # the commit's too: Litestar believes that the handler has answered
            await session.rollback()
            await _refuse(error, scope, receive, send)
            return
        if session.in_transaction():
            await session.rollback()
        await answer.send_to(send)


class Answer:
    """What the handler wants to say, kept until it is true."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    async def keep(self, message: Message) -> None:
        self._messages.append(message)

    @property
    def status(self) -> int:
        start: HTTPResponseStartEvent = self._messages[0]  # type: ignore[assignment]
        return start["status"]

    @property
    def body(self) -> bytes:
        """What is said, unpacked: whoever asks again may not read gzip, and is told no encoding."""
        sent = b"".join(message.get("body", b"") for message in self._messages[1:])  # type: ignore[misc]
        start: HTTPResponseStartEvent = self._messages[0]  # type: ignore[assignment]
        return gzip.decompress(sent) if (b"content-encoding", b"gzip") in start["headers"] else sent

    async def send_to(self, send: Send) -> None:
        for message in self._messages:
            await send(message)


def _closing_first(session: AsyncSession, send: Send) -> Send:
    """Give the connection back before the answer starts: a slow reader or a live stream must not keep it."""

    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start" and session.in_transaction():
            await session.close()
        await send(message)

    return closing


async def _refuse(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    request: Request[Any, Any, Any] = Request(scope)
    response = answer_to(request, error).to_asgi_response(app=None, request=request)
    await response(scope, receive, send)
