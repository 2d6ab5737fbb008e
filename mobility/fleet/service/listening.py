"""How many may listen for free vehicles from one place of the internet."""

from datetime import timedelta
from hashlib import sha256

from mobility.fleet.rules.live_map import ListenedTooOften
from mobility.riders.ports import Limiter
from mobility.riders.rules.addresses import network
from mobility.riders.rules.codes import HOUR_S, Count, Rate, SignInUnavailable

# Mobile operators put hundreds of riders behind one address; who is refused still looks every ten seconds.
STREAMS_PER_NETWORK = Rate(1_200, HOUR_S)
STREAM_LIVES = timedelta(hours=1)
"""After that a page returns and is counted again: no address keeps more streams open than two hours allow it."""


async def refuse_listening_too_often(limiter: Limiter, ip: str) -> None:
    """Raises `ListenedTooOften`. When nothing can be counted everybody may: nothing of worth is told."""
    try:
        wait_s = await limiter.hit(Count(STREAMS_PER_NETWORK, f"listening:{sha256(network(ip).encode()).hexdigest()}"))
    except SignInUnavailable:
        return
    if wait_s:
        raise ListenedTooOften(retry_after_s=wait_s)
