"""Where vehicles and the service meet on the message broker.

MQTT 3.1.1 or 5, QoS 1, nothing retained. A vehicle's user name at the broker is its id in lower-case hexadecimal with
dashes and its password the secret of its key; the broker lets it write and read its own topics only, so that a topic
proves who speaks.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

ROOT: Final = "mobility/v1"
SERVICE_USER: Final = "mobility-service"
SHARE: Final = "mobility"
"""Name of the shared subscription: each message goes to one of the consumers that hold it."""


BROKER: Final = "$SYS/"
"""How the topics begin where Mosquitto speaks of itself; only the service may read them."""
BROKER_LOG: Final = f"{BROKER}broker/log/N"
"""Where it says whom it has turned away."""
BROKER_READ: Final = f"{BROKER}broker/publish/messages/received"
"""Where it says how many messages it has read since it started, those that it hands to nobody among them."""


class Channel(StrEnum):
    """Last part of a topic: what is said there. The service writes commands, vehicles all else."""

    TELEMETRY = "telemetry"
    REPLY = "reply"
    COMMAND = "command"


CHANNELS: Final[Mapping[str, Channel]] = {channel.value: channel for channel in Channel}


def topic(vehicle_id: UUID, channel: Channel) -> str:
    """`mobility/v1/{vehicle_id}/{channel}`."""
    return f"{ROOT}/{vehicle_id}/{channel}"


def every(channel: Channel) -> str:
    """The filter of one channel of all vehicles."""
    return f"{ROOT}/+/{channel}"


def shared(filter_: str) -> str:
    """The same filter as a subscription that all consumers share."""
    return f"$share/{SHARE}/{filter_}"


# A fleet's topics are few and come again; reading one afresh costs more than storing its message's row.
@lru_cache(maxsize=100_000)
def read_topic(name: str) -> tuple[UUID, Channel] | None:
    """Vehicle and channel of a topic; None when it is none of ours.

    The id counts in its one canonical spelling only: any other belongs to a user that is no vehicle.
    """
    prefix, _, rest = name.rpartition("/")
    root, _, vehicle = prefix.rpartition("/")
    channel = CHANNELS.get(rest)
    if root != ROOT or channel is None:
        return None
    try:
        vehicle_id = UUID(vehicle)
    except ValueError:
        return None
    return (vehicle_id, channel) if str(vehicle_id) == vehicle else None


ACCESS: Final = f"""\
user {SERVICE_USER}
topic read {every(Channel.TELEMETRY)}
topic read {every(Channel.REPLY)}
topic readwrite {every(Channel.COMMAND)}
topic read {BROKER_LOG}
topic read {BROKER_READ}
topic readwrite ovms/+/+/metric/#

pattern write {ROOT}/%u/{Channel.TELEMETRY}
pattern write {ROOT}/%u/{Channel.REPLY}
pattern read {ROOT}/%u/{Channel.COMMAND}
"""
"""Who may say and hear what, as Mosquitto reads it: `%u` is the user's name, a vehicle's id.

The service brings what OVMS boxes say from a broker of their own (infra/mosquitto), because they retain every message.
"""
