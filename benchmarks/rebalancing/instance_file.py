"""The file format of the published bike-sharing rebalancing instances (Dell'Amico et al. 2014).

Lines: the number of places, the depot included; their pickups, the depot's 0 first; a van's capacity; then one line of
costs per place, the diagonal written as 1e+009 or 0.
"""

import csv
from pathlib import Path

import numpy as np

from mobility.rebalancing.optimiser.instance import InstanceInvalid
from mobility.rebalancing.optimiser.tours.instance import Instance


def read_instance(path: Path) -> Instance:
    """The file's instance.

    Raises
    ------
    OSError
        The file cannot be read.
    InstanceInvalid, PlaceBeyondCapacity
    """
    lines = [line.split() for line in read_text(path).splitlines() if line.strip()]
    if len(lines) < 3 or len(lines[0]) != 1 or len(lines[2]) != 1:
        raise InstanceInvalid(reason="the number of places, their pickups and the capacity are the first three lines")
    places, capacity = whole(lines[0][0]), whole(lines[2][0])
    pickups = [whole(word) for word in lines[1]]
    if len(pickups) != places:
        raise InstanceInvalid(reason=f"there are {len(pickups)} pickups for {places} places")
    return Instance(costs(lines[3:], places), np.array(pickups, np.int64), capacity)


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InstanceInvalid(reason="it is not a text file") from None


def whole(word: str) -> int:
    try:
        value = float(word)
    except ValueError:
        value = float("nan")
    if not value.is_integer() or abs(value) > 2**53:
        raise InstanceInvalid(reason=f"{word[:20]} is not a whole number")
    return int(value)


def costs(rows: list[list[str]], places: int) -> np.ndarray:
    if len(rows) != places:
        raise InstanceInvalid(reason=f"there are {len(rows)} lines of costs for {places} places")
    for k, row in enumerate(rows):
        if len(row) != places:
            raise InstanceInvalid(reason=f"the costs from place {k} are {len(row)} for {places} places")
    return np.array([[whole(word) for word in row] for row in rows], np.int64).reshape(places, places)


def read_references(folder: Path) -> dict[str, int]:
    """Published costs by instance name, from `reference.csv` in the folder; none when there is no such file."""
    path = folder / "reference.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: int(row["reference"]) for row in csv.DictReader(lines)}
