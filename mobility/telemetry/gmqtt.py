"""What vehicles publish, read from the message broker and acknowledged when it is stored."""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from gmqtt import Client, Subscription
from gmqtt.mqtt.handler import MQTTConnectError

PORT, TLS_PORT = 1883, 8883
BATCH_MAX = 5_000  # messages; larger batches gain nothing: docs/telemetry-benchmarks.md
BATCH_WAIT_S = 0.2
# One batch in hand and one filling: the broker sends no more until some are acknowledged, so that memory is bounded.
RECEIVE_MAX = 2 * BATCH_MAX
SESSION_NEVER_EXPIRES = 0xFFFFFFFF
CONNECT_WITHIN_S = 10.0
RETRY_AFTER_S = 1.0
REFUSED = 0x80  # from here on, a subscription's answer is a reason for none
NO_RECONNECT = -2  # fewer retries than gmqtt could have made: see `listen`

log = structlog.get_logger()
# It tells every packet that it could not send; what matters of that is said here once.
logging.getLogger("gmqtt").setLevel(logging.CRITICAL)


class BrokerUrlUnreadable(ValueError):
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
            optimistic_acknowledgement=False,
            session_expiry_interval=SESSION_NEVER_EXPIRES,
            receive_maximum=RECEIVE_MAX,
        )
        client.set_config({"reconnect_retries": NO_RECONNECT})
        client.set_auth_credentials(self._broker.user, self._broker.password)
        client.on_connect = self._subscribe
        client.on_subscribe = self._is_subscribed
        client.on_message = self._hear
        client.on_disconnect = lambda *_: lost.set()
        return client

    def _subscribe(self, client: Client, *_: Any) -> None:
        client.subscribe([Subscription(filter_, qos=qos) for filter_, qos in self._filters])

    def _is_subscribed(self, _: Client, __: int, granted: Sequence[int], *___: Any) -> None:
        refused = sum(qos >= REFUSED for qos in granted)
        log.log(logging.ERROR if refused else logging.INFO, "broker_heard", count=len(granted) - refused)

    async def _hear(self, _: Client, topic: str, payload: bytes, qos: int, __: dict[str, Any]) -> int:
        """Returns, which acknowledges the message, when its batch is settled."""
        batch = self._put(topic, payload)
        if qos:
            await batch.settled
        return 0


async def _leave(client: Client) -> None:
    """End the connection and keep the session."""
    with suppress(OSError):
        await client.disconnect()
