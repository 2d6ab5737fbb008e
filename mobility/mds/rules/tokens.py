"""What agencies show: random, known to us by its hash only, for one city and a time."""

import hashlib
import secrets
from datetime import datetime

from mobility.mds.rules.protocol import TokenExpired, TokenRefused

TOKEN_BYTES = 32  # 256 bits: a hash without salt is enough, nobody guesses them
DAYS_MAX = 730


def new_token() -> str:
    return f"mds_{secrets.token_urlsafe(TOKEN_BYTES)}"


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def refuse_closed(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> None:
    """Raise why a token that was issued opens nothing any more, if so."""
    if revoked_at is not None:
        raise TokenRefused
    if expires_at <= now:
        raise TokenExpired(expired_on=expires_at.date().isoformat())
