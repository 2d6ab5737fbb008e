"""What is heard at a real broker is acknowledged when its batch is settled, and not before."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gmqtt import Client

from mobility.db.embedded import EmbeddedBroker
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.telemetry.gmqtt import Inbox, Listener, read_broker_url

ACCESS = "user hub\ntopic readwrite #\n"


@pytest.fixture(scope="module")
def broker_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mobility-test-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with EmbeddedBroker(Path(folder), access=ACCESS, passwords=f"hub:{broker_hash_of('secret')}\n") as broker:
            yield broker.url.replace("://", "://hub:secret@")


@asynccontextmanager
async def listening(broker_url: str, name: str) -> AsyncIterator[Inbox]:
    """The inbox of a listener of this name, until it is cut off."""
    inbox = Inbox()
    listener = Listener(read_broker_url(broker_url), name, [("said/#", 1)], inbox.put)
    hearing = asyncio.create_task(listener.listen())
    yield inbox
    hearing.cancel()
    with suppress(asyncio.CancelledError):
        await hearing


@asynccontextmanager
async def speaking(broker_url: str) -> AsyncIterator[Client]:
    at = urlsplit(broker_url)
    client = Client("speaker")
    client.set_auth_credentials(at.username, at.password)
    await client.connect(at.hostname, at.port)
    yield client
    await client.disconnect()


async def heard(inbox: Inbox, count: int) -> list[tuple[str, bytes]]:
    """So many messages, of a batch that is left open."""
    async with asyncio.timeout(30):
        while len(inbox._open.messages) < count:
            await asyncio.sleep(0.01)
    return list(inbox._open.messages)


async def test_what_is_not_settled_comes_again_and_what_is_settled_does_not(broker_url: str) -> None:
    long_ago = {"user_property": [("note", "x" * 200)], "content_type": "json"}
    said = [("said/one", b"1"), ("said/two", b""), ("said/three", "ç".encode())]
    async with listening(broker_url, "hub") as inbox, speaking(broker_url) as speaker:
        # Until it has subscribed, what is said is lost.
        async with asyncio.timeout(30):
            while not inbox._open.messages:
                speaker.publish("said/first", b"0", qos=0)
                await asyncio.sleep(0.05)
        inbox.take_now()
        speaker.publish(*said[0], qos=1)
        speaker.publish(*said[1], qos=1)
        speaker.publish(*said[2], qos=1, **long_ago)
        assert (await heard(inbox, 3))[-3:] == said
    async with listening(broker_url, "hub") as inbox:
        assert await heard(inbox, 3) == said
    # The broker reads one acknowledgement at a turn; what is cut off before comes again, and is acknowledged again.
    async with asyncio.timeout(30):
        while await settle_all(broker_url) != [("said/last", b"")]:
            pass


async def settle_all(broker_url: str) -> list[tuple[str, bytes]]:
    """What comes to the listener up to a last word; all is settled."""
    async with listening(broker_url, "hub") as inbox, speaking(broker_url) as speaker:
        speaker.publish("said/last", b"", qos=1)
        while ("said/last", b"") not in (messages := await heard(inbox, 1)):
            await asyncio.sleep(0.01)
        inbox.take_now().settle()
        await asyncio.sleep(0.1)
    return messages
