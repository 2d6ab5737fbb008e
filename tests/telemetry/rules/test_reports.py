import json
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.telemetry.rules.reports import (
    BATCH_MAX,
    Alarm,
    BatchTooLarge,
    BatchUnreadable,
    Doubt,
    Fix,
    Network,
    Refusal,
    Report,
    read_batch,
    read_report,
    read_reports,
    schema,
)

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
FULL = {
    "v": 1,
    "boot": 12,
    "seq": 1,
    "at": NOW.isoformat(),
    "position": {"lon": 175.01, "lat": -40.0, "accuracy_m": 4.5},
    "heading_deg": 270,
    "speed_kmh": 0,
    "charge_percent": 82.5,
    "range_m": 57750,
    "odometer_m": 1204300,
    "locked": True,
    "ignition": False,
    "charging": True,
    "alarms": ["tipped", "low_12v"],
    "network": {"technology": "lte-m", "signal_dbm": -95},
}


def read(raw: str | bytes) -> Report | Doubt:
    return read_report(msgspec.Raw(raw.encode() if isinstance(raw, str) else raw))


def read_with(**values: Any) -> Report | Doubt:
    return read(json.dumps({"seq": 1, "at": NOW.isoformat(), **values}))


def test_a_full_report_is_read_as_it_is() -> None:
    assert read_with(**FULL) == Report(
        boot=12,
        seq=1,
        at=NOW,
        position=Fix(175.01, -40.0, 4.5),
        heading_deg=270,
        speed_kmh=0,
        charge_percent=82.5,
        range_m=57750,
        odometer_m=1204300,
        locked=True,
        ignition=False,
        charging=True,
        alarms=["tipped", "low_12v"],
        network=Network(technology="lte-m", signal_dbm=-95),
    )


def test_a_report_may_say_nothing_but_its_number_and_time() -> None:
    assert read_with() == Report(seq=1, at=NOW)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"position": {"lon": 175, "lat": 90.1}}, Refusal.POSITION_OUT_OF_RANGE),
        ({"position": {"lon": -180.1, "lat": 0}}, Refusal.POSITION_OUT_OF_RANGE),
        ({"position": {"lon": -40.0, "lat": 175.01}}, Refusal.POSITION_OUT_OF_RANGE),
        ({"position": {"lon": 175, "lat": -40, "accuracy_m": -1}}, Refusal.ACCURACY_OUT_OF_RANGE),
        ({"heading_deg": 361}, Refusal.HEADING_OUT_OF_RANGE),
        ({"charge_percent": -0.1}, Refusal.CHARGE_OUT_OF_RANGE),
        ({"charge_percent": 100.1}, Refusal.CHARGE_OUT_OF_RANGE),
        ({"range_m": -1}, Refusal.RANGE_OUT_OF_RANGE),
        ({"range_m": 2**31}, Refusal.RANGE_OUT_OF_RANGE),
        ({"odometer_m": -1}, Refusal.ODOMETER_OUT_OF_RANGE),
        ({"odometer_m": 2**63}, Refusal.ODOMETER_OUT_OF_RANGE),
        ({"speed_kmh": -1}, Refusal.SPEED_OUT_OF_RANGE),
        ({"speed_kmh": 201}, Refusal.SPEED_OUT_OF_RANGE),
        ({"network": {"technology": "2g", "signal_dbm": 1}}, Refusal.SIGNAL_OUT_OF_RANGE),
        ({"network": {"technology": "\u0000"}}, Refusal.UNREADABLE),
        ({"network": {"technology": "é" * 3}}, Refusal.UNREADABLE),
        ({"v": 2}, Refusal.UNKNOWN_VERSION),
        ({"alarms": ["bored"]}, Refusal.UNKNOWN_ALARM),
        ({"alarms": ["crash"] * 9}, Refusal.UNREADABLE),
        ({"at": "2026-06-15T08:00:00"}, Refusal.UNREADABLE),
        ({"at": 1781510400}, Refusal.UNREADABLE),
        ({"seq": -1}, Refusal.UNREADABLE),
        ({"seq": 2**63}, Refusal.UNREADABLE),
        ({"boot": 2**63}, Refusal.UNREADABLE),
        ({"seq": True}, Refusal.UNREADABLE),
        ({"charge_percent": "full"}, Refusal.UNREADABLE),
        ({"position": [175.01, -40.0]}, Refusal.UNREADABLE),
        ({"vehicle_id": "another"}, Refusal.UNKNOWN_FIELD),
        ({"position": {"lon": 175.01, "lat": -40.0, "alt": 3}}, Refusal.UNKNOWN_FIELD),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(values: dict[str, Any], refusal: Refusal) -> None:
    doubt = read_with(**values)
    assert isinstance(doubt, Doubt)
    assert doubt.code is refusal


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_number_that_is_none_is_unreadable(number: str) -> None:
    for raw in (
        f'{{"seq":1,"at":"2026-06-15T08:00:00Z","position":{{"lon":{number},"lat":0}}}}',
        f'{{"seq":1,"at":"2026-06-15T08:00:00Z","charge_percent":{number}}}',
    ):
        doubt = read(raw)
        assert isinstance(doubt, Doubt)
        assert doubt.code is Refusal.UNREADABLE


