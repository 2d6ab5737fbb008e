from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send


def answering_head(app: ASGIApp) -> ASGIApp:
    """`app`, with HEAD answered wherever GET is: by the same headers and no body (RFC 9110, 9.3.2).

    What is behind sees a GET whose reader goes away once the headers are sent, so that a stream ends there.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != HttpMethod.HEAD:
            await app(scope, receive, send)
            return
        is_answered = False

        async def hear() -> ReceiveMessage:
            return {"type": "http.disconnect"} if is_answered else await receive()

        async def send_headers(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                is_answered = True
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await app({**scope, "method": "GET"}, hear, send_headers)

    return answer
