"""How a vehicle shows that it is itself."""

import hashlib
import hmac
from uuid import UUID

SECRET_BYTES = 32  # 256 bits: a hash without salt or stretching is enough, nobody guesses them


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def matches(secret: str, key_hash: bytes) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(hash_of(secret), key_hash)


def read_credential(authorization: str | None) -> tuple[UUID, str] | None:
    """Vehicle and secret of `Bearer <vehicle_id>.<secret>`; None when it is not written so."""
    scheme, _, credential = (authorization or "").partition(" ")
    vehicle_id, dot, secret = credential.partition(".")
    if scheme.lower() != "bearer" or not dot:
        return None
    try:
        return UUID(vehicle_id), secret
    except ValueError:
        return None
