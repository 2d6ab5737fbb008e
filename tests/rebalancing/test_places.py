import numpy as np
import pytest

from mobility.geo import LonLat, distance_m
from mobility.geo.lattice import cell_centre, cell_centres
from mobility.rebalancing.rules.forecast import DemandInvalid
from mobility.rebalancing.rules.places import CELL, CELL_M, NOWHERE, REACH_M, UnknownPlace, places_of
from mobility.rebalancing.rules.usable import rides_left, usable_share
from tests.support.demands import prepared
from tests.support.rides import LIGHTHOUSE, MARKET, WHARF

PLACES = places_of(prepared())
BREEZE, PEBBLE = 0, 1


def place_at(position: LonLat, class_at: int) -> str | None:
    (found,) = PLACES.places_at([position.lon], [position.lat], [class_at])
    return None if found == NOWHERE else PLACES.codes[found]


def test_stations_come_first_and_cells_cover_what_is_left_of_the_service_area() -> None:
    assert PLACES.codes[:3] == ("wharf", "market", "terminal")
    cells = [place for place in PLACES.places if place.kind == CELL]
    assert {place.kind for place in PLACES.places[3:]} == {CELL}
    assert all(place.classes == {"breeze"} and place.bays == 0 for place in cells)
    assert max(prepared().service_area("breeze").outside_m([place.position for place in cells])) == 0
    assert len(set(PLACES.codes)) == len(PLACES)


def test_a_position_belongs_to_its_cell_or_to_the_station_within_reach() -> None:
    assert place_at(MARKET, BREEZE) == "market"
    cell = place_at(LIGHTHOUSE, BREEZE)
    assert cell is not None
    middle = PLACES.places[PLACES.index_of(cell)].position
    assert distance_m(LIGHTHOUSE, middle) <= CELL_M * 0.75
    assert place_at(WHARF, PEBBLE) == "wharf"


def test_a_car_belongs_to_the_nearest_station_that_takes_it() -> None:
    near_market = LonLat(MARKET.lon + 0.008, MARKET.lat)
    assert place_at(near_market, PEBBLE) == "market"


@pytest.mark.parametrize(("position", "class_at"), [(LonLat(0.0, 0.0), BREEZE), (MARKET, -1), (LIGHTHOUSE, PEBBLE)])
def test_what_lies_beyond_reach_or_has_no_class_belongs_nowhere(position: LonLat, class_at: int) -> None:
    assert REACH_M < 2_000
    assert place_at(position, class_at) is None


def test_many_positions_at_once_are_each_alone() -> None:
    random = np.random.default_rng(0)
    lons, lats = random.uniform(174.95, 175.11, 200), random.uniform(-40.06, -39.94, 200)
    classes = random.integers(0, 2, 200)
    together = PLACES.places_at(lons, lats, classes)
    alone = [PLACES.places_at([lon], [lat], [of])[0] for lon, lat, of in zip(lons, lats, classes, strict=True)]
    assert together.tolist() == alone


def test_no_position_has_no_place() -> None:
    assert len(PLACES.places_at([], [], [])) == 0


def test_a_place_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(UnknownPlace) as refused:
        PLACES.index_of("atlantis")
    assert (refused.value.code, str(refused.value)) == ("unknown_place", "The city has no place 'atlantis'.")


def test_a_cell_is_named_by_the_nearest_station() -> None:
    cell = PLACES.places[PLACES.index_of(place_at(LIGHTHOUSE, BREEZE) or "")]
    assert cell.name["en"].startswith("Market, 2.")
    assert cell.name["en"].endswith(("\u00a0km N", "\u00a0km NE"))


def test_small_cells_lie_within_large_ones() -> None:
    random = np.random.default_rng(1)
    lons, lats = random.uniform(2.5, 2.7, 500), random.uniform(50.4, 50.6, 500)
    small = cell_centres(lons, lats, size_m=CELL_M)
    whole = cell_centres(lons, lats, size_m=2 * CELL_M)
    np.testing.assert_allclose(cell_centres(small[:, 0], small[:, 1], size_m=2 * CELL_M), whole)


@pytest.mark.parametrize("position", [LonLat(180.0, 90.0), LonLat(-180.0, -90.0), LonLat(0.0, 0.0)])
def test_the_ends_of_the_world_have_cells_too(position: LonLat) -> None:
    assert distance_m(position, cell_centre(position, size_m=800)) < 1_600


def test_a_vehicle_serves_until_its_charge_is_below_the_least() -> None:
    left = rides_left([9.9, 10, 15, 100], charge_percent_min=10, max_range_m=40_000, ride_m=3_000)
    assert left.tolist() == [0, 1, 1, 13]


def test_vehicles_that_last_come_back_usable_and_others_in_part() -> None:
    assert usable_share([50] * 5, rides_per_vehicle=3) == pytest.approx(1)
    assert usable_share([1] * 5, rides_per_vehicle=3) == 0
    assert usable_share([], rides_per_vehicle=3) == 1
    shares = [usable_share([left], rides_per_vehicle=2) for left in (1, 2, 4, 8)]
    assert shares == sorted(shares)


def test_the_share_of_usable_returns_is_that_of_counted_days() -> None:
    random = np.random.default_rng(2)
    left = np.array([1, 2, 3, 6])
    wanted = random.poisson(2.5, (20_000, 4))
    rides, flat = np.minimum(wanted, left), wanted >= left
    assert usable_share(left, rides_per_vehicle=2.5) == pytest.approx(1 - flat.sum() / rides.sum(), abs=0.01)


@pytest.mark.parametrize("charge", [-1, 101, float("nan")])
def test_a_charge_that_cannot_be_is_refused(charge: float) -> None:
    with pytest.raises(DemandInvalid):
        rides_left([charge], charge_percent_min=10, max_range_m=40_000, ride_m=3_000)
    with pytest.raises(DemandInvalid):
        usable_share([1], rides_per_vehicle=-1)
