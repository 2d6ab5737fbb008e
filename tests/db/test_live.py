import msgspec

from mobility.db.live import Live


async def test_what_is_published_after_an_id_is_read_in_order(live: Live) -> None:
    await live.publish("s", {"n": 0})
    after = await live.last_id("s")
    await live.publish("s", {"n": 1})
    await live.publish("s", {"n": 2})
    batch = await anext(live.read("s", after))
    assert [msgspec.json.decode(message.data)["n"] for message in batch] == [1, 2]


async def test_an_empty_stream_is_read_from_its_beginning(live: Live) -> None:
    after = await live.last_id("nobody wrote here")
    await live.publish("nobody wrote here", {"n": 1})
    assert [msgspec.json.decode(message.data) for message in await anext(live.read("nobody wrote here", after))] == [
        {"n": 1}
    ]


async def test_silence_gives_an_empty_batch_so_that_a_reader_can_leave(live: Live) -> None:
    assert await anext(live.read("silent", "0-0")) == []
