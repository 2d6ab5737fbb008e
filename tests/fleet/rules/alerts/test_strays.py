"""Whether a vehicle stands where it was left."""

from datetime import UTC, datetime, timedelta

import pytest

from mobility.fleet.rules.alerts.strays import Anchor, Stray, Whereabouts, stray
from mobility.geo import LonLat

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
HERE, THERE = LonLat(175.0, -40.0), LonLat(175.0, -40.001)  # 111 m apart


def found(
    parked: Anchor, *, position: LonLat = HERE, state: str = "available", said_ago: timedelta = timedelta()
) -> Stray:
    return stray(
        Whereabouts(state=state, state_since=NOW, position=position, position_at=NOW - said_ago, parked=parked)
    )


def test_what_the_vehicle_says_first_after_a_ride_is_compared_with_the_phone_and_then_holds() -> None:
    assert found(Anchor(HERE, "phone")) == Stray()
    elsewhere = found(Anchor(HERE, "phone"), position=THERE)
    assert elsewhere.elsewhere_m == pytest.approx(111, abs=1)
    assert (elsewhere.moved_m, elsewhere.anchor) == (None, Anchor(THERE, "vehicle"))


def test_later_it_is_compared_with_itself() -> None:
    assert found(Anchor(HERE, "vehicle")) == Stray(moved_m=0)
    assert found(Anchor(HERE, "vehicle"), position=THERE).moved_m == pytest.approx(111, abs=1)


def test_a_vehicle_never_left_anywhere_is_anchored_by_what_it_says_since_it_stands_there() -> None:
    assert found(Anchor()) == Stray(anchor=Anchor(HERE, "vehicle"))
    assert found(Anchor(), said_ago=timedelta(seconds=1)) == Stray()


def test_a_vehicle_that_a_crew_has_is_left_nowhere() -> None:
    assert found(Anchor(HERE, "vehicle"), position=THERE, state="removed") == Stray(anchor=Anchor())
    assert found(Anchor(), state="removed") == Stray()


@pytest.mark.parametrize("state", ["on_trip", "stopped", "non_contactable", "missing", "elsewhere"])
@pytest.mark.parametrize("by", ["phone", "vehicle"])
def test_where_a_ridden_or_lost_vehicle_is_tells_nothing(state: str, by: str) -> None:
    assert found(Anchor(HERE, by), position=THERE, state=state) == Stray()
