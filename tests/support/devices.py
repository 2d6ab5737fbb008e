"""A vehicle's box at the message broker, as `mobility/telemetry/README.md` asks of it."""

import json
from collections import deque
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from gmqtt import Client
from gmqtt.storage import PersistentStorage

from mobility.fleet.rules.topics import Channel, topic

# A killed broker forgets what it acknowledged in its last moment; a minute of reports is plenty.
REPEATED = 20


class Unacknowledged(PersistentStorage):
    def clear(self) -> None:
        """Forget the numbers of a session that is gone; nobody is told that they were acknowledged."""
        self._messages.clear()


class Box:
    """Sends reports at QoS 1, and after every loss of the connection again what it said last."""

    def __init__(self, broker_url: str, vehicle_id: UUID, secret: str) -> None:
        self._address = urlsplit(broker_url)
        self._topic = topic(vehicle_id, Channel.TELEMETRY)
        self._said: deque[bytes] = deque(maxlen=REPEATED)
        self._unacknowledged = Unacknowledged()
        self._client = Client(str(vehicle_id), clean_session=False, persistent_storage=self._unacknowledged)
        self._client.set_config({"reconnect_delay": 0.1})
        self._client.set_auth_credentials(str(vehicle_id), secret)
        self._client.on_connect = self._repeat

    async def connect(self) -> None:
        await self._client.connect(self._address.hostname, self._address.port)

    async def send(self, *reports: dict[str, Any]) -> None:
        """Returns when the broker has acknowledged everything."""
        payload = json.dumps(reports).encode()
        self._said.append(payload)
        self._client.publish(self._topic, payload, qos=1)
        await self._unacknowledged.wait_empty()

    async def close(self) -> None:
        await self._client.disconnect()

    def _repeat(self, client: Client, *_: Any) -> None:
        for payload in self._said:
            client.publish(self._topic, payload, qos=1)
