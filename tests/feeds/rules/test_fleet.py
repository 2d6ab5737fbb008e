from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from mobility.city.rules.geometry import CityZones
from mobility.feeds.rules.fleet import FeedVehicle, StandingVehicle, publish
from tests.feeds.editions import CAR, MOPED, NOW, system

OFFERED = system().offered
ZONES = CityZones(system().city.zones)


def published(row: StandingVehicle) -> FeedVehicle:
    (vehicle,) = publish([row], OFFERED, ZONES, now=NOW).vehicles
    return vehicle


def test_position_and_range_are_coarse() -> None:
    vehicle = published(MOPED)
    assert (vehicle.lon, vehicle.lat, vehicle.range_m) == (175.0012, -40.0099, 30_000)


def test_a_free_vehicle_is_neither_reserved_nor_disabled() -> None:
    assert published(MOPED).is_rentable


def test_a_held_vehicle_is_reserved_even_when_its_charge_sinks() -> None:
    held = published(msgspec.structs.replace(MOPED, state="reserved", charge_percent=1.0))
    assert (held.is_reserved, held.is_disabled) == (True, False)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "non_operational"},
        {"charge_percent": 9.9},
        {"heard_at": NOW - timedelta(minutes=20)},
        {"lon": 174.986, "lat": -39.972},  # the playground: no ride starts there
    ],
)
def test_a_vehicle_that_no_search_finds_is_disabled(change: dict[str, object]) -> None:
    vehicle = published(msgspec.structs.replace(MOPED, **change))
    assert (vehicle.is_reserved, vehicle.is_disabled) == (False, True)


@pytest.mark.parametrize("state", ["on_trip", "stopped", "elsewhere", "missing", "non_contactable", "removed"])
def test_a_vehicle_that_is_not_where_it_stood_is_absent(state: str) -> None:
    assert publish([msgspec.structs.replace(MOPED, state=state)], OFFERED, ZONES, now=NOW).vehicles == ()


def test_a_vehicle_without_a_price_is_absent_and_keeps_its_bay() -> None:
    fleet = publish([CAR], {}, ZONES, now=NOW)
    assert (fleet.vehicles, fleet.standing) == ((), {"wharf": 1})


def test_the_order_of_vehicles_is_that_of_their_random_ids() -> None:
    rows = [msgspec.structs.replace(MOPED, public_id=str(UUID(int=number))) for number in (5, 1, 3)]
    ids = [vehicle.vehicle_id for vehicle in publish(rows, OFFERED, ZONES, now=NOW).vehicles]
    assert ids == sorted(ids)
