"""What a good placement is, in numbers: what a walk loses, and whom it counts for how much."""

import numpy as np
from numpy.typing import NDArray

from mobility.placement.optimiser.objective import Covering, GradualCovering, Mix, Objective
from mobility.placement.rules.ground import Ground
from mobility.placement.rules.study import Aims

Floats = NDArray[np.float64]

FAR_MIN = 30.0  # walks beyond it are all alike


def objective_of(aims: Aims) -> Objective:
    """Within the walk or not, and if told how short the walk is: 1 for nobody served."""
    within, short = 1 - aims.distance_share, aims.distance_share
    parts: list[tuple[float, Objective]] = [(within, Covering(aims.walk_minutes))] if within else []
    far = max(FAR_MIN, 2 * aims.walk_minutes)
    return Mix([*parts, (short, GradualCovering(0.0, far))] if short else parts)


def weights_of(ground: Ground) -> Floats:
    aims, points = ground.study.aims, ground.points
    more = aims.carless_weight * np.nan_to_num(points.carless_share)
    more += aims.unlicensed_weight * np.nan_to_num(1 - points.licensed_share)
    return np.asarray(points.residents * (1 + more))


def loss_of(ground: Ground, walk: Floats) -> float:
    """What the optimiser minimises, of stations that are never full; `walk` is each point's to the nearest [min]."""
    weight, share = weights_of(ground), ground.study.aims.worst_commune_share
    lost = objective_of(ground.study.aims).loss(walk) * weight
    people = ground.points.by_commune(weight)
    worst = float((ground.points.by_commune(lost)[people > 0] / people[people > 0]).max())
    return (1 - share) * float(lost.sum()) + share * float(weight.sum()) * worst
