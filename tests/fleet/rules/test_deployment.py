from types import SimpleNamespace
from typing import Any, cast

from mobility.city.rules.city_file import CityFile, Deployment
from mobility.fleet.rules.deployment import placements
from mobility.geo import LonLat, distance_m

QUAY = LonLat(2.64, 50.52)


def small_file(*fleet: Deployment) -> CityFile:
    types = [SimpleNamespace(code="moped", plate_prefix="M"), SimpleNamespace(code="car", plate_prefix="C")]
    stations = [SimpleNamespace(code="quay", position=QUAY)]
    return cast("CityFile", cast("Any", SimpleNamespace(vehicle_types=types, stations=stations, fleet=fleet)))


def test_plates_are_numbered_per_prefix_through_the_whole_file() -> None:
    fleet = small_file(
        Deployment(vehicle_type="moped", station="quay", count=2),
        Deployment(vehicle_type="car", station="quay", count=1),
        Deployment(vehicle_type="moped", station="quay", count=1),
    )
    assert [placed.plate for placed in placements(fleet)] == ["M-001", "M-002", "C-001", "M-003"]


def test_vehicles_at_a_station_stand_at_it() -> None:
    (placed,) = placements(small_file(Deployment(vehicle_type="car", station="quay", count=1)))
    assert (placed.position, placed.station) == (QUAY, "quay")


def test_free_floating_vehicles_are_spread_within_their_radius_and_never_on_one_another() -> None:
    placed = list(placements(small_file(Deployment(vehicle_type="moped", station="quay", count=40, within_m=300))))
    assert all(distance_m(each.position, QUAY) <= 301 and each.station is None for each in placed)
    assert min(distance_m(a.position, b.position) for a in placed for b in placed if a is not b) > 20
