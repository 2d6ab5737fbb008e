import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.fleet.rules.rentals import CLOCK_TOLERANCE, Span
from mobility.geo import Bounds, LonLat
from mobility.telemetry.rules.reports import (
    AGE_MAX,
    BATCH_MAX,
    BatchTooLarge,
    BatchUnreadable,
    Refusal,
    Report,
    read_batch,
    read_report,
    without_trail,
)

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
TOWN = Bounds(174.9, -40.1, 175.2, -39.9)
SECOND = timedelta(seconds=1)


def read(raw: str | bytes) -> Report | Refusal:
    text = raw.encode() if isinstance(raw, str) else raw
    return read_report(msgspec.Raw(text), now=NOW, bounds=TOWN)


def read_with(**values: Any) -> Report | Refusal:
    return read(json.dumps({"seq": 1, "at": NOW.isoformat(), **values}))


def test_a_full_report_is_read_as_it_is() -> None:
    position = {"lon": 175.01, "lat": -40.0}
    report = read_with(
        position=position, charge_percent=82.5, range_m=57750, odometer_m=1204300, speed_kmh=0, locked=True
    )
    assert report == Report(
        seq=1,
        at=NOW,
        position=LonLat(175.01, -40.0),
        charge_percent=82.5,
        range_m=57750,
        odometer_m=1204300,
        speed_kmh=0,
        locked=True,
    )


def test_a_report_may_say_nothing_but_its_number_and_time() -> None:
    assert read_with() == Report(seq=1, at=NOW)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"position": {"lon": 175, "lat": 90.1}}, Refusal.POSITION_OUT_OF_RANGE),
        ({"position": {"lon": -180.1, "lat": 0}}, Refusal.POSITION_OUT_OF_RANGE),
        ({"position": {"lon": -40.0, "lat": 175.01}}, Refusal.POSITION_OUT_OF_RANGE),
        ({"position": {"lon": 0, "lat": 0.0}}, Refusal.POSITION_WITHOUT_FIX),
        ({"charge_percent": -0.1}, Refusal.CHARGE_OUT_OF_RANGE),
        ({"charge_percent": 100.1}, Refusal.CHARGE_OUT_OF_RANGE),
        ({"range_m": -1}, Refusal.RANGE_OUT_OF_RANGE),
        ({"range_m": 2**31}, Refusal.RANGE_OUT_OF_RANGE),
        ({"odometer_m": -1}, Refusal.ODOMETER_OUT_OF_RANGE),
        ({"odometer_m": 2**63}, Refusal.ODOMETER_OUT_OF_RANGE),
        ({"speed_kmh": -1}, Refusal.SPEED_OUT_OF_RANGE),
        ({"speed_kmh": 201}, Refusal.SPEED_OUT_OF_RANGE),
        ({"at": "1970-01-01T00:00:00Z"}, Refusal.TOO_OLD),
        ({"at": "2026-06-15T08:00:00"}, Refusal.UNREADABLE),
        ({"at": 1781510400}, Refusal.UNREADABLE),
        ({"seq": -1}, Refusal.UNREADABLE),
        ({"seq": 2**63}, Refusal.UNREADABLE),
        ({"seq": True}, Refusal.UNREADABLE),
        ({"charge_percent": "full"}, Refusal.UNREADABLE),
        ({"position": [175.01, -40.0]}, Refusal.UNREADABLE),
        ({"vehicle_id": "another"}, Refusal.UNKNOWN_FIELD),
        ({"position": {"lon": 175.01, "lat": -40.0, "alt": 3}}, Refusal.UNKNOWN_FIELD),
    ],
)
def test_what_cannot_be_believed_is_refused_with_its_reason(values: dict[str, Any], refusal: Refusal) -> None:
    assert read_with(**values) is refusal


def test_exchanged_coordinates_are_recognised_by_the_citys_bounds() -> None:
    bethune = Bounds(2.3, 50.3, 2.9, 50.7)
    raw = json.dumps({"seq": 1, "at": NOW.isoformat(), "position": {"lon": 50.53, "lat": 2.64}}).encode()
    assert read_report(msgspec.Raw(raw), now=NOW, bounds=bethune) is Refusal.POSITION_SWAPPED


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_an_infinite_number_is_unreadable(number: str) -> None:
    assert read(f'{{"seq":1,"at":"2026-06-15T08:00:00Z","position":{{"lon":{number},"lat":0}}}}') is Refusal.UNREADABLE


def test_a_clock_may_be_ahead_by_its_tolerance_and_a_report_a_day_old() -> None:
    assert isinstance(read_with(at=(NOW + CLOCK_TOLERANCE).isoformat()), Report)
    assert read_with(at=(NOW + CLOCK_TOLERANCE + SECOND).isoformat()) is Refusal.CLOCK_AHEAD
    assert isinstance(read_with(at=(NOW - AGE_MAX).isoformat()), Report)
    assert read_with(at=(NOW - AGE_MAX - SECOND).isoformat()) is Refusal.TOO_OLD


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.from_type(int).map(lambda n: str(n).encode()))
def test_no_bytes_make_the_reader_fail(raw: bytes) -> None:
    assert isinstance(read(raw), Refusal)
    with suppress(BatchUnreadable):
        read_batch(raw)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"reports": 1}', b'{"reports": [], "vehicle_id": 1}', b'{"reports": [NaN]}', b"\xff\xfe"],
)
def test_a_body_that_is_no_batch_is_refused_whole(body: bytes) -> None:
    with pytest.raises(BatchUnreadable):
        read_batch(body)


def test_a_body_of_a_hundred_thousand_brackets_is_refused() -> None:
    with pytest.raises(BatchUnreadable):
        read_batch(b'{"reports":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}")


def test_a_batch_of_the_largest_size_is_read_and_one_more_report_is_too_many() -> None:
    def batch(count: int) -> bytes:
        return json.dumps({"reports": [{}] * count}).encode()

    assert len(read_batch(batch(BATCH_MAX))) == BATCH_MAX
    with pytest.raises(BatchTooLarge) as refused:
        read_batch(batch(BATCH_MAX + 1))
    assert refused.value.facts == {"count": BATCH_MAX + 1, "longest": BATCH_MAX}


def test_a_report_of_a_rental_loses_its_position_and_nothing_else() -> None:
    report = Report(seq=1, at=NOW, position=LonLat(175.01, -40.0), charge_percent=50)
    during, before = (
        [Span(NOW - timedelta(minutes=5), None)],
        [Span(NOW - timedelta(hours=2), NOW - timedelta(hours=1))],
    )
    assert without_trail(report, during) == Report(seq=1, at=NOW, charge_percent=50)
    assert without_trail(report, before) is report
