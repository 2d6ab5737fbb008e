"""What vehicles publish, read from the message broker and acknowledged when it is stored."""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from gmqtt import Client, Subscription
from gmqtt.mqtt.handler import MQTTConnectError

from mobility.base.errors import SettingUnreadable

PORT, TLS_PORT = 1883, 8883
BATCH_MAX = 5_000  # messages; larger batches gain nothing: docs/telemetry-benchmarks.md
BATCH_WAIT_S = 0.2
IN_HAND = 2  # batches: the next is read while one is stored
# These and one filling: the broker sends no more until some are acknowledged, so that memory is bounded.
RECEIVE_MAX = (IN_HAND + 1) * BATCH_MAX
SESSION_NEVER_EXPIRES = 0xFFFFFFFF
CONNECT_WITHIN_S = 10.0
RETRY_AFTER_S = 1.0
REFUSED = 0x80  # from here on, a subscription's answer is a reason for none
PUBLISH, QOS, RETAINED = 0x30, 0x06, 0x01  # kind of packet, and what else its head tells
NO_PROPERTIES = b"\0"
PUBACK = bytes([0x40, 2])  # and the number; more only if the message is refused (3.4)
NO_RECONNECT = -2  # fewer retries than gmqtt could have made: see `listen`

log = structlog.get_logger()
# It tells every packet that it could not send; what matters of that is said here once.
logging.getLogger("gmqtt").setLevel(logging.CRITICAL)


class BrokerUrlUnreadable(SettingUnreadable):
    """An address that is no `mqtt://user:password@host:port`."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: ssl.SSLContext | None


def read_broker_url(url: str, ca_file: str = "") -> BrokerAddress:
    """The parts of `mqtt://user:password@host:port`, or of `mqtts://` for TLS.

    Parameters
    ----------
    ca_file
        The authority that signed the broker's certificate; empty: those that the machine trusts.

    Raises
    ------
    BrokerUrlUnreadable
    """
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not (parts.hostname and parts.username and parts.password):
        raise BrokerUrlUnreadable("MOBILITY_MQTT_URL must be mqtt://user:password@host:port, or mqtts:// for TLS")
    is_tls = parts.scheme == "mqtts"
    return BrokerAddress(
        host=parts.hostname,
        port=parts.port or (TLS_PORT if is_tls else PORT),
        user=unquote(parts.username),
        password=unquote(parts.password),
        tls=ssl.create_default_context(cafile=ca_file or None) if is_tls else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Messages in the order they came: topic and payload. They are acknowledged when it is settled."""

    messages: list[tuple[str, bytes]] = field(default_factory=list)
    settled: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def settle(self) -> None:
        """Let the messages be acknowledged: what became of them is committed."""
        if not self.settled.done():
            self.settled.set_result(None)


class Inbox:
    """Messages gathered into batches; it bounds nothing itself, the broker counts what is not acknowledged."""

    def __init__(self) -> None:
        self._full: deque[Batch] = deque()
        self._open = Batch()
        self._some, self._enough = asyncio.Event(), asyncio.Event()

    def put(self, topic: str, payload: bytes) -> Batch:
        """Add a message; returns the batch that it will be settled with."""
        batch = self._open
        batch.messages.append((topic, payload))
        self._some.set()
        if len(batch.messages) >= BATCH_MAX:
            self._full.append(batch)
            self._open = Batch()
            self._enough.set()
        return batch

    @property
    def is_behind(self) -> bool:
        """Whether a full batch waits: then the broker may hold back others."""
        return bool(self._full)

    def hurry(self) -> None:
        """Do not wait for more: somebody stands beside the vehicle, or the process is to end."""
        self._some.set()
        self._enough.set()

    async def take(self) -> Batch:
        """The next batch: a full one, or what has come within `BATCH_WAIT_S` of its first message."""
        await self._some.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(BATCH_WAIT_S):
                await self._enough.wait()
        return self.take_now()

    def take_now(self) -> Batch:
        """The next batch as it is; it may be empty."""
        if self._full:
            batch = self._full.popleft()
        else:
            batch, self._open = self._open, Batch()
        if not self._full:
            self._enough.clear()
            if not self._open.messages:
                self._some.clear()
        return batch


