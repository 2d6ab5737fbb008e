from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, Request, post

from tests.support.service import free_port
from tests.support.stripe import Emulated, Inbox, emulated, serve


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulated]:
    with emulated() as running:
        yield running


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox, port = Inbox(), free_port()

    @post("/", status_code=200)
    async def hear(request: Request[Any, Any, Any]) -> None:
        if inbox.refuse:
            inbox.refuse -= 1
            raise RuntimeError("not now")
        inbox.received.append((await request.body(), request.headers["stripe-signature"]))

    inbox.url = f"http://127.0.0.1:{port}/"
    stop = serve(Litestar([hear], logging_config=None, openapi_config=None), port)
    yield inbox
    stop()
