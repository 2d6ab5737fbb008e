"""Pickups and deliveries of one commodity, as arrays."""

from dataclasses import dataclass

import numpy as np

from mobility.base.errors import Invalid
from mobility.rebalancing.optimiser.instance import InstanceInvalid, Integers, whole

PLACES_MAX = 1_000  # the tours of so many places take 100 MB; ten reference nights have 600
CAPACITY_MAX = 10_000  # loads of all places together stay within the kernel's 32 bits
COST_MAX = 10**9  # the kernel keeps arcs in 32 bits; it is also what the published files write for "no arc"


class PlaceBeyondCapacity(Invalid):
    code = "night_place_beyond_capacity"
    fr = "Le lieu {place} demande {vehicles} véhicules ; une camionnette en porte {capacity}."
    en = "Place {place} asks for {vehicles} vehicles; a van carries {capacity}."


@dataclass(frozen=True, eq=False)
class Instance:
    """Vans start and end at place 0, with any load; each other place is visited exactly once.

    Parameters
    ----------
    cost : int array, shape (places, places), 0 to 1e9
        Of driving from row to column; asymmetric, without triangle inequality; the diagonal is not read.
    pickups : int array, shape (places,), [vehicles]
        Taken on board where positive, left where negative; 0 at the depot.
    capacity : int, [vehicles]
        On board of a van at most; there are as many vans as tours.

    Raises
    ------
    InstanceInvalid, PlaceBeyondCapacity
    """

    cost: Integers
    pickups: Integers
    capacity: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", whole(self.cost, "costs"))
        object.__setattr__(self, "pickups", whole(self.pickups, "pickups"))
        check_shapes(self)
        check_values(self)

    @property
    def places(self) -> int:
        return len(self.pickups)


def check_shapes(instance: Instance) -> None:
    if instance.pickups.ndim != 1 or not 1 <= instance.places <= PLACES_MAX:
        raise InstanceInvalid(reason=f"there must be 1 to {PLACES_MAX} places, the depot included")
    if instance.cost.shape != (instance.places, instance.places):
        shape = " x ".join(map(str, instance.cost.shape))
        raise InstanceInvalid(reason=f"costs are {shape} for {instance.places} places")


def check_values(instance: Instance) -> None:
    if not 0 <= instance.capacity <= CAPACITY_MAX:
        raise InstanceInvalid(reason=f"a van's capacity is {instance.capacity}, not 0 to {CAPACITY_MAX}")
    if instance.pickups[0] != 0:
        raise InstanceInvalid(reason=f"the depot asks for {instance.pickups[0]} vehicles instead of 0")
    travel = instance.cost[~np.eye(instance.places, dtype=bool)]
    if np.any(travel < 0) or np.any(travel > COST_MAX):
        raise InstanceInvalid(reason=f"a cost is not between 0 and {COST_MAX}")
    heaviest = int(np.argmax(np.abs(instance.pickups)))
    if abs(instance.pickups[heaviest]) > instance.capacity:
        facts = {"vehicles": int(instance.pickups[heaviest]), "capacity": instance.capacity}
        raise PlaceBeyondCapacity(place=heaviest, **facts)