def test_a_doubt_names_the_field_and_never_a_value_or_a_word_that_was_sent() -> None:
    assert read_with(position={"lon": 181.5, "lat": 1}) == Doubt(
        Refusal.POSITION_OUT_OF_RANGE, "Expected `float` <= 180.0 - at `$.position.lon`"
    )
    assert read_with(alarms=["at 2.64159"]) == Doubt(Refusal.UNKNOWN_ALARM, "alarms")
    assert read_with(**{"2.64159": 1}) == Doubt(Refusal.UNKNOWN_FIELD)


REPORTS_ONE_BAD = [{"seq": 1, "at": NOW.isoformat()}, {"seq": 2}, {"seq": 3, "at": NOW.isoformat()}]


def test_a_message_is_a_report_or_a_list_of_them_and_a_bad_one_does_not_spoil_the_others() -> None:
    assert read_reports(json.dumps(FULL).encode()) == [read_with(**FULL)]
    assert read_reports(json.dumps([FULL] * 3).encode()) == [read_with(**FULL)] * 3
    first, doubt, third = read_reports(b" " + json.dumps(REPORTS_ONE_BAD).encode())
    assert (first, third) == (Report(seq=1, at=NOW), Report(seq=3, at=NOW))
    assert isinstance(doubt, Doubt)
    assert doubt.code is Refusal.UNREADABLE
    assert read_reports(b"[]") == []


def test_a_message_that_is_no_list_or_too_long_a_one_is_refused_whole() -> None:
    assert read_reports(b"[1,") == Doubt(Refusal.UNREADABLE, "no JSON")
    assert read_reports(json.dumps([{}] * (BATCH_MAX + 1)).encode()) == Doubt(
        Refusal.BATCH_TOO_LARGE, f"{BATCH_MAX + 1} reports"
    )


JUNK = st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.integers().map(lambda n: str(n).encode())
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*FULL, "lon", "lat", "x"]), inner),
    max_leaves=12,
)


@given(JUNK | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_make_the_reader_fail(raw: bytes) -> None:
    read_reports(raw)
    read_reports(b"[" + raw + b"," + raw + b"]")
    try:
        read_batch(raw)
    except BatchUnreadable:
        return


@given(st.dictionaries(st.sampled_from([*FULL]), JSON))
def test_a_damaged_report_is_doubted_or_is_of_the_form(damage: dict[str, Any]) -> None:
    read_ = read_with(**{**FULL, **damage})
    assert isinstance(read_, Doubt) or msgspec.convert(msgspec.to_builtins(read_), Report) == read_


def test_the_published_schema_holds_every_field_and_limit() -> None:
    document = schema()
    report = document["$defs"]["Report"]
    assert set(report["properties"]) == set(FULL)
    assert report["required"] == ["seq", "at"]
    assert report["additionalProperties"] is False
    assert document["$defs"]["Fix"]["properties"]["lat"]["maximum"] == 90
    assert all(alarm in json.dumps(report["properties"]["alarms"]) for alarm in get_args(Alarm))
    assert all("description" in field for field in report["properties"].values())


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

    assert read_batch(batch(BATCH_MAX)) == json.dumps([{}] * BATCH_MAX).encode()
    with pytest.raises(BatchTooLarge) as refused:
        read_batch(batch(BATCH_MAX + 1))
    assert refused.value.facts == {"count": BATCH_MAX + 1, "longest": BATCH_MAX}
