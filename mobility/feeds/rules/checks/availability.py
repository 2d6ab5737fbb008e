"""When vehicles can be booked: times that are times, in order, none of them twice."""

from collections.abc import Iterator
from datetime import UTC, datetime

from mobility.feeds.rules.checks.feed import Finding, View, instant, records

ENDLESS = datetime.max.replace(tzinfo=UTC)


def slots(view: View, _: datetime) -> Iterator[Finding]:
    for at, vehicle in enumerate(view.bookable):
        free_from = datetime.min.replace(tzinfo=UTC)
        for number, slot in enumerate(records(vehicle.get("availabilities"))):
            since = instant(slot.get("from"))
            until = instant(slot["until"]) if "until" in slot else ENDLESS
            if since is None or until is None:
                continue  # the schema speaks of it
            if not free_from <= since < until:
                path, sentence = (
                    f"vehicles/{at}/availabilities/{number}",
                    "is empty, or begins before the last one ends",
                )
                yield Finding("vehicle_availability", path, "availability_impossible", sentence)
            free_from = until
