"""A number that no plan undercuts."""

from mobility.rebalancing.optimiser.night.model import Model


def lower_bound(model: Model) -> float:
    return 0.0
