"""Where residents live, for coverage: the city's own file, or spread evenly."""

from pathlib import Path

import pytest

from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.city.service import read_city_file
from mobility.oversight.service.census import Census
from mobility.people.reading import PeopleRefused
from tests.support.studies import CITY, HOMES, write_study

FILE = read_city_file(CITY)
LAKEPORT = PreparedCity(FILE, hash_of(FILE))


def test_residents_live_where_the_file_of_their_city_says(tmp_path: Path) -> None:
    (tmp_path / "lakeport").mkdir()
    write_study(tmp_path / "lakeport")
    homes = Census(tmp_path).homes_of(LAKEPORT)
    assert homes.position.tolist() == [list(each) for each in HOMES]
    assert {LAKEPORT.file.communes[number].code for number in homes.commune} == {"01"}
    assert (int(homes.residents.sum()), homes.spread_share) == (2_520, 0.0)


def test_without_a_file_they_are_spread_over_their_communes(tmp_path: Path) -> None:
    homes = Census(tmp_path).homes_of(LAKEPORT)
    assert homes.residents.sum() == sum(each.population for each in LAKEPORT.file.communes)
    assert homes.spread_share == 1.0


def test_a_file_with_a_fault_is_refused_rather_than_passed_over(tmp_path: Path) -> None:
    (tmp_path / "lakeport").mkdir()
    (tmp_path / "lakeport/people.toml").write_text("format = 2")
    with pytest.raises(PeopleRefused) as refused:
        Census(tmp_path).homes_of(LAKEPORT)
    assert refused.value.code == "people_refused"
