"""Reads plain data into the city file's structs, and finds every value that has not its shape, not only the first."""

import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from mobility.base.errors import Problem
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.faults import Fault


def read_sections(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The top-level keys that have the right shape, as typed values, and the faults of all the others."""
    faults = list(_faults_of_keys(raw, CityFile, ""))
    sections: dict[str, Any] = {}
    for field in msgspec.structs.fields(CityFile):
        if field.name in raw:
            found = faults_of(raw[field.name], field.type, field.name)
            faults += found
            if not found:
                sections[field.name] = msgspec.convert(raw[field.name], field.type)
        elif not field.required:
            sections[field.name] = field.default
    return sections, faults


def faults_of(raw: object, wanted: Any, path: str) -> list[Fault]:
    """Every fault of one value against the type it should have; the parts first, then the whole."""
    faults = list(_faults_of_parts(raw, _plain(wanted), path))
    if faults:
        return faults
    try:
        msgspec.convert(raw, wanted)
    except msgspec.ValidationError as error:
        return [_fault(path, str(error))]
    except Problem as error:
        return [Fault(path, error.code, str(error))]
    return []


def _faults_of_parts(raw: object, wanted: Any, path: str) -> Iterator[Fault]:
    if isinstance(raw, dict) and isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        yield from _faults_of_keys(raw, wanted, path)
        for field in _present(raw, wanted):
            yield from faults_of(raw[field.encode_name], field.type, _join(path, field.encode_name))
    elif isinstance(raw, list) and get_origin(wanted) is tuple and get_args(wanted)[-1] is Ellipsis:
        for at, item in enumerate(raw):
            yield from faults_of(item, get_args(wanted)[0], f"{path}[{at}]")


def _faults_of_keys(raw: Mapping[str, Any], wanted: type[msgspec.Struct], path: str) -> Iterator[Fault]:
    fields = msgspec.structs.fields(wanted)
    for key in raw.keys() - {field.encode_name for field in fields}:
        yield Fault(_join(path, key), "unknown_key", "is not a key of this format")
    for field in fields:
        if field.required and field.encode_name not in raw:
            yield Fault(_join(path, field.encode_name), "missing_key", "is missing")


def _present(raw: Mapping[str, Any], wanted: type[msgspec.Struct]) -> Iterator[FieldInfo]:
    return (field for field in msgspec.structs.fields(wanted) if field.encode_name in raw)


def _plain(wanted: Any) -> Any:
    """The type without its constraints and without `None` beside it."""
    if get_origin(wanted) is Annotated:
        return _plain(get_args(wanted)[0])
    if get_origin(wanted) in (Union, UnionType):
        others = [member for member in get_args(wanted) if member is not type(None)]
        return _plain(others[0]) if len(others) == 1 else wanted
    return wanted


def _fault(path: str, message: str) -> Fault:
    """Turns msgspec's "Expected ... - at `$.coordinates[0]`" into a fault at the full path."""
    inner = re.fullmatch(r"(.*?)(?: - at `\$(.*)`)?", message, re.DOTALL)
    assert inner  # noqa: S101 -- the pattern matches any text
    return Fault(path + (inner[2] or ""), "wrong_value", inner[1])


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
