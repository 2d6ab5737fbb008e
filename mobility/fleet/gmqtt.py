"""Commands to vehicles over the message broker."""

import asyncio
import ssl
from contextlib import suppress
from math import ceil
from uuid import UUID, uuid4

import msgspec
import structlog
from gmqtt import Client
from gmqtt.mqtt.handler import MQTTConnectError

from mobility.base.clock import Clock
from mobility.fleet.ports import RadioUnavailable
from mobility.fleet.rules.commands import CommandMessage
from mobility.fleet.rules.topics import SERVICE_USER, Channel, topic

CONNECT_WITHIN_S = 10.0
RETRY_AFTER_S = 1.0
NO_RECONNECT = -2  # fewer retries than gmqtt could have made: what it repeats on a new connection may have expired

log = structlog.get_logger()


class BrokerRadio:
    """A `VehicleRadio` that publishes at QoS 1; the broker keeps a message for a vehicle that is away until it expires.

    Whether a message arrived is told by the vehicle's reply alone: nothing waits for the broker's acknowledgement.
    """

    def __init__(
        self, clock: Clock, *, host: str, port: int, user: str, password: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._clock, self._host, self._port = clock, host, port
        self._user, self._password, self._tls = user, password, tls
        self._client: Client | None = None

    async def publish(self, vehicle_id: UUID, message: CommandMessage) -> None:
        left_s = ceil((message.expires_at - self._clock.now()).total_seconds())
        if self._client is None or not self._client.is_connected:
            raise RadioUnavailable
        if left_s > 0:
            self._client.publish(
                topic(vehicle_id, Channel.COMMAND),
                msgspec.json.encode(message),
                qos=1,
                message_expiry_interval=left_s,
            )

    async def stay_connected(self) -> None:
        """Connect, and again whenever the connection is lost, until cancelled."""
        while True:
            lost = asyncio.Event()
            client = self._new_client(lost)
            try:
                async with asyncio.timeout(CONNECT_WITHIN_S):  # gmqtt waits for ever for a broker that hangs up
                    await client.connect(self._host, self._port, ssl=self._tls or False)
                self._client = client
                await lost.wait()
                log.warning("radio_lost")
            except (OSError, MQTTConnectError) as error:
                log.warning("radio_unreachable", error=type(error).__name__)
            finally:
                self._client = None
                with suppress(OSError):
                    await client.disconnect()
            await asyncio.sleep(RETRY_AFTER_S)

    def _new_client(self, lost: asyncio.Event) -> Client:
        client = Client(f"{SERVICE_USER}-radio-{uuid4()}")
        client.set_config({"reconnect_retries": NO_RECONNECT})
        client.set_auth_credentials(self._user, self._password)
        client.on_disconnect = lambda *_: lost.set()
        return client
