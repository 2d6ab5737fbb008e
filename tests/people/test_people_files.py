"""People and places from files: what they become, and each thing that they are refused for."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.city.rules.geometry import outline
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.city.service import read_city_file
from mobility.people.points import People
from mobility.people.reading import PeopleRefused, read_people
from mobility.people.spreading import spread

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
SOURCE = """
[[sources]]
code = "invented"
name = "Invented for the tests"
licence = "EUPL-1.2"
as_of = 2026-01-01
url = "https://example.org/people"
"""
HEADER = "id,commune,residents,source,lon,lat,licensed_share,carless_share,age_0,age_18,age_65"
HOME = "home,01,100,invented,175.0,-40.0,0.5,0.2,0.25,0.5,0.25"
HILL = "hill,01,300,invented,175.01,-40.01,,,,,"
PLACES = "id,name,kind,lon,lat,source,weight\nquay,Quay,rail,175.0,-40.0,invented,3\n"


@cache
def city_of(file: str = "tests/support/cities/lakeport/city.toml") -> PreparedCity:
    city = read_city_file(ROOT / file)
    return PreparedCity(city, hash_of(city))


LAKEPORT = city_of()


def read(
    folder: Path, people: str | dict[str, Any], *, places: str = PLACES, told: str = "", source: str = SOURCE
) -> People:
    name = "people.csv" if isinstance(people, str) else "people.geojson"
    (folder / name).write_text(people if isinstance(people, str) else json.dumps(people), encoding="utf-8")
    (folder / "places.csv").write_text(places, encoding="utf-8")
    manifest = f'format = 1\npeople = ["{name}"]\nplaces = ["places.csv"]\n{told}\n{source}'
    (folder / "people.toml").write_text(manifest, encoding="utf-8")
    return read_people(folder / "people.toml", LAKEPORT)


def csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def features(*pairs: tuple[dict[str, Any], Any]) -> dict[str, Any]:
    rows = [{"type": "Feature", "properties": told, "geometry": geometry} for told, geometry in pairs]
    return {"type": "FeatureCollection", "features": rows}


def refused(folder: Path, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
    with pytest.raises(PeopleRefused) as error:
        read(folder, *args, **kwargs)
    assert error.value.code == "people_refused"
    return [(fault.path, fault.code) for fault in error.value.faults]


def test_rows_become_arrays_and_what_is_not_known_stays_unknown(tmp_path: Path) -> None:
    found = read(tmp_path, csv(HOME, HILL))
    points = found.points
    assert (points.ids, points.communes, points.ages) == (("home", "hill"), ("Lakeport",), (0, 18, 65))
    assert (points.position.tolist(), points.residents.tolist()) == ([[175.0, -40.0], [175.01, -40.01]], [100, 300])
    assert np.isnan(points.licensed_share).tolist() == [False, True]
    assert (points.spread.tolist(), [source.code for source in points.sources]) == ([False, False], ["invented"])
    groups = {name: people.tolist() for name, people in points.groups().items()}
    assert groups == {
        "without_licence": [50, 0],
        "carless": [20, 0],
        "aged_0_to_17": [25, 0],
        "aged_18_to_64": [50, 0],
        "aged_65_up": [25, 0],
    }
    assert points.residents_known()["carless"] == 100
    places = found.places
    assert (places.names, places.kinds[places.kind[0]], places.weight.tolist()) == (("Quay",), "rail", [3.0])
    with pytest.raises(ValueError, match="read-only"):
        points.residents[0] = 1


def test_a_commune_without_positions_is_spread_over_its_outline(tmp_path: Path) -> None:
    points = read(tmp_path, csv("all,01,41000,invented", header="id,commune,residents,source")).points
    inside = outline(LAKEPORT.file.communes[0].geometry)
    assert points.by_commune(points.residents).tolist() == [41_000]
    assert (points.spread.all(), len(points) > 100, points.groups()) == (True, True, {})
    assert shapely.contains_xy(inside, points.position[:, 0], points.position[:, 1]).all()
    assert points.residents.max() - points.residents.min() <= 1


def test_geojson_says_the_same_by_points_and_by_polygons_of_its_own(tmp_path: Path) -> None:
    told = {"commune": "01", "source": "invented", "carless_share": None}
    square = {
        "type": "Polygon",
        "coordinates": [[[175, -40], [175.02, -40], [175.02, -39.98], [175, -39.98], [175, -40]]],
    }
    at = {"type": "Point", "coordinates": [175.0, -40.0]}
    here, around = told | {"id": "a", "residents": 7}, told | {"id": "b", "residents": 50}
    points = read(tmp_path, features((here, at), (around, square))).points
    assert (points.ids[:2], points.residents.sum(), points.spread[:2].tolist()) == (("a", "b/0"), 57, [False, True])
    assert points.position[1:].min(axis=0) == pytest.approx([175, -40], abs=0.01)


@settings(max_examples=30)
@given(residents=st.integers(0, 100_000), side=st.floats(1e-4, 0.03), cell_m=st.floats(100, 2_000))
def test_spreading_loses_nobody(residents: int, side: float, cell_m: float) -> None:
    square = shapely.box(2.6, 50.5, 2.6 + side, 50.5 + side)
    position, here = spread(square, residents, cell_m=cell_m)
    assert (here.sum(), len(position)) == (residents, len(here))
    assert shapely.contains_xy(square, position[:, 0], position[:, 1]).all()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (HOME.replace("100", "-1"), ("people.csv:3 residents", "wrong_value")),
        (HOME.replace("100", "nan"), ("people.csv:3 residents", "wrong_value")),
        (HOME.replace("100", "2.5"), ("people.csv:3 residents", "wrong_value")),
        (HOME.replace("-40.0,0.5", "-40.0,NaN"), ("people.csv:3 licensed_share", "wrong_value")),
        (HOME.replace("0.2,0.25", "20,0.25"), ("people.csv:3 carless_share", "wrong_value")),
        (HOME.replace("175.0", "inf"), ("people.csv:3 lon", "wrong_value")),
        (HOME.replace("100", ""), ("people.csv:3 residents", "missing_value")),
        (HOME.replace("0.25,0.5,0.25", "0.25,0.5,0.5"), ("people.csv:3 age", "wrong_ages")),
        (HOME.replace("0.25,0.5,0.25", "0.25,0.75,"), ("people.csv:3 age", "wrong_ages")),
        (HOME.replace("0.25,0.5,0.25", "0.25,much,0.25"), ("people.csv:3 age", "wrong_value")),
        (HOME.replace("home", "hill"), ("people.csv:3 id", "duplicate_id")),
        (HOME.replace("invented", "hearsay"), ("people.csv:3 source", "unknown_source")),
        (HOME.replace("01", "99"), ("people.csv:3 commune", "unknown_commune")),
        (HOME.replace("175.0,-40.0", "2.64,50.53"), ("people.csv:3", "foreign_region")),
        (HOME.replace("175.0,-40.0", "-40.0,"), ("people.csv:3", "half_a_position")),
        (HOME + ",more", ("people.csv:3", "syntax")),
        ('"home', ("people.csv", "syntax")),
    ],
)
def test_a_wrong_row_is_refused_by_its_place(tmp_path: Path, row: str, fault: tuple[str, str]) -> None:
    assert refused(tmp_path, csv(HILL, row)) == [fault]


def test_every_fault_is_said_at_once(tmp_path: Path) -> None:
    wrong = "a,01,-1,invented,x,-40.0,2,,,,"
    found = refused(tmp_path, csv(wrong), places=PLACES.replace("rail", "moon").replace(",3", ",0"))
    assert found == [
        *((f"people.csv:2 {column}", "wrong_value") for column in ("residents", "lon", "licensed_share")),
        *((f"places.csv:2 {column}", "wrong_value") for column in ("kind", "weight")),
    ]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"people": csv(HOME, header=HEADER.replace("age_65", "age_old"))}, ("people.csv", "unknown_column")),
        ({"people": csv(HILL, header=HEADER.replace("carless", "licensed"))}, ("people.csv", "duplicate_column")),
        ({"people": csv(HILL.replace("300", "0"))}, ("people.toml", "nobody")),
        ({"people": csv()}, ("people.toml", "nobody")),
        ({"people": csv(HILL), "source": ""}, ("people.toml", "wrong_value")),
        ({"people": csv(HILL), "source": SOURCE.replace("licence", "lizenz")}, ("people.toml", "wrong_value")),
        ({"people": csv(HILL), "source": SOURCE.replace("2026-01-01", '"lately"')}, ("people.toml", "wrong_value")),
        ({"people": csv(HILL), "source": SOURCE.replace("https://", "")}, ("people.toml", "wrong_value")),
        ({"people": csv(HILL), "told": "cell_m ="}, ("people.toml", "syntax")),
        ({"people": csv(HILL), "told": "cell_m = 1"}, ("people.toml", "wrong_value")),
        ({"people": {"type": "Feature"}}, ("people.geojson", "syntax")),
        ({"people": features(({}, {"type": "LineString"}))}, ("people.geojson[0]", "syntax")),
        ({"people": {"features": [3]}}, ("people.geojson[0]", "syntax")),
    ],
)
def test_files_are_refused_as_a_whole(tmp_path: Path, asked: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in refused(tmp_path, asked.pop("people"), **asked)


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        ([[175, -40], [175.02, -39.98], [175.02, -40], [175, -39.98], [175, -40]], "wrong_outline"),
        ([[2.6, 50.5], [2.7, 50.5], [2.7, 50.6], [2.6, 50.5]], "foreign_region"),
    ],
)
def test_an_outline_lies_in_the_city_and_does_not_cross_itself(tmp_path: Path, ring: Any, code: str) -> None:
    told = {"id": "a", "commune": "01", "residents": 7, "source": "invented"}
    polygon = {"type": "Polygon", "coordinates": [ring]}
    assert refused(tmp_path, features((told, polygon))) == [("people.geojson[0]", code)]


def test_coordinates_that_were_exchanged_are_called_so(tmp_path: Path) -> None:
    text = "id,commune,residents,source,lon,lat\na,62119,5,invented,50.53,2.64\n"
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")
    (tmp_path / "people.toml").write_text(f'format = 1\npeople = ["people.csv"]\n{SOURCE}', encoding="utf-8")
    with pytest.raises(PeopleRefused) as error:
        read_people(tmp_path / "people.toml", city_of("cities/bethune/city.toml"))
    assert [fault.code for fault in error.value.faults] == ["position_swapped"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PeopleRefused) as error:
        read_people(tmp_path / "people.toml", LAKEPORT)
    assert [(fault.path, fault.code) for fault in error.value.faults] == [("people.toml", "file_missing")]


def test_the_shipped_city_says_of_its_communes_and_places_what_its_map_says() -> None:
    city = city_of("cities/bethune/city.toml")
    found = read_people(ROOT / "cities/bethune/people.toml", city)
    sums = dict(zip(found.points.communes, found.points.by_commune(found.points.residents).tolist(), strict=True))
    assert sums == {commune.name: commune.population for commune in city.file.communes}
    drawn = {place.name: (place.position.lon, place.position.lat) for place in city.file.places}
    told = dict(zip(found.places.names, map(tuple, found.places.position.tolist()), strict=True))
    assert told.items() <= drawn.items()
