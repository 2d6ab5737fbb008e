"""A night as one JSON file that replays it: the fields of `Night` by name, what is infinite written as null."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np

from mobility.rebalancing.optimiser.instance import InstanceInvalid
from mobility.rebalancing.optimiser.night.instance import CASTS, GAINED, Flags, Lock, Night, Reals

FORMAT = "mobility night 1"
Part = TypeVar("Part")


def save(path: Path, night: Night) -> None:
    path.write_bytes(dumps(night))


def load(path: Path) -> Night:
    """The night of a file.

    Raises
    ------
    OSError, InstanceInvalid
    """
    return loads(path.read_bytes())


def dumps(night: Night) -> bytes:
    return json.dumps({"format": FORMAT} | plain(night), allow_nan=False, separators=(",", ":")).encode()


def loads(text: bytes) -> Night:
    """What `dumps` wrote; anything else is refused.

    Raises
    ------
    InstanceInvalid
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InstanceInvalid(reason="it is not a JSON document") from error
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise InstanceInvalid(reason=f"its format is not {FORMAT}")
    return read(Night, {name: value for name, value in document.items() if name != "format"}, "the night")


def plain(value: Any) -> Any:
    if is_dataclass(value):
        given = [(each, getattr(value, each.name)) for each in fields(value)]
        return {each.name: plain(own) for each, own in given if each.metadata != GAINED or own != each.default}
    if isinstance(value, np.ndarray):
        return nested(value)
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value


def nested(values: np.ndarray) -> Any:
    """Numbers in lists; of an array without any its shape, which lists could not tell."""
    if not values.size:
        return {"shape": list(values.shape)}
    if values.dtype.kind == "f" and not np.all(np.isfinite(values)):
        written = values.astype(object)
        written[~np.isfinite(values)] = None
        return written.tolist()
    return values.tolist()


def read(kind: type[Part], document: Any, where: str) -> Part:
    """One dataclass from its fields, each of them there and no other; what the format gained may be left out."""
    known: dict[str, bool] = {each.name: each.metadata == GAINED for each in fields(kind)}  # type: ignore[arg-type]
    needed = {name for name, gained in known.items() if not gained}
    if not isinstance(document, Mapping) or not needed <= set(document) <= set(known):
        raise InstanceInvalid(reason=f"{where} does not have just the fields {', '.join(known)}")
    hints = get_type_hints(kind)
    return kind(**{name: typed(hints[name], value, name) for name, value in document.items()})


def typed(hint: Any, value: Any, name: str) -> Any:
    if isinstance(hint, type) and is_dataclass(hint):
        return read(hint, value, name)
    if hint in CASTS:
        return array(hint, value, name)
    if name == "locks":
        return tuple(read(Lock, each, "a lock") for each in listed(value, name))
    if name == "on_board":
        return tuple(tuple(listed(each, name)) for each in listed(value, name))
    return tuple(value) if isinstance(value, list) else value


def listed(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise InstanceInvalid(reason=f"{name} is not a list")
    return value


def array(hint: Any, value: Any, name: str) -> Any:
    try:
        if isinstance(value, Mapping):
            return CASTS[hint](np.zeros(value["shape"]), name)
        given = np.array(value, dtype=bool if hint == Flags else float)
    except (KeyError, TypeError, ValueError) as error:
        raise InstanceInvalid(reason=f"{name} is not an array of numbers") from error
    return CASTS[hint](np.where(np.isnan(given), np.inf, given) if hint == Reals else given, name)
