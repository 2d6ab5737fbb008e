from time import perf_counter
from uuid import uuid4

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send

log = structlog.get_logger()

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


class RequestMiddleware(ASGIMiddleware):
    """Gives each request an id, says it back in `X-Request-Id`, and logs one line without personal data."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send, next_app: ASGIApp) -> None:  # type: ignore[override]
        request_id = uuid4().hex
        scope["request_id"] = request_id  # type: ignore[typeddict-unknown-key]
        started, status = perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode()), *SECURITY_HEADERS]
            await send(message)

        try:
            await next_app(scope, receive, send_with_id)
        finally:
            log.info(
                "request",
                request_id=request_id,
                method=scope["method"],
                # The template, not the path: ids of people's things stay out of the log.
                route=scope.get("path_template"),
                status=status,
                code=scope.get("problem_code"),
                duration_ms=round((perf_counter() - started) * 1000, 1),
            )
