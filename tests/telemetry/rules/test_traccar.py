import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mobility.telemetry.rules.reports import Report, read_reports
from mobility.telemetry.rules.traccar import Forward, report_of

KEY = "019a0000-0000-7000-8000-0000000000ab.s3cret"


def forward(position: dict[str, Any] | None = None, **attributes: Any) -> bytes:
    """What Traccar 6 posts, with its own field names and times."""
    said = {
        "id": 12345,
        "attributes": {"batteryLevel": 85, "distance": 15.4, "totalDistance": 12500.5, "motion": True} | attributes,
        "deviceId": 10,
        "protocol": "teltonika",
        "serverTime": "2026-06-15T08:00:02.000+00:00",
        "deviceTime": "2026-06-15T08:00:00.000+00:00",
        "fixTime": "2026-06-15T07:59:55.000+00:00",
        "outdated": False,
        "valid": True,
        "latitude": 50.5301,
        "longitude": 2.6401,
        "altitude": 31.0,
        "speed": 10.0,
        "course": 180.0,
        "address": None,
        "accuracy": 4.0,
        "network": {"radioType": "lte", "considerIp": False, "cellTowers": []},
        "geofenceIds": None,
    } | (position or {})
    device = {
        "id": 10,
        "attributes": {"vehicleKey": KEY},
        "name": "Moped 1",
        "uniqueId": "123456789012345",
        "status": "online",
        "lastUpdate": "2026-06-15T08:00:00.000+00:00",
        "positionId": 12344,
        "disabled": False,
    }
    return json.dumps({"position": said, "device": device}).encode()


def report(body: bytes) -> Report:
    read = read_reports(report_of(msgspec.json.decode(body, type=Forward).position))
    assert isinstance(read, list)
    assert isinstance(read[0], Report), read
    return read[0]


def test_a_forwarded_position_is_a_report_in_our_units() -> None:
    said = report(forward(ignition=True, charge=False, lock=False))
    assert (said.seq, said.at) == (12345, datetime(2026, 6, 15, 7, 59, 55, tzinfo=UTC))
    assert said.position is not None
    assert (said.position.lon, said.position.lat, said.position.accuracy_m) == (2.6401, 50.5301, 4.0)
    assert (said.speed_kmh, said.heading_deg) == (18.52, 180)
    assert (said.charge_percent, said.odometer_m) == (85, 12_500)
    assert (said.ignition, said.charging, said.locked, said.alarms) == (True, False, False, None)
    assert said.network is not None
    assert said.network.technology == "lte"


def test_the_key_is_the_one_that_the_operator_gave_the_device() -> None:
    assert msgspec.json.decode(forward(), type=Forward).device.attributes.vehicle_key == KEY


@pytest.mark.parametrize("old", [{"outdated": True}, {"valid": False}])
def test_an_old_or_invalid_position_is_left_out_and_the_rest_is_of_the_device_s_time(old: dict[str, bool]) -> None:
    said = report(forward(old))
    assert (said.position, said.speed_kmh, said.heading_deg) == (None, None, None)
    assert (said.at, said.charge_percent) == (datetime(2026, 6, 15, 8, 0, tzinfo=UTC), 85)


def test_a_position_without_a_number_has_its_time_for_one() -> None:
    assert report(forward({"id": 0})).seq == 1_781_510_395_000


def test_the_vehicle_s_own_odometer_goes_before_the_distance_that_traccar_adds_up() -> None:
    assert report(forward(odometer=1_204_300.4)).odometer_m == 1_204_300


def test_alarms_of_a_list_are_ours_where_we_know_them() -> None:
    assert report(forward(alarm="accident,hardBraking,tow")).alarms == ["crash", "moved"]
    assert report(forward(alarm="hardBraking")).alarms is None
