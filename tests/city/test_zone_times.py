"""Since when and until when the zones in force are the same ones, on nights when the clocks change too."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.city.rules.city_file import Zone, ZoneHours
from mobility.city.rules.geofences import is_in_force
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.zone_times import Span, span
from tests.support.fleets import lakeport

PARIS = msgspec.structs.replace(lakeport(), time_zone="Europe/Paris", public_holidays=())
MARKET = next(zone for zone in PARIS.zones if zone.code == "market-day")


def zone(*lines: tuple[str, str, str]) -> Zone:
    hours = tuple(ZoneHours(days=(day,), begins=begins, ends=ends) for day, begins, ends in lines)  # type: ignore[arg-type]
    return msgspec.structs.replace(MARKET, hours=hours)


def told(zone: Zone, instant: str) -> list[str | None]:
    """The span around an instant, in Paris's clocks with their offset."""
    found = span(PARIS, [zone], datetime.fromisoformat(instant))
    local = [at and PreparedCity(PARIS, "").local(at) for at in (found.since, found.until)]
    return [at and at.strftime("%a %d %H:%M%z") for at in local]


def test_zones_without_hours_are_in_force_for_ever() -> None:
    assert span(PARIS, [zone()], datetime(2026, 6, 15, tzinfo=UTC)) == Span(None, None)
    assert span(PARIS, [], datetime(2026, 6, 15, tzinfo=UTC)) == Span(None, None)


def test_a_market_is_over_at_its_end_and_comes_again_next_week() -> None:
    market = zone(("Mo", "06:00", "14:30"))
    assert told(market, "2026-06-15T10:00+02:00") == ["Mon 15 06:00+0200", "Mon 15 14:30+0200"]
    assert told(market, "2026-06-15T06:00+02:00") == ["Mon 15 06:00+0200", "Mon 15 14:30+0200"]
    assert told(market, "2026-06-15T14:30+02:00") == ["Mon 15 14:30+0200", "Mon 22 06:00+0200"]


def test_lines_that_meet_at_midnight_are_one_time() -> None:
    weekend = zone(("Sa", "20:00", "24:00"), ("Su", "00:00", "06:00"))
    assert told(weekend, "2026-06-21T00:00+02:00") == ["Sat 20 20:00+0200", "Sun 21 06:00+0200"]


def test_what_is_written_for_the_missing_hour_does_not_happen() -> None:
    missing = zone(("Su", "02:15", "02:45"))  # on 29 March 2026 the clocks go from 02:00 to 03:00
    assert told(missing, "2026-03-29T12:00+02:00") == ["Sun 22 02:45+0100", "Sun 05 02:15+0200"]


def test_what_begins_in_the_missing_hour_begins_when_the_clocks_have_jumped() -> None:
    assert told(zone(("Su", "02:30", "06:00")), "2026-03-29T04:00+02:00") == ["Sun 29 03:00+0200", "Sun 29 06:00+0200"]
    assert told(zone(("Su", "00:00", "02:30")), "2026-03-29T01:00+01:00") == ["Sun 29 00:00+0100", "Sun 29 03:00+0200"]


def test_what_is_written_for_the_hour_that_comes_twice_happens_twice() -> None:
    twice = zone(("Su", "02:15", "02:45"))  # on 25 October 2026 the clocks go from 03:00 back to 02:00
    assert told(twice, "2026-10-25T02:30+02:00") == ["Sun 25 02:15+0200", "Sun 25 02:45+0200"]
    assert told(twice, "2026-10-25T02:00+01:00") == ["Sun 25 02:45+0200", "Sun 25 02:15+0100"]
    assert told(twice, "2026-10-25T02:30+01:00") == ["Sun 25 02:15+0100", "Sun 25 02:45+0100"]


def test_what_ends_in_the_hour_that_comes_twice_comes_back_with_it() -> None:
    broken = zone(("Su", "00:00", "02:30"))
    assert told(broken, "2026-10-25T01:00+02:00") == ["Sun 25 00:00+0200", "Sun 25 02:30+0200"]
    assert told(broken, "2026-10-25T02:10+01:00") == ["Sun 25 02:00+0100", "Sun 25 02:30+0100"]


NIGHTS = ["2026-03-28T12:00+00:00", "2026-06-20T12:00+00:00", "2026-10-24T12:00+00:00"]
times = st.integers(0, 96).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
lines = st.lists(st.tuples(st.sampled_from(["Sa", "Su"]), times, times), min_size=1, max_size=3)


@pytest.mark.parametrize("night", NIGHTS)
@settings(deadline=None)
@given(hours=lines, minutes=st.integers(0, 36 * 60))
def test_within_a_span_nothing_changes_and_at_its_ends_something_does(
    night: str, hours: list[tuple[str, str, str]], minutes: int
) -> None:
    one = zone(*hours)
    instant = datetime.fromisoformat(night) + timedelta(minutes=minutes)

    def holds(at: datetime) -> bool:
        return is_in_force(one, PreparedCity(PARIS, "").local(at), ())

    found = span(PARIS, [one], instant)
    since, until = found.since or instant - timedelta(hours=12), found.until or instant + timedelta(hours=12)
    assert since <= instant < until
    steps = [since + timedelta(minutes=at) for at in range(0, int((until - since).total_seconds() // 60), 5)]
    assert all(holds(one) == holds(next_) for one, next_ in pairwise([*steps, until - timedelta(minutes=1)]))
    assert found.until is None or holds(until) != holds(instant)
    assert found.since is None or holds(since - timedelta(minutes=1)) != holds(instant)
