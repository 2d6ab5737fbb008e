"""Lakeport, the fictional city: as plain data that a test may spoil, and as the city it describes."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.parse import parse_city_file

LAKEPORT = Path(__file__).parents[1] / "support/cities/lakeport/city.toml"
RAW = tomllib.loads(LAKEPORT.read_text(encoding="utf-8"))
MAP = json.loads(LAKEPORT.with_name("map.geojson").read_text(encoding="utf-8"))


@pytest.fixture
def raw() -> dict[str, Any]:
    return copy.deepcopy(RAW)


@pytest.fixture
def city_map() -> dict[str, Any]:
    return copy.deepcopy(MAP)


@pytest.fixture
def lakeport(raw: dict[str, Any], city_map: dict[str, Any]) -> CityFile:
    return parse_city_file(raw, city_map)
