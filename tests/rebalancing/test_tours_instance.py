import numpy as np
import pytest

from mobility.rebalancing.optimiser.tours.instance import (
    CAPACITY_MAX,
    PLACES_MAX,
    Instance,
    InstanceInvalid,
    PlaceBeyondCapacity,
)
from tests.support.tours import night

UNUSABLE = {
    "no place": ([], [], 5),
    "costs for fewer places": ([0, 1, -1], [[0, 1], [1, 0]], 5),
    "costs that are no square": ([0, 1], [[0, 1, 2], [1, 0, 2]], 5),
    "a negative cost": ([0, 1], [[0, -1], [1, 0]], 5),
    "a cost above the largest": ([0, 1], [[0, 10**9 + 1], [1, 0]], 5),
    "a cost in halves": ([0, 1], [[0, 1.5], [1, 0]], 5),
    "a cost that is no number": ([0, 1], [[0, float("nan")], [1, 0]], 5),
    "an infinite cost": ([0, 1], [[0, float("inf")], [1, 0]], 5),
    "pickups as words": ([0, "one"], [[0, 1], [1, 0]], 5),
    "pickups in two dimensions": ([[0, 1]], [[0, 1], [1, 0]], 5),
    "a pickup beyond any number": ([0, 10**17], [[0, 1], [1, 0]], 5),
    "a depot that asks for vehicles": ([1, 1], [[0, 1], [1, 0]], 5),
    "a negative capacity": ([0, 0], [[0, 1], [1, 0]], -1),
    "a capacity above the largest": ([0, 1], [[0, 1], [1, 0]], CAPACITY_MAX + 1),
}


@pytest.mark.parametrize(("pickups", "cost", "capacity"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_night_that_cannot_be_is_refused_in_a_sentence(pickups: list, cost: list, capacity: int) -> None:
    with pytest.raises(InstanceInvalid) as refused:
        Instance(np.array(cost), np.array(pickups), capacity)
    assert refused.value.sentence("fr").startswith("Les données de la nuit")
    assert str(refused.value).startswith("The night's data cannot be used: ")


def test_more_places_than_the_tours_have_memory_for_are_refused() -> None:
    with pytest.raises(InstanceInvalid, match=str(PLACES_MAX)):
        night([0] * (PLACES_MAX + 1), capacity=1)


@pytest.mark.parametrize("vehicles", [6, -6])
def test_a_place_that_no_van_can_serve_is_named(vehicles: int) -> None:
    with pytest.raises(PlaceBeyondCapacity) as refused:
        night([0, 5, vehicles, -5], capacity=5)
    assert refused.value.facts == {"place": 2, "vehicles": vehicles, "capacity": 5}
    assert str(refused.value) == f"Place 2 asks for {vehicles} vehicles; a van carries 5."


def test_an_instance_is_a_copy_that_nobody_changes() -> None:
    pickups = np.array([0, 1, -1])
    instance = Instance(np.ones((3, 3), np.int64), pickups, 1)
    pickups[1] = 0
    assert instance.pickups.tolist() == [0, 1, -1]
    with pytest.raises(ValueError, match="read-only"):
        instance.pickups[1] = 0
