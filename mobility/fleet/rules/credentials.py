"""How a vehicle shows that it is itself."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

SECRET_BYTES = 32  # 256 bits: a hash without salt or stretching is enough, nobody guesses them
NO_HASH = bytes(32)  # no secret has it: an unknown vehicle costs the same comparison as a known one
BROKER_SALT_BYTES = 12  # Mosquitto 2.0 takes no other length
BROKER_ROUNDS = 1
CHOSEN_ROUNDS = 10_000  # for what a person may have chosen; ten milliseconds of the broker at a connection


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def broker_hash_of(secret: str, *, rounds: int = BROKER_ROUNDS) -> str:
    """A secret hashed as Mosquitto keeps passwords: `$7$rounds$salt$PBKDF2-HMAC-SHA512`, salt and hash in base 64.

    One round, for the reason above; a fleet that comes back at once must not wait for the broker's arithmetic.
    """
    salt = secrets.token_bytes(BROKER_SALT_BYTES)
    hashed = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"


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
