"""Form bodies as Stripe reads them: `card[number]=4242&expand[0]=latest_charge` is a tree."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

Params = dict[str, Any]


def read_form(text: str) -> Params:
    """The tree of a query string or form body; lists from `a[]=` and from `a[0]=`."""
    tree: Params = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        head, *rest = key.replace("]", "").split("[")
        _put(tree, [head, *rest], value)
    return {name: _lists(value) for name, value in tree.items()}


def _put(tree: Params, path: list[str], value: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    # `a[]=x&a[]=y` gives each value the next number.
    tree[path[-1] or str(len(tree))] = value


def _lists(value: Any) -> Any:
    """Dictionaries whose keys are numbers become lists."""
    if not isinstance(value, Mapping):
        return value
    read = {key: _lists(each) for key, each in value.items()}
    if read and all(key.isdecimal() for key in read):
        return [read[key] for key in sorted(read, key=int)]
    return read
