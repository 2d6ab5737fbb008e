"""Whatever stands anywhere in a city file or its map, the answer is a city or a refusal, never a crash."""

import copy
import json
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.faults import CityFileRefused
from mobility.city.rules.geometry import CityZones
from mobility.city.rules.parse import parse_city_file

LAKEPORT = Path(__file__).parents[1] / "support/cities/lakeport"
FILES = (
    tomllib.loads((LAKEPORT / "city.toml").read_text(encoding="utf-8")),
    json.loads((LAKEPORT / "map.geojson").read_text(encoding="utf-8")),
)

Step = str | int


def places_in(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Where something stands, at any depth."""
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from places_in(child, (*path, step))


PLACES = [(file, path) for file in (0, 1) for path in places_in(FILES[file])]

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=5),
    st.dates(),
    st.times(),
    st.lists(st.integers(-200, 200), max_size=3),
    st.dictionaries(st.sampled_from(["lon", "lat", "type", "code", "fr"]), st.integers(), max_size=2),
    st.sampled_from(["wharf", "pebble", "NZD", "Mo", "24:00", date(2026, 1, 1), time(6), [], {}]),
)


@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=3))
@example([((0, ("vat", 0, "rate_percent")), "NaN")])
@example([((1, ("features", 0, "geometry", "coordinates", 0, 0, 0)), float("nan"))])
def test_any_value_anywhere_gives_a_city_or_a_refusal(changes: list[tuple[tuple[int, tuple[Step, ...]], Any]]) -> None:
    files = copy.deepcopy(FILES)
    for (file, path), value in changes:
        put(files[file], path, value)
    try:
        city = parse_city_file(*files)
    except CityFileRefused as refusal:
        city = None
        faults = refusal.faults
    if city is None:
        assert all(fault.path and fault.code and fault.message for fault in faults)
    else:
        assert isinstance(city, CityFile)
        CityZones(city.zones)


def put(target: Any, path: tuple[Step, ...], value: object) -> None:
    """Writes `value` at the path, unless an earlier change took the way there."""
    *way, last = path
    for step in way:
        if not isinstance(target, dict | list) or (isinstance(target, list) and not has(target, step)):
            return
        target = target.get(step) if isinstance(target, dict) else target[step]  # type: ignore[index]
    if isinstance(target, dict) or (isinstance(target, list) and has(target, last)):
        target[last] = value


def has(target: list[Any], step: Step) -> bool:
    return isinstance(step, int) and step < len(target)
