"""Nights and plans of the public set as files: docs/instances.md."""

import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan

FORMAT = "mobility plan 1"
DECIMALS = 3  # of cents: convex curves stay convex, and all machines write the same file


def rounded(night: Night) -> Night:
    places = night.places
    curves = {name: np.round(getattr(places, name), DECIMALS) for name in ("moped_cents", "car_cents")}
    return replace(night, places=replace(places, **curves))


def write_plan(path: Path, plan: NightPlan) -> None:
    """The fields of `NightPlan` by name; a bound that is none is left out."""
    found = {"format": FORMAT, **plain(plan)}
    if not np.isfinite(plan.bound_cents):
        del found["bound_cents"]
    path.write_text(json.dumps(found, allow_nan=False, separators=(",", ":")) + "\n", encoding="utf-8")


def plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value
