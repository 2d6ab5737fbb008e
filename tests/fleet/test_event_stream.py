"""What the edge does with readers that do not read."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from litestar.types import Message

from mobility.fleet.routes.streaming import EventStream, Screen
from mobility.fleet.rules.console import Console, news_of


def alerts(count: int) -> list[bytes]:
    return [b'{"kind":"alert"}'] * count


async def test_a_reader_that_takes_nothing_is_cut_off_and_what_it_held_is_let_go() -> None:
    let_go = asyncio.Event()

    async def events() -> AsyncGenerator[bytes]:
        try:
            while True:
                yield b": \n\n"
        finally:
            let_go.set()

    async def never(_: Message | None = None) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async with asyncio.timeout(30):
        await EventStream(events(), stalled_after_s=0.01).send_body(never, never)  # type: ignore[arg-type]
    assert let_go.is_set()


async def test_a_fault_ends_the_stream_for_the_answer_has_begun() -> None:
    sent: list[Message] = []

    async def events() -> AsyncGenerator[bytes]:
        yield b": \n\n"
        raise OSError("gone")

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    await EventStream(events()).send_body(send, receive)  # type: ignore[arg-type]
    assert [message.get("more_body") for message in sent] == [True, False]


@pytest.mark.parametrize("waiting", [3, 4])
async def test_a_screen_for_which_too_much_waits_is_over(waiting: int) -> None:
    screen = Screen(Console(None), pending_max=3)
    screen.hear([news_of(f"{number}-0", data) for number, data in enumerate(alerts(waiting))])
    assert screen.is_over == (waiting > 3)
    assert (await screen.next() == b"") == screen.is_over
