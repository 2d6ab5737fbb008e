"""When a vehicle last moved, by its odometer: of all it says in a ride that alone is kept beside its charge."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

Reading = tuple[datetime, int]
"""When, by the vehicle's clock, and metres ever driven."""

ROLLED_M: Final = 30
"""A moped is pushed into its bay, and odometers count in steps."""
HEARD_WITHIN: Final = timedelta(minutes=10)
"""Who has said nothing for longer may be anywhere by now."""


def stood_since(readings: Sequence[Reading], *, since: datetime, until: datetime) -> datetime | None:
    """From when on, at `since` at the earliest, a vehicle stood until `until`.

    Parameters
    ----------
    readings
        Some from before `since` too, in the order of their times.

    Returns
    -------
    None when it was not heard after `since`, or not lately: nobody knows then.
    """
    if not readings or readings[-1][0] < max(since, until - HEARD_WITHIN):
        return None
    last_m = readings[-1][1]
    still = list(takewhile(lambda reading: last_m - reading[1] <= ROLLED_M, reversed(readings)))
    return max(since, still[-1][0])
