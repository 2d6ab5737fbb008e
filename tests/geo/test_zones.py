from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

from mobility.geo import LonLat, ZoneIndex


def test_zones_that_hold_a_position_come_in_the_order_they_were_given() -> None:
    index = ZoneIndex([("wide", box(0, 0, 10, 10)), ("far", box(20, 20, 30, 30)), ("small", box(4, 4, 6, 6))])
    assert index.containing(LonLat(5, 5)) == ["wide", "small"]
    assert index.containing(LonLat(1, 1)) == ["wide"]
    assert index.containing(LonLat(15, 15)) == []


def test_a_border_is_inside() -> None:
    assert ZoneIndex([("zone", box(0, 0, 1, 1))]).containing(LonLat(1, 0.5)) == ["zone"]


def test_a_hole_is_outside() -> None:
    ring = box(0, 0, 10, 10) - box(4, 4, 6, 6)
    assert ZoneIndex([("ring", ring)]).containing(LonLat(5, 5)) == []


def test_no_zones_hold_nothing() -> None:
    assert ZoneIndex[str]([]).containing(LonLat(0, 0)) == []


squares = st.builds(
    lambda x, y, side: box(x, y, x + side, y + side), st.floats(-5, 5), st.floats(-5, 5), st.floats(0.1, 5)
)


@settings(deadline=None)
@given(st.lists(squares, max_size=20), st.floats(-6, 6), st.floats(-6, 6))
def test_the_index_answers_like_asking_every_zone(zones: list[BaseGeometry], lon: float, lat: float) -> None:
    asked_one_by_one = [at for at, zone in enumerate(zones) if zone.covers(Point(lon, lat))]
    assert ZoneIndex(enumerate(zones)).containing(LonLat(lon, lat)) == asked_one_by_one


@settings(deadline=None)
@given(st.lists(squares, max_size=20), st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6)), max_size=20))
def test_many_positions_are_answered_like_one_by_one(
    zones: list[BaseGeometry], places: list[tuple[float, float]]
) -> None:
    index, positions = ZoneIndex(enumerate(zones)), [LonLat(*place) for place in places]
    assert index.containing_each(positions) == [index.containing(position) for position in positions]


@settings(deadline=None)
@given(st.lists(squares, min_size=1, max_size=20), st.data())
def test_some_of_the_zones_answer_as_if_there_were_no_others(zones: list[BaseGeometry], data: st.DataObject) -> None:
    some = sorted(data.draw(st.sets(st.sampled_from(range(len(zones))))))
    position = LonLat(data.draw(st.floats(-6, 6)), data.draw(st.floats(-6, 6)))
    index = ZoneIndex(enumerate(zones))
    assert index.only(some).containing(position) == [at for at in index.containing(position) if at in some]
