from collections.abc import Mapping
from typing import Any

from mobility.city.rules.checks import check_sections
from mobility.city.rules.city_file import FORMAT, CityFile
from mobility.city.rules.city_map import with_map
from mobility.city.rules.faults import CityFileRefused, Fault
from mobility.city.rules.shape import read_sections


def parse_city_file(raw: Mapping[str, Any], city_map: object) -> CityFile:
    """A city from its file (TOML as plain data) and its map (GeoJSON as plain data).

    Raises
    ------
    CityFileRefused
        With every fault found, ordered by path. A file of another format version is refused for that alone.
    """
    if raw.get("format") != FORMAT:
        raise CityFileRefused([Fault("format", "unsupported_format", f"this service reads format {FORMAT}")])
    merged, faults = with_map(raw, city_map)
    sections, faults_of_shape = read_sections(merged)
    faults += faults_of_shape + check_sections(sections)
    if faults:
        raise CityFileRefused(sorted(faults, key=lambda fault: fault.path))
    return CityFile(**sections)
