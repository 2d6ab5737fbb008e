import msgspec
import pytest

from mobility.city.rules.city_file import CityFile, Zone
from mobility.city.rules.service_area import ServiceArea
from mobility.geo import LonLat, distance_m


def test_a_position_lies_so_many_metres_outside_the_zones_of_its_class(lakeport: CityFile) -> None:
    area = ServiceArea(lakeport.zones, "breeze")
    far = LonLat(lakeport.centre.lon, lakeport.centre.lat - 1)
    inside, outside, again = area.outside_m([lakeport.centre, far, lakeport.centre])
    assert (inside, again) == (0, 0)
    assert 0 < outside < distance_m(lakeport.centre, far)


def test_the_border_is_inside_and_one_step_beyond_it_is_that_far_out() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    zone = msgspec.convert(
        {"code": "all", "name": {}, "kind": "service", "source": "s", "geometry": square},
        Zone,
    )
    area = ServiceArea((zone,), "any")
    border, beyond = area.outside_m([LonLat(1, 0.5), LonLat(1.001, 0.5)])
    assert border == 0
    assert beyond == pytest.approx(111.2, abs=0.2)


def test_a_class_without_a_zone_is_nowhere_outside(lakeport: CityFile) -> None:
    assert ServiceArea((), "breeze").outside_m([lakeport.centre]) == [0]
    assert ServiceArea(lakeport.zones, "breeze").outside_m([]) == []
