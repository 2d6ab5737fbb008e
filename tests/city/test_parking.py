"""Where a ride may end, in Lakeport: town ±0.04°, old town ±0.01° (slow), pier ±0.002° (no parking), an airport."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.base.errors import Problem
from mobility.city.rules.city_file import CityFile, Station, VehicleType
from mobility.city.rules.geometry import CityZones
from mobility.city.rules.parking import (
    NoParkingHere,
    NotAtAStation,
    OutOfServiceZone,
    ParkedAt,
    StationBays,
    StationFull,
    may_end,
)
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import read_city_file
from mobility.fleet.rules.deployment import placements
from mobility.geo import LonLat, distance_m

ROOT = Path(__file__).parents[2]
LAKEPORT = PreparedCity(read_city_file(ROOT / "tests/support/cities/lakeport/city.toml"), "")
BREEZE, PEBBLE = LAKEPORT.file.vehicle_types
WHARF, MARKET, TERMINAL = LAKEPORT.file.stations


def bays(station: Station, free: int) -> StationBays:
    return StationBays(uuid4(), station.code, station.name, station.position, station.vehicle_types, free)


FREE = [bays(station, station.bays) for station in LAKEPORT.file.stations]


def end(position: LonLat, vehicle_type: VehicleType, stations: list[StationBays] = FREE) -> ParkedAt:
    return may_end(position, vehicle_type, zones=LAKEPORT.zones, stations=stations)


def test_a_free_floating_vehicle_ends_anywhere_in_its_zone() -> None:
    assert end(LonLat(175.03, -40.03), BREEZE) == ParkedAt(None)


def test_a_slow_zone_is_no_obstacle_to_parking() -> None:
    assert end(LonLat(175.005, -40.0), BREEZE) == ParkedAt(None)


@pytest.mark.parametrize("position", [LonLat(175.05, -40.0), LonLat(175.1, -40.05)])
def test_a_ride_does_not_end_outside_the_service_zones_of_its_class(position: LonLat) -> None:
    """The airport is served, but not for this class."""
    with pytest.raises(OutOfServiceZone) as refusal:
        end(position, BREEZE)
    assert refusal.value.code == "out_of_zone"


def test_a_free_floating_vehicle_does_not_end_where_parking_is_forbidden() -> None:
    with pytest.raises(NoParkingHere) as refusal:
        end(LonLat(175.001, -40.0), BREEZE)
    assert refusal.value.code == "no_parking_zone"


def test_a_vehicle_of_stations_ends_at_a_station_even_where_others_may_not_park() -> None:
    assert end(LonLat(175.0005, -40.0), PEBBLE).station == FREE[0]


def test_a_vehicle_of_stations_is_told_the_nearest_free_station_and_how_far_it_is() -> None:
    full_market = [FREE[0], replace(FREE[1], bays_free=0), FREE[2]]
    with pytest.raises(NotAtAStation) as refusal:
        end(LonLat(175.02, -40.0), PEBBLE, full_market)
    assert refusal.value.code == "not_at_a_station"
    nearest = refusal.value.facts["nearest"]
    assert (nearest["code"], nearest["distance_m"]) == ("wharf", 1704)


def test_a_station_that_does_not_accept_the_class_is_no_station_for_it() -> None:
    with pytest.raises(NotAtAStation) as refusal:
        end(WHARF.position, PEBBLE, [replace(FREE[0], vehicle_types=("breeze",))])
    assert refusal.value.facts == {"nearest": None}


def test_a_full_station_is_refused_and_the_next_free_one_named() -> None:
    with pytest.raises(StationFull) as refusal:
        end(WHARF.position, PEBBLE, [replace(FREE[0], bays_free=0), *FREE[1:]])
    assert refusal.value.code == "station_full"
    assert refusal.value.facts["station"] == "wharf"
    assert refusal.value.facts["nearest"]["code"] == "market"


def test_of_two_stations_in_reach_the_one_with_a_free_bay_is_taken() -> None:
    near = replace(FREE[1], position=LonLat(175.0005, -40.0))
    assert end(WHARF.position, PEBBLE, [replace(FREE[0], bays_free=0), near]).station == near


@given(st.floats(-0.003, 0.003), st.floats(-0.003, 0.003))
def test_a_vehicle_of_stations_ends_exactly_within_reach_of_its_station(east: float, north: float) -> None:
    position = LonLat(WHARF.position.lon + east, WHARF.position.lat + north)
    in_reach = distance_m(position, WHARF.position) <= PEBBLE.station_reach_m
    try:
        assert end(position, PEBBLE, FREE[:1]).station == FREE[0]
        assert in_reach
    except NotAtAStation:
        assert not in_reach


def outcome(position: LonLat, vehicle_type: VehicleType) -> str:
    try:
        return "parked" if end(position, vehicle_type) else ""
    except Problem as refusal:
        return refusal.code


@given(st.floats(174.9, 175.2), st.floats(-40.1, -39.9))
def test_every_place_is_either_allowed_or_refused_by_a_code_of_its_class(lon: float, lat: float) -> None:
    assert outcome(LonLat(lon, lat), BREEZE) in {"parked", "out_of_zone", "no_parking_zone"}
    # A zone of Lakeport where nobody parks binds cars too.
    assert outcome(LonLat(lon, lat), PEBBLE) in {"parked", "out_of_zone", "not_at_a_station", "no_parking_zone"}


@pytest.mark.parametrize("file", ["cities/bethune/city.toml", "tests/support/cities/lakeport/city.toml"])
def test_every_vehicle_of_a_city_starts_where_a_ride_may_end(file: str) -> None:
    city = read_city_file(ROOT / file)
    zones, stations = CityZones(city.zones), [bays(station, station.bays) for station in city.stations]
    for placement in placements(city):
        parked = may_end(placement.position, placement.type, zones=zones, stations=stations)
        assert (parked.station and parked.station.code) == placement.station


def test_a_zone_without_classes_binds_every_class(lakeport: CityFile) -> None:
    zones = CityZones(lakeport.zones)
    assert [zone.code for zone in zones.at(LonLat(175.001, -40.0), vehicle_type="breeze")] == [
        "pier",
        "old-town",
        "town",
    ]
    assert [zone.code for zone in zones.at(LonLat(175.001, -40.0), vehicle_type="pebble")] == ["pier", "town"]
