"""The demo's message broker, when the machine has one."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.cli.session import in_transaction
from mobility.db.embedded import BrokerMissing, EmbeddedBroker
from mobility.fleet.rules.topics import ACCESS, SERVICE_USER
from mobility.fleet.service.keys import broker_passwords, enrol_at_broker
from mobility.settings import Settings
from mobility.street.street import read_keys


@contextmanager
def started_broker(settings: Settings, data_dir: Path, console: Console) -> Iterator[str]:
    """Address of the broker, with the service's user and password; empty: vehicles have to speak HTTP."""
    if settings.mobility_mqtt_url:
        console.print("Using the broker of MOBILITY_MQTT_URL.")
        yield settings.mobility_mqtt_url
        return
    password = secrets.token_urlsafe(24)
    passwords = let_in(settings, data_dir / "vehicles.jsonl", {SERVICE_USER: password})
    broker = EmbeddedBroker(data_dir.resolve(), access=ACCESS, passwords=passwords)
    try:
        broker.start()
    except BrokerMissing:
        console.print("Vehicles report over HTTP: for MQTT, sudo apt-get install mosquitto.")
        yield ""
        return
    try:
        yield broker.url.replace("://", f"://{SERVICE_USER}:{password}@")
    finally:
        broker.stop()


def let_in(settings: Settings, keys: Path, others: dict[str, str]) -> str:
    """The broker's passwords: of all vehicles, those added by an earlier version too, and of the users named."""

    async def enrolled(session: AsyncSession, _: Clock) -> str:
        for key in read_keys(keys):
            await enrol_at_broker(session, UUID(key.vehicle_id), key.secret)
        return await broker_passwords(session, others)

    return in_transaction(enrolled, settings)
