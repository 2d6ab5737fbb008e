"""Standard Webhooks: how a message is named, dated and signed. https://www.standardwebhooks.com"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

SECRET_PREFIX = "whsec_"  # noqa: S105 — a prefix
SECRET_BYTES = 32
# After a rotation messages are signed with both secrets for so long: nobody changes two sides in one instant.
BOTH_SECRETS = timedelta(hours=24)


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """As the partner configures it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def message_name(message_id: UUID) -> str:
    """`webhook-id`: the same however often the message is sent."""
    return f"msg_{message_id.hex}"


def headers(name: str, at: datetime, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The headers that prove who sends the body, and when."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join([name.encode(), timestamp.encode(), body])
    signatures = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
        "content-type": "application/json",
    }
