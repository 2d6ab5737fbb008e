import asyncio
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import msgspec
from gmqtt import Client
from gmqtt.mqtt.handler import MQTTError
from gmqtt.storage import PersistentStorage

from mobility.street.box import Report
from mobility.street.tally import Tally

TOPIC = "mobility/v1/{vehicle_id}/{channel}"
PORT, TLS_PORT = 1883, 8883
# Commands given meanwhile wait for a vehicle that is away no longer than this.
SESSION_S = 3600
CONNECTED_WITHIN_S = ACKNOWLEDGED_WITHIN_S = 30.0
# Vehicles that come back at once go in one after another: thousands of handshakes in one moment all run out of time.
CONNECTING_MAX = 100
FIRST_WAIT_S, LAST_WAIT_S = 0.5, 15.0
# After a lost connection the last words are said again: a killed broker forgets what it acknowledged a second ago.
SAID_AGAIN_S = 10.0

Obey = Callable[[bytes], Awaitable[bytes | None]]
"""From a command's bytes to those of its reply, None for no reply, however long that takes."""


class BrokerUnreadable(ValueError):
    """The broker's address is no `mqtt://host:port` or `mqtts://host:port`."""


@dataclass(frozen=True, slots=True)
class Broker:
    host: str
    port: int
    tls: ssl.SSLContext | None = None
    door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTING_MAX), compare=False)


def read_broker(url: str, ca: Path | None = None) -> Broker:
    """The broker at `mqtt://host:port`, with TLS at `mqtts://`; whose password stands in the URL is not looked at.

    `ca` is the file of the authority that signed the broker's certificate; None: those the machine trusts.
    """
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        raise BrokerUnreadable(f"{url!r} is no address of a broker") from None
    if address.scheme not in ("mqtt", "mqtts") or not address.hostname:
        raise BrokerUnreadable("a broker's address is mqtt://host:port, or mqtts://host:port for TLS")
    if address.scheme == "mqtt":
        return Broker(address.hostname, port or PORT)
    return Broker(address.hostname, port or TLS_PORT, ssl.create_default_context(cafile=ca))


class Unacknowledged(PersistentStorage):  # type: ignore[misc]
    """What is on its way to the broker."""

    def clear(self) -> None:
        """The broker has forgotten this session: what was on its way is not acknowledged, it has to be said again."""
        self._messages.clear()
        self._notify_waiters(lambda waiter: waiter.set_exception(ConnectionResetError()))


class MqttRadio:
    """A connection of its own to the broker, with the vehicle's own name and secret, open from the first report on."""

    def __init__(
        self,
        broker: Broker,
        vehicle_id: str,
        secret: str,
        *,
        obey: Obey,
        tally: Tally,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._broker, self._vehicle_id, self._secret = broker, vehicle_id, secret
        self._obey, self._tally, self._now = obey, tally, now
        self._client: Client | None = None
        self._unacknowledged = Unacknowledged()
        self._acknowledged = deque[tuple[float, bytes]]()
        self._obeying = set[asyncio.Task[None]]()

    async def send(self, reports: Sequence[Report]) -> None:
        """One message; returns when the broker has acknowledged it."""
        await self.say(msgspec.json.encode(reports))
        self._tally.reports += len(reports)

    async def say(self, payload: bytes) -> None:
        """Publish at QoS 1 until it is acknowledged."""
        wait_s = FIRST_WAIT_S
        while not await self._is_acknowledged(payload):
            self._tally.count_repeat()
            await self.close()
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LAST_WAIT_S)

    async def reconnect(self) -> None:
        """Hang up; the next sending opens the connection again."""
        await self.close()

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, MQTTError):
                await client.disconnect()

    async def _is_acknowledged(self, payload: bytes) -> bool:
        try:
            client = self._client = self._client or await self._connect()
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN_S):
                client.publish(self._topic("telemetry"), payload, qos=1)
                await self._unacknowledged.wait_empty()
        except (OSError, MQTTError):  # a TimeoutError is an OSError
            return False
        self._remember(payload)
        return True

    def _remember(self, payload: bytes) -> None:
        self._acknowledged.append((self._now(), payload))
        while self._acknowledged[0][0] < self._now() - SAID_AGAIN_S:
            self._acknowledged.popleft()

    async def _connect(self) -> Client:
        self._unacknowledged = Unacknowledged()
        client = Client(
            self._vehicle_id,
            clean_session=False,
            persistent_storage=self._unacknowledged,
            session_expiry_interval=SESSION_S,
        )
        client.set_auth_credentials(self._vehicle_id, self._secret)
        client.on_connect = self._listen
        client.on_message = self._hear
        try:
            async with self._broker.door, asyncio.timeout(CONNECTED_WITHIN_S):
                await client.connect(self._broker.host, self._broker.port, ssl=self._broker.tls or False)
        except BaseException:
            await client.disconnect()
            raise
        return client

    def _listen(self, client: Client, *_: Any) -> None:
        client.subscribe(self._topic("command"), qos=1)
        for _at, payload in self._acknowledged:
            client.publish(self._topic("telemetry"), payload, qos=1)

    def _hear(self, client: Client, topic: str, payload: bytes, *_: Any) -> int:
        task = asyncio.create_task(self._answer(payload))
        self._obeying.add(task)
        task.add_done_callback(self._obeying.discard)
        return 0

    async def _answer(self, payload: bytes) -> None:
        reply = await self._obey(payload)
        if reply is not None and self._client is not None:
            self._client.publish(self._topic("reply"), reply, qos=1)

    def _topic(self, channel: str) -> str:
        return TOPIC.format(vehicle_id=self._vehicle_id, channel=channel)
