"""How old the files are, and how often they ask to be read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mobility.feeds.rules.checks.feed import Finding, View, instant, whole

# GBFS: a status is at most five minutes old. Two clocks may differ by a minute.
STATUS_AGE_MAX = timedelta(minutes=5)
CLOCKS_DIFFER_BY = timedelta(minutes=1)

STATUS = frozenset({"station_status", "vehicle_status", "vehicle_availability"})


def age(view: View, now: datetime) -> Iterator[Finding]:
    for name, body in view.files.items():
        updated, file = instant(body.get("last_updated")), view.file(name)
        if updated is None:
            yield Finding(file, "last_updated", "last_updated_unreadable", "is not an instant")
        elif updated > now + CLOCKS_DIFFER_BY:
            yield Finding(file, "last_updated", "from_the_future", f"{updated.isoformat()} is yet to come")
        elif name in STATUS and updated < now - STATUS_AGE_MAX - CLOCKS_DIFFER_BY:
            yield Finding(file, "last_updated", "stale", f"{updated.isoformat()} is over five minutes ago")


def time_to_live(view: View, _: datetime) -> Iterator[Finding]:
    """A reader asks again at `last_updated` + `ttl`: a status that lives longer is an old one by then."""
    for name, body in view.files.items():
        ttl_s = whole(body.get("ttl"))
        if ttl_s is None or ttl_s < 0:
            yield Finding(view.file(name), "ttl", "ttl_unreadable", "is not a number of seconds")
        elif name in STATUS and ttl_s > STATUS_AGE_MAX.total_seconds():
            yield Finding(view.file(name), "ttl", "ttl_too_long", f"{ttl_s} s for a file that may be five minutes old")
