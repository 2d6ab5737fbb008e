import asyncio

import httpx
from litestar.types import Message, Receive, Scope, Send

from mobility.app.head import answering_head


async def test_whatever_answers_get_answers_head_with_the_same_headers_and_no_body(client: httpx.AsyncClient) -> None:
    for path, status in (("/v1/cities", 200), ("/nowhere", 404), ("/v1/holds", 405)):
        get, head = await client.get(path), await client.head(path)
        assert (get.status_code, head.status_code, head.content) == (status, status, b"")
        for name in ("content-type", "content-length", "vary"):
            assert head.headers.get(name) == get.headers.get(name), path


async def test_a_stream_ends_once_its_headers_are_told() -> None:
    async def stream(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    told: list[Message] = []

    async def tell(message: Message) -> None:
        told.append(message)

    await answering_head(stream)({"type": "http", "method": "HEAD"}, never, tell)  # type: ignore[arg-type]
    assert [each["type"] for each in told] == ["http.response.start", "http.response.body"]
