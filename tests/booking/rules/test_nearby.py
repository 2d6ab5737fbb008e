from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from mobility.booking.rules.nearby import FreeVehicle, Walk, rank
from mobility.geo import LonLat, reach_m
from mobility.geo.streets.travel import Walking

TOWN_HALL = LonLat(2.6382, 50.5305)
DEGREES_PER_M_NORTH = 1 / 111_195


def vehicle(north_m: float, *, range_m: int = 30_000, public_id: UUID | None = None) -> FreeVehicle:
    return FreeVehicle(
        public_id=public_id or uuid4(),
        type_code="moped",
        position=LonLat(TOWN_HALL.lon, TOWN_HALL.lat + north_m * DEGREES_PER_M_NORTH),
        charge_percent=80,
        range_m=range_m,
        station_id=None,
    )


def around(*vehicles: FreeVehicle, walk_minutes_max: float = 15, range_m_min: int = 0) -> list[Walk]:
    return rank(
        vehicles, origin=TOWN_HALL, walking=Walking(), walk_minutes_max=walk_minutes_max, range_m_min=range_m_min
    )


def test_the_nearest_vehicle_comes_first() -> None:
    far, near, middle = vehicle(700), vehicle(10), vehicle(300)
    assert [walk.vehicle for walk in around(far, near, middle)] == [near, middle, far]


def test_a_vehicle_is_near_up_to_the_last_metre_of_the_walk() -> None:
    last_metre = reach_m(15)
    inside, outside = vehicle(last_metre - 1), vehicle(last_metre + 1)
    assert [walk.vehicle for walk in around(inside, outside)] == [inside]


def test_a_vehicle_that_cannot_go_far_enough_is_left_out() -> None:
    short, enough = vehicle(10, range_m=19_999), vehicle(20, range_m=20_000)
    assert [walk.vehicle for walk in around(short, enough, range_m_min=20_000)] == [enough]


def test_vehicles_at_one_place_are_ordered_by_public_id() -> None:
    parked = [vehicle(50, public_id=UUID(int=number)) for number in (3, 1, 2)]
    assert [walk.vehicle.public_id.int for walk in around(*parked)] == [1, 2, 3]


@given(st.lists(st.floats(0, 3_000), max_size=20), st.floats(1, 30))
def test_no_walk_is_longer_than_asked(distances: list[float], walk_minutes_max: float) -> None:
    found = around(*(vehicle(metres) for metres in distances), walk_minutes_max=walk_minutes_max)
    assert all(walk.walk_minutes <= walk_minutes_max for walk in found)
    assert found == sorted(found, key=lambda walk: (walk.distance_m, walk.vehicle.public_id))
