"""A plan as one JSON file, beside the file of its night."""

import json

import msgspec
import numpy as np

from mobility.rebalancing.optimiser.instance import InstanceInvalid, Integers, whole
from mobility.rebalancing.optimiser.night.file import plain
from mobility.rebalancing.optimiser.night.plan import Costs, NightPlan, Tour, Unserved

FORMAT = "mobility night plan 1"


def dumps(plan: NightPlan) -> bytes:
    document = {"format": FORMAT} | plain(plan)
    # What is not known has no number in JSON.
    document["bound_cents"] = plan.bound_cents if np.isfinite(plan.bound_cents) else None
    return json.dumps(document, allow_nan=False, separators=(",", ":")).encode()


def loads(text: bytes) -> NightPlan:
    """What `dumps` wrote; anything else is refused.

    Raises
    ------
    InstanceInvalid
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise InstanceInvalid(reason=f"its format is not {FORMAT}")
        bound = document["bound_cents"]
        return NightPlan(
            tours=msgspec.convert(document["tours"], tuple[Tour, ...]),
            plugged_from_min=_integers(document["plugged_from_min"], "plugged_from_min", 1),
            power_w=_integers(document["power_w"], "power_w", 2),
            costs=msgspec.convert(document["costs"], Costs),
            bound_cents=float("-inf") if bound is None else float(bound),
            unserved=msgspec.convert(document["unserved"], tuple[Unserved, ...]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InstanceInvalid(reason="the plan is not a JSON document of its format") from error


def _integers(values: object, name: str, sides: int) -> Integers:
    given = np.zeros(values["shape"]) if isinstance(values, dict) else np.array(values)
    if given.ndim != sides:
        raise InstanceInvalid(reason=f"{name} does not have {sides} sides")
    return whole(given, name)
