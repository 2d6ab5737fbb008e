"""The demo's key for notifications, unless the settings have one; real browsers then get real notifications."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from mobility.settings import Settings


def pretended_pushes(settings: Settings, data_dir: Path) -> Mapping[str, str]:
    """What the demo's processes are told; the key stays, as browsers that agreed hold its other half."""
    if settings.mobility_push_key:
        return {}
    file = data_dir / "push.key"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            written.write(_new_key())
    return {"MOBILITY_PUSH_KEY": file.read_text()}


def _new_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec  # at each start of the command line it would be waited for

    secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(secret.to_bytes(32, "big")).decode().rstrip("=")
