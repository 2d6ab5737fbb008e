from datetime import UTC, datetime, timedelta

import pytest

from mobility.telemetry.rules.standing import Reading, stood_since

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
ASKED = NOW - timedelta(minutes=12)


def at(minutes_ago: float, metres: int) -> Reading:
    return NOW - timedelta(minutes=minutes_ago), metres


@pytest.mark.parametrize(
    ("readings", "since"),
    [
        pytest.param([at(15, 900), at(13, 1000), at(2, 1000)], ASKED, id="it stood since before"),
        pytest.param([at(13, 1000), at(8, 1020), at(2, 1029)], ASKED, id="it was pushed a little"),
        pytest.param([at(13, 1000), at(8, 1500), at(5, 1500), at(1, 1500)], NOW - timedelta(minutes=8), id="rode on"),
        pytest.param([at(11, 1000), at(1, 1400)], NOW - timedelta(minutes=1), id="it arrived only now"),
        pytest.param([at(13, 1000)], None, id="silent since the wish"),
        pytest.param([at(13, 1000), at(11, 1000)], None, id="silent for ten minutes"),
        pytest.param([], None, id="never heard"),
    ],
)
def test_a_vehicle_says_by_its_odometer_since_when_it_stands(readings: list[Reading], since: datetime | None) -> None:
    assert stood_since(readings, since=ASKED, until=NOW) == since
