from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from mobility.telemetry.rules.ovms import QUIET, WAIT_MAX, Gatherer, read_ovms_topic, report_of
from mobility.telemetry.rules.reports import Report, read_reports

TWIZY = UUID("019a0000-0000-7000-8000-0000000000ab")
NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
# What a Twizy's box sends in one burst, in the order of its firmware.
BURST = {
    "m/net/type": b"gsm",
    "m/net/sq": b"-81",
    "m/freeram": b"4232852",
    "v/b/12v/voltage/alert": b"no",
    "v/b/range/est": b"41",
    "v/b/soc": b"57.3",
    "v/c/charging": b"no",
    "v/c/state": b"done",
    "v/e/locked": b"yes",
    "v/e/on": b"no",
    "v/p/direction": b"271.5",
    "v/p/gpslock": b"yes",
    "v/p/latitude": b"50.5301",
    "v/p/longitude": b"2.6401",
    "v/p/odometer": b"12043.7",
    "v/p/speed": b"0",
    "v/type": b"RT",
}


def hear(gatherer: Gatherer, said: dict[str, bytes], at: datetime) -> None:
    for metric, text in said.items():
        assert gatherer.hear(TWIZY, metric, text, at)


def reports(gatherer: Gatherer, at: datetime) -> list[Report]:
    read = [report for _, payload in gatherer.due(at) for report in _all(read_reports(payload))]
    return [report for report in read if isinstance(report, Report)]


def _all(read: object) -> list[object]:
    assert isinstance(read, list)
    return read


def test_a_burst_of_metrics_is_one_report_in_our_units() -> None:
    gatherer = Gatherer()
    hear(gatherer, BURST, NOW)
    assert reports(gatherer, NOW) == []
    (report,) = reports(gatherer, NOW + QUIET)
    assert (report.at, report.seq) == (NOW, int(NOW.timestamp() * 1000))
    assert report.position is not None
    assert (report.position.lon, report.position.lat) == (2.6401, 50.5301)
    assert (report.charge_percent, report.range_m, report.odometer_m) == (57.3, 41_000, 12_043_700)
    assert (report.heading_deg, report.speed_kmh) == (271.5, 0)
    assert (report.locked, report.ignition, report.charging, report.alarms) == (True, False, False, [])
    assert report.network is not None
    assert (report.network.technology, report.network.signal_dbm) == ("gsm", -81)
    assert reports(gatherer, NOW + timedelta(hours=1)) == []


def test_what_did_not_change_is_still_known() -> None:
    gatherer, later = Gatherer(), NOW + timedelta(minutes=10)
    hear(gatherer, BURST, NOW)
    reports(gatherer, NOW + QUIET)
    hear(gatherer, {"v/p/latitude": b"50.5305"}, later)
    (report,) = reports(gatherer, later + QUIET)
    assert report.position is not None
    assert (report.position.lon, report.position.lat, report.charge_percent) == (2.6401, 50.5305, 57.3)


def test_a_box_that_never_pauses_is_told_on_after_a_while() -> None:
    gatherer, at = Gatherer(), NOW
    while at - NOW < WAIT_MAX:
        hear(gatherer, {"v/b/soc": b"57"}, at)
        assert reports(gatherer, at) == []
        at += timedelta(milliseconds=500)
    hear(gatherer, {"v/b/soc": b"57"}, at)
    assert len(reports(gatherer, at)) == 1


def test_without_a_fix_there_is_no_position() -> None:
    values = {"v/p/latitude": 50.5, "v/p/longitude": 2.6, "v/p/gpslock": False}
    assert "position" not in report_of(values, NOW)
    assert "position" not in report_of({"v/p/latitude": 50.5}, NOW)


def test_alarms_and_a_stopped_charge_are_alarms_of_ours() -> None:
    values = {"v/e/alarm": True, "v/b/12v/voltage/alert": True, "v/c/state": "stopped"}
    said = report_of(values, NOW)
    assert said["alarms"] == ["tamper", "low_12v", "charging_fault"]
    assert msgspec.convert(said, Report).alarms == said["alarms"]


@pytest.mark.parametrize(("metric", "text"), [("v/b/soc", b"full"), ("v/e/locked", b"1"), ("v/p/latitude", b"\xff")])
def test_a_value_that_cannot_be_read_is_refused(metric: str, text: bytes) -> None:
    assert not Gatherer().hear(TWIZY, metric, text, NOW)


def test_a_topic_names_the_vehicle_by_the_user_and_the_metric() -> None:
    assert read_ovms_topic(f"ovms/{TWIZY}/TWZ1/metric/v/b/range/est") == (TWIZY, "v/b/range/est")
    for other in ("ovms", f"ovms/{TWIZY}/TWZ1/notify/alert/x", f"ovms/{TWIZY.hex}/T/metric/v", "ovms/demo/T/metric/v"):
        assert read_ovms_topic(other) is None
