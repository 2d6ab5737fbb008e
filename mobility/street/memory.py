from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from mobility.geo import LonLat
from mobility.street.vehicle import Vehicle


class Standing(Struct, frozen=True):
    """Where a vehicle was left, and how."""

    position: LonLat
    charge_percent: float
    odometer_m: float


class Memory(Struct, frozen=True):
    """What the street knows from one run to the next: vehicles stay where they are, riders stay signed in."""

    vehicles: Mapping[str, Standing] = {}
    """By plate."""
    tokens: Mapping[str, str] = {}
    """By address."""


def recall(path: Path) -> Memory:
    """The memory kept in a file; an empty one when there is none."""
    return msgspec.json.decode(path.read_bytes(), type=Memory) if path.exists() else Memory()


def keep(path: Path, vehicles: Iterable[Vehicle], tokens: Mapping[str, str]) -> None:
    """Write the memory in one step: a street that is killed finds the old one or the new one. For its owner's eyes."""
    standing = {v.plate: Standing(v.position, v.charge_percent, v.odometer_m) for v in vehicles}
    beside = path.with_name(path.name + ".new")
    beside.touch(mode=0o600)
    beside.write_bytes(msgspec.json.encode(Memory(standing, tokens)))
    beside.replace(path)
