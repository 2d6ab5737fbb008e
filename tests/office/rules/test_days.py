from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from mobility.office.rules.days import Cell, Sums, days_of, every_day, summed
from mobility.office.rules.journal import Place
from mobility.office.rules.tables import csv_of

PARIS = ZoneInfo("Europe/Paris")


def test_a_period_is_whole_days_on_the_citys_clocks_also_when_they_change() -> None:
    days = days_of(date(2026, 3, 28), date(2026, 3, 29), PARIS)
    assert (days.until - days.since.astimezone(UTC)).total_seconds() == 47 * 3600
    assert every_day(days) == [date(2026, 3, 28), date(2026, 3, 29)]


def test_cells_add_up_by_whatever_they_are_asked_for() -> None:
    day = date(2026, 6, 15)
    cells = [
        Cell(day, "moped", "wharf", Sums(trips=2, fares_cents=300)),
        Cell(day, "car", "wharf", Sums(trips=1)),
        Cell(day, "moped", None, Sums(unserved=4)),
    ]
    assert summed(cells, lambda cell: cell.day) == {day: Sums(trips=3, fares_cents=300, unserved=4)}
    assert summed(cells, lambda cell: cell.type_code)["moped"] == Sums(trips=2, fares_cents=300, unserved=4)
    assert summed(cells, lambda cell: cell.station)["wharf"].trips == 3


def test_a_place_in_the_journal_is_read_as_it_was_told() -> None:
    place = Place(datetime(2026, 6, 15, 8, 0, 0, 123456, UTC), "vehicle:0190-ab:12")
    assert Place.read(str(place)) == place


def test_a_file_for_spreadsheets_holds_no_formula() -> None:
    assert csv_of(("what", "n"), [("=1+1", -3), (None, 0)]) == "what,n\r\n'=1+1,-3\r\n,0\r\n"
