"""Cells that never change, communes, and who has something within a quarter of an hour."""

from datetime import UTC, date, datetime

import numpy as np

from mobility.geo import LonLat
from mobility.oversight.rules.cells import ELSEWHERE, Communes, monday_of, part_of
from mobility.oversight.rules.coverage import coverage, homes_spread
from mobility.oversight.rules.definitions import DEFINITIONS
from mobility.oversight.rules.exports import TRIPS, csv_of
from mobility.oversight.service.figures import QUERIES
from tests.support.fleets import lakeport

CITY = lakeport()


def test_a_week_is_named_by_its_monday_and_a_day_has_four_parts() -> None:
    assert {monday_of(date(2026, 6, day)) for day in range(15, 22)} == {date(2026, 6, 15)}
    hours = [part_of(datetime(2026, 6, 15, hour, tzinfo=UTC)) for hour in (0, 5, 6, 12, 18, 23)]
    assert hours == ["night", "night", "morning", "afternoon", "evening", "evening"]


def test_a_position_lies_in_a_commune_or_elsewhere() -> None:
    communes = Communes(CITY)
    assert communes.of(LonLat(0, 0)) == ELSEWHERE
    assert communes.of(LonLat(175.0, -40.0)) in {each.code for each in CITY.communes}


def test_everybody_lives_somewhere_and_is_near_what_stands_at_their_door() -> None:
    homes = homes_spread(CITY)
    communes = len(CITY.communes)
    assert homes.residents.sum() == sum(each.population for each in CITY.communes)
    nobody = coverage(homes, communes, [], [], None)
    assert {(each.by_station, each.by_vehicle) for each in nobody.communes} == {(0, 0)}
    doors = [LonLat(lon, lat) for lon, lat in homes.position]
    everybody = coverage(homes, communes, doors, doors[:1], None)
    assert [each.by_station for each in everybody.communes] == [each.population for each in CITY.communes]
    assert 0 < everybody.communes[0].by_vehicle <= everybody.communes[0].residents
    assert (everybody.basis, np.isfinite(homes.position).all()) == ("straight_line", True)


def test_every_figure_has_its_meaning_in_both_languages_and_its_query() -> None:
    assert {each.id for each in DEFINITIONS} == set(QUERIES)
    assert all(text for each in DEFINITIONS for text in (*each.fr, *each.en))


def test_no_cell_of_a_table_is_a_formula() -> None:
    row = ["lakeport", date(2026, 6, 15), "night", "=HYPERLINK(1)", "breeze", 10, -5, 0, None]
    assert csv_of(TRIPS, [row]).splitlines()[1] == "lakeport,2026-06-15,night,'=HYPERLINK(1),breeze,10,-5,0,"
