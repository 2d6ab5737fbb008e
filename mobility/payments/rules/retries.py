from datetime import datetime, timedelta

# Longer than the gateway is waited for (tasks.GATEWAY_WAIT_S): a lease ends only when its holder has given up or died.
LEASE_S = 60
WAIT_LAST_S = 3600


def retry_at(now: datetime, *, attempts: int) -> datetime:
    """When a payment is due again unless this attempt (1 is the first) is answered: a minute, then twice as long."""
    return now + timedelta(seconds=min(LEASE_S * 2 ** (attempts - 1), WAIT_LAST_S))
