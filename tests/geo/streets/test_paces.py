from math import inf

import pytest

from mobility.geo.streets.paces import DRIVE, SLOW_WALK, WALK, limit_kmh, per_metre

STREET = {"highway": "residential"}


def test_a_minute_on_foot_is_75_metres() -> None:
    assert per_metre(4.5) * 75 == pytest.approx(60)


@pytest.mark.parametrize(
    ("tags", "times_slower"),
    [
        (STREET, 1.0),
        ({"highway": "steps"}, 2.0),
        ({"highway": "path", "surface": "gravel"}, 1.2),
        ({"highway": "trunk", "sidewalk": "both"}, 1.0),
        ({"highway": "motorway", "foot": "yes"}, 1.0),
        ({"highway": "service", "access": "private", "foot": "permissive"}, 1.0),
    ],
)
def test_walkers_are_slower_on_stairs_and_rough_ground(tags: dict[str, str], times_slower: float) -> None:
    pace = WALK.pace(tags)
    assert pace is not None
    assert pace.along == pace.against == pytest.approx(per_metre(4.5) * times_slower)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "motorway"},
        {"highway": "trunk"},
        {"highway": "primary", "motorroad": "yes"},
        STREET | {"foot": "no"},
        STREET | {"access": "private"},
        {"highway": "construction"},
        {"highway": "proposed", "foot": "yes"},
        {"highway": "pedestrian", "area": "yes"},
    ],
)
def test_where_nobody_walks_there_is_no_pace(tags: dict[str, str]) -> None:
    assert WALK.pace(tags) is None


def test_slower_walkers_are_slower_everywhere_and_most_on_stairs() -> None:
    def slower(tags: dict[str, str]) -> float:
        slow, pace = SLOW_WALK.pace(tags), WALK.pace(tags)
        assert slow is not None
        assert pace is not None
        return slow.along / pace.along

    assert slower(STREET) == pytest.approx(1.5)
    assert slower({"highway": "steps"}) == pytest.approx(2.25)


def test_a_one_way_staircase_binds_walkers() -> None:
    pace = WALK.pace({"highway": "steps", "oneway:foot": "yes"})
    assert pace is not None
    assert pace.against == inf


def test_who_crosses_waits_and_who_goes_along_the_road_does_not() -> None:
    road, footway = WALK.pace(STREET), WALK.pace({"highway": "footway"})
    assert road is not None
    assert footway is not None
    assert (road.crosses, footway.crosses) == (False, True)
    lights = {"highway": "crossing", "crossing": "traffic_signals"}
    assert (WALK.delay_s(lights), WALK.delay_s({"highway": "crossing"}), WALK.delay_s({})) == (20.0, 5.0, 0.0)
    assert WALK.delay_s({"barrier": "wall"}) == inf


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        (STREET, 50),
        (STREET | {"maxspeed": "30"}, 30),
        (STREET | {"maxspeed": "20 mph"}, 32.19),
        (STREET | {"maxspeed": "FR:zone30"}, 30),
        (STREET | {"maxspeed": "walk", "source:maxspeed": "FR:urban"}, 50),
        ({"highway": "primary", "zone:maxspeed": "FR:urban"}, 50),
        ({"highway": "secondary", "maxspeed": "signals"}, 80),
    ],
)
def test_a_limit_is_read_or_taken_from_the_kind_of_road(tags: dict[str, str], kmh: float) -> None:
    assert limit_kmh(tags) == pytest.approx(kmh, abs=0.01)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        STREET | {"motor_vehicle": "no"},
        STREET | {"access": "private"},
        STREET | {"motorcar": "no", "access": "yes"},
        {"highway": "service", "area": "yes"},
    ],
)
def test_where_nobody_drives_there_is_no_pace(tags: dict[str, str]) -> None:
    assert DRIVE.pace(tags) is None


def test_a_bollard_stops_cars_and_lets_walkers_through() -> None:
    assert (DRIVE.delay_s({"barrier": "bollard"}), WALK.delay_s({"barrier": "bollard"})) == (inf, 0.0)
    assert DRIVE.delay_s({"highway": "traffic_signals"}) == 12.0
