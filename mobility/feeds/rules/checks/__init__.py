"""Checks that a GBFS feed can be put to, ours or anybody's, beyond what its JSON schema says."""

from collections.abc import Callable, Iterator
from datetime import datetime

from mobility.feeds.rules.checks import availability, freshness, journeys, references, stations, texts
from mobility.feeds.rules.checks.feed import Feed, Finding, View, views

Check = Callable[[View, datetime], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    references.unknown_ids,
    references.repeated_ids,
    stations.information_and_status,
    stations.sums,
    availability.slots,
    texts.opening_hours,
    texts.languages,
    freshness.age,
    freshness.time_to_live,
    journeys.opentripplanner,
)


def findings(feed: Feed, now: datetime) -> list[Finding]:
    """What is wrong with the feed at `now`, each once: a fault in every language is one fault."""
    found = (finding for view in views(feed) for check in CHECKS for finding in check(view, now))
    return sorted({*feed.faults, *found})