Put = Callable[[str, bytes], Batch]
"""Takes topic and payload of a message to the batch that it is settled with."""


class Acknowledger:
    """Takes what comes over one connection, and acknowledges a batch of it at once when that is settled.

    In place of gmqtt's own way, which makes a task for each message, formats it for a log and writes each
    acknowledgement by itself: more than all else that a report costs this process.
    """

    def __init__(self, client: Client, put: Put) -> None:
        self._client = client
        self._put = put
        self._batch: Batch | None = None
        self._numbers: list[int] = []
        client._package_handler._handler_cache[PUBLISH] = self._take

    def _take(self, head: int, packet: bytes) -> None:
        """Read a PUBLISH packet (MQTT 5, 3.3): size of the topic, topic, number if QoS > 0, properties, payload."""
        if head & RETAINED:
            return  # vehicles may retain nothing, and what the broker once said of itself is old
        end = 2 + int.from_bytes(packet[:2], "big")
        topic, qos = packet[2:end].decode(errors="replace"), head & QOS
        rest = end + 2 if qos else end
        if packet[rest : rest + 1] == NO_PROPERTIES:
            payload = packet[rest + 1 :]
        else:
            _, payload = self._client._package_handler._parse_properties(packet[rest:])
        batch = self._put(topic, payload or b"")
        if qos:
            self._owe(batch, int.from_bytes(packet[end:rest], "big"))

    def _owe(self, batch: Batch, number: int) -> None:
        if batch is not self._batch:
            self._batch, self._numbers = batch, []
            batch.settled.add_done_callback(partial(self._acknowledge, self._numbers))
        self._numbers.append(number)

    def _acknowledge(self, numbers: Sequence[int], _: asyncio.Future[None]) -> None:
        connection = self._client._connection
        if not connection.is_closing():
            connection.send_package(b"".join([PUBACK + number.to_bytes(2, "big") for number in numbers]))


class Listener:
    """A persistent session at the broker under a fixed name, heard through the filters given with their QoS."""

    def __init__(self, broker: BrokerAddress, name: str, filters: Sequence[tuple[str, int]], put: Put) -> None:
        self._broker = broker
        self._name = name
        self._filters = filters
        self._put = put

    async def listen(self) -> None:
        """Hear messages until cancelled, connecting again whenever the connection is lost.

        Each connection has a client of its own: gmqtt would acknowledge on a new connection, with numbers that may
        mean other messages there, what came over the one before.
        """
        while True:
            lost = asyncio.Event()
            client = self._client(lost)
            try:
                async with asyncio.timeout(CONNECT_WITHIN_S):  # gmqtt waits for ever for a broker that hangs up
                    await client.connect(self._broker.host, self._broker.port, ssl=self._broker.tls or False)
                await lost.wait()
                log.warning("broker_lost")
            except (OSError, MQTTConnectError) as error:
                log.warning("broker_unreachable", error=type(error).__name__)
            finally:
                await _leave(client)
            await asyncio.sleep(RETRY_AFTER_S)

    def _client(self, lost: asyncio.Event) -> Client:
        client = Client(
            self._name,
            clean_session=False,
            session_expiry_interval=SESSION_NEVER_EXPIRES,
            receive_maximum=RECEIVE_MAX,
        )
        client.set_config({"reconnect_retries": NO_RECONNECT})
        client.set_auth_credentials(self._broker.user, self._broker.password)
        client.on_connect = self._subscribe
        client.on_subscribe = self._is_subscribed
        client.on_disconnect = lambda *_: lost.set()
        Acknowledger(client, self._put)
        return client

    def _subscribe(self, client: Client, *_: Any) -> None:
        client.subscribe([Subscription(filter_, qos=qos) for filter_, qos in self._filters])

    def _is_subscribed(self, _: Client, __: int, granted: Sequence[int], *___: Any) -> None:
        refused = sum(qos >= REFUSED for qos in granted)
        log.log(logging.ERROR if refused else logging.INFO, "broker_heard", count=len(granted) - refused)


async def _leave(client: Client) -> None:
    """End the connection and keep the session."""
    with suppress(OSError):
        await client.disconnect()
