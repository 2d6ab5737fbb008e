"""Zones and stations drawn anew: what changes, what is refused, what is left to park on."""

from typing import Any

import msgspec
import pytest

from mobility.city.rules.city_file import CityFile, MultiPolygon, Polygon, Zone
from mobility.city.rules.ground import Ground, changes, faults_of, ground_of, with_ground
from mobility.city.rules.parking_ground import area_km2, free_parking
from mobility.city.rules.remarks import remarks

replace = msgspec.structs.replace


def box(west: float, south: float, east: float, north: float) -> Polygon:
    return Polygon(coordinates=(((west, south), (east, south), (east, north), (west, north), (west, south)),))


def with_zone(ground: Ground, code: str, **changed: Any) -> Ground:
    zones = tuple(replace(zone, **changed) if zone.code == code else zone for zone in ground.zones)
    return replace(ground, zones=zones)


def with_station(ground: Ground, code: str, **changed: Any) -> Ground:
    stations = tuple(replace(each, **changed) if each.code == code else each for each in ground.stations)
    return replace(ground, stations=stations)


def faults(city: CityFile, ground: Ground) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults_of(city, ground)]


def new_zone(city: CityFile, **said: Any) -> Zone:
    return replace(city.zones[0], code="new", vehicle_types=(), hours=(), **said)


def test_the_ground_of_a_city_put_back_is_the_same_city(lakeport: CityFile) -> None:
    assert with_ground(lakeport, ground_of(lakeport)) == lakeport
    assert faults_of(lakeport, ground_of(lakeport)) == []


def test_what_is_otherwise_is_named_zones_first(lakeport: CityFile) -> None:
    before = ground_of(lakeport)
    first, second, *others = before.zones
    after = with_station(replace(before, zones=(second, first, *others[1:])), "market", bays=9)
    after = replace(after, stations=after.stations[1:], sites=())
    assert [(each.thing, each.code, each.what) for each in changes(before, after)] == [
        ("zone", others[0].code, "removed"),
        ("zone", second.code, "moved"),
        ("zone", first.code, "moved"),
        ("station", "market", "changed"),
        *[("station", site.station, "changed") for site in before.sites if site.station not in ("wharf", "market")],
        ("station", "wharf", "removed"),
    ]


def test_a_zone_that_crosses_itself_is_refused_as_in_a_file(lakeport: CityFile) -> None:
    bow = Polygon(coordinates=(((175.0, -40.0), (175.01, -39.99), (175.01, -40.0), (175.0, -39.99), (175.0, -40.0)),))
    assert faults(lakeport, with_zone(ground_of(lakeport), "pier", geometry=bow)) == [
        ("zones[0].geometry", "crosses_itself")
    ]


def test_a_station_outside_the_service_area_is_refused(lakeport: CityFile) -> None:
    town = next(at for at, zone in enumerate(lakeport.zones) if zone.code == "town")
    smaller = with_zone(ground_of(lakeport), "town", geometry=box(174.99, -40.01, 175.005, -39.99))
    assert lakeport.zones[town].kind == "service"
    assert ("stations[1].position", "outside_service_zone") in faults(lakeport, smaller)


def test_a_class_without_any_place_to_end_is_refused(lakeport: CityFile) -> None:
    everywhere = new_zone(lakeport, kind="no_parking", geometry=box(174, -41, 176, -39))
    ground = ground_of(lakeport)
    ground = replace(with_station(ground, "market", vehicle_types=("pebble",)), zones=(everywhere, *ground.zones))
    assert ("vehicle_types[0]", "nowhere_to_park") in faults(lakeport, ground)


def test_access_hours_of_a_station_that_is_no_more_are_refused_at_their_place(lakeport: CityFile) -> None:
    ground, (site, *_) = ground_of(lakeport), ground_of(lakeport).sites
    gone = replace(ground, stations=tuple(each for each in ground.stations if each.code != site.station))
    assert ("sites[0].station", "unknown_station") in faults(lakeport, gone)
    assert ("sites", "no_night") in faults(replace(lakeport, night=None), ground)


def test_quiet_hours_of_a_station_go_with_it_and_do_not_become_everybodys(lakeport: CityFile) -> None:
    assert lakeport.night is not None
    assert [quiet.stations for quiet in lakeport.night.quiet_hours] == [("market",)]
    ground = ground_of(lakeport)
    after = with_ground(
        lakeport, replace(ground, stations=tuple(each for each in ground.stations if each.code != "market"))
    )
    assert after.night is not None
    assert after.night.quiet_hours == ()


def test_free_parking_is_the_service_area_without_what_is_forbidden_before_it(lakeport: CityFile) -> None:
    breeze, pebble = lakeport.vehicle_types
    town = next(zone for zone in lakeport.zones if zone.code == "town")
    half = new_zone(lakeport, kind="no_parking", geometry=box(174.96, -40.04, 175.0, -39.96))
    whole = area_km2(free_parking((town,), breeze))
    assert whole == pytest.approx(6.81 * 8.896, rel=0.01)  # 0.08° of longitude at 40°, by 0.08° of latitude
    assert area_km2(free_parking((half, town), breeze)) == pytest.approx(whole / 2, rel=1e-6)
    assert area_km2(free_parking((town, half), breeze)) == pytest.approx(whole)
    only_bays = replace(half, kind="bays_only")
    assert area_km2(free_parking((only_bays, town), breeze)) == pytest.approx(whole / 2, rel=1e-6)
    assert free_parking((town,), pebble).is_empty
    assert area_km2(free_parking((), breeze)) == 0


def test_zones_that_contradict_each_other_and_zones_without_service_are_remarked(lakeport: CityFile) -> None:
    town = next(zone for zone in lakeport.zones if zone.code == "town")
    bays = new_zone(lakeport, kind="bays", geometry=box(175.0, -40.01, 175.02, -39.99))
    ban = replace(bays, code="ban", kind="no_parking", geometry=box(175.01, -40.01, 175.03, -39.99))
    far = replace(ban, code="far", geometry=MultiPolygon(coordinates=(box(176, -40, 176.1, -39.9).coordinates,)))
    found = remarks((bays, ban, far, town))
    assert [(each.path, each.code) for each in found] == [
        ("zones[1]", "zones_overlap"),
        ("zones[2]", "zone_outside_service"),
    ]
    assert "'new'" in found[0].message
    assert remarks((replace(bays, vehicle_types=("pebble",)), replace(ban, vehicle_types=("breeze",)), town)) == []
