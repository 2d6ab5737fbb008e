import time
from functools import cache
from typing import Self
from urllib.parse import urlsplit

import httpx
import msgspec

from mobility.base.errors import SettingUnreadable
from mobility.riders.ports import DeviceGone, Undeliverable
from mobility.riders.rules.messages import Push

ANSWER_WITHIN_S = 10.0
# A phone that is switched off gets it when it is back within a day; later it is no news.
KEPT_FOR_S = 86_400
SIGNED_FOR_S = 12 * 3_600  # RFC 8292 allows a day, and clocks differ
TOPIC_LENGTH_MAX = 32
GONE = frozenset({404, 410})
# Nothing that another try would change: what we send is too large or is not understood.
REFUSED_FOR_GOOD = frozenset({400, 413})


class WebPusher:
    """A `Pusher` to browsers (RFC 8030): encrypted for the device (RFC 8291), signed with our key (RFC 8292)."""

    def __init__(self, *, key: str, contact: str) -> None:
        self._key, self._contact = key, contact

    @classmethod
    def at(cls, key: str, contact: str) -> Self:
        """Raises `SettingUnreadable` where the key is no private key of P-256, as 32 bytes of base64url."""
        public_key(key)
        return cls(key=key, contact=contact)

    async def push(self, push: Push) -> None:
        headers = {
            **self._signature(push.device.endpoint),
            "TTL": str(KEPT_FOR_S),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            # Of what waits under one topic a device that comes back gets the latest alone; ours differ by id.
            "Topic": push.id.hex[:TOPIC_LENGTH_MAX],
        }
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S) as client:
            answer = await client.post(push.device.endpoint, content=_encrypted(push), headers=headers)
        if answer.status_code in GONE:
            raise DeviceGone(f"push_{answer.status_code}")
        if answer.status_code in REFUSED_FOR_GOOD:
            raise Undeliverable(f"push_{answer.status_code}")
        if not answer.is_success:
            raise ConnectionError(f"push_{answer.status_code}")

    def _signature(self, endpoint: str) -> dict[str, str]:
        from py_vapid import Vapid02  # nobody else needs it: it would be read at each start

        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + SIGNED_FOR_S,
            "sub": f"mailto:{self._contact}",
        }
        signed: dict[str, str] = Vapid02.from_string(self._key).sign(claims)
        return signed


def _encrypted(push: Push) -> bytes:
    from pywebpush import WebPusher as Encrypter  # as above

    keys = {"p256dh": push.device.p256dh, "auth": push.device.auth}
    shown = {"key": push.key, "title": push.title, "body": push.body, "opens": push.opens}
    try:
        encrypter = Encrypter({"endpoint": push.device.endpoint, "keys": keys})
        encrypted: bytes = encrypter.encode(msgspec.json.encode(shown))["body"]
    except ValueError:
        # 65 bytes that are no point of the curve: nothing will ever be readable there.
        raise DeviceGone("push_keys") from None
    return encrypted


@cache
def public_key(key: str) -> str:
    """What browsers are told we sign with: the point of the private key, uncompressed, as base64url.

    Raises
    ------
    SettingUnreadable
    """
    from base64 import urlsafe_b64encode

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from py_vapid import Vapid02, VapidException

    try:
        point = Vapid02.from_string(key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    except (VapidException, ValueError, TypeError):
        raise SettingUnreadable("MOBILITY_PUSH_KEY must be a private key of P-256: 32 bytes as base64url") from None
    return urlsafe_b64encode(point).decode().rstrip("=")
