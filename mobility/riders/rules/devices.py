"""Browsers that show messages: whose push service is spoken to, and with which keys."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from mobility.base.errors import Conflict, Invalid
from mobility.riders.rules.messages import Device

DEVICES_MAX: Final = 5
"""A phone, a tablet, a desk, and what they replaced: the oldest gives way."""
ENDPOINT_LENGTH_MAX = 1_000
# Lengths that RFC 8291 gives: a point of P-256, uncompressed, and a secret.
KEY_BYTES, AUTH_BYTES = 65, 16
HERE = frozenset({"127.0.0.1", "localhost"})


class PushOff(Conflict):
    code = "push_off"
    fr = "Ce service n'envoie pas de notifications : vous recevez ses messages par e-mail ou par SMS."
    en = "This service sends no notifications: you get its messages by e-mail or SMS."


class PushServiceUnknown(Invalid):
    """What anybody names is only spoken to when the operator knows it: else the service would knock on any door."""

    code = "push_service_unknown"
    fr = "Nous ne connaissons pas le service de notifications de ce navigateur : essayez-en un autre."
    en = "We do not know this browser's notification service: try another browser."


class PushKeysUnreadable(Invalid):
    code = "push_keys_unreadable"
    fr = "Les clés de ce navigateur sont illisibles : désactivez puis réactivez les notifications."
    en = "This browser's keys cannot be read: switch notifications off and on again."


def refuse_device(device: Device, services: Collection[str]) -> None:
    """Refuse a subscription that nothing could, or should, be sent to.

    Parameters
    ----------
    services
        Hosts of push services; what is below one is of it.

    Raises
    ------
    PushOff, PushServiceUnknown, PushKeysUnreadable
    """
    if not services:
        raise PushOff
    if not _is_known(device.endpoint, services):
        raise PushServiceUnknown
    if (_length(device.p256dh), _length(device.auth)) != (KEY_BYTES, AUTH_BYTES):
        raise PushKeysUnreadable


def _is_known(endpoint: str, services: Collection[str]) -> bool:
    try:
        parts = urlsplit(endpoint)
        host, has_port = parts.hostname or "", parts.port is not None
    except ValueError:
        return False
    is_near = host in HERE and host in services
    is_plain = parts.scheme == "https" and not has_port and "@" not in parts.netloc
    return is_near or (is_plain and any(host == each or host.endswith(f".{each}") for each in services))


def _length(key: str) -> int:
    try:
        return len(urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    except (NotBase64, ValueError):
        return 0
