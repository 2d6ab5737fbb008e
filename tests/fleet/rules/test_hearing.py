from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mobility.fleet.rules.hearing import Heard, latest, status_columns
from mobility.geo import LonLat

START = datetime(2026, 6, 15, 8, tzinfo=UTC)
LONG_AGO = (START - timedelta(days=1), 0)


def heard(minute: float, seq: int = 1, **said: object) -> Heard:
    return Heard(at=START + timedelta(minutes=minute), seq=seq, **said)  # type: ignore[arg-type]


def test_of_each_matter_the_newest_word_counts() -> None:
    reports = [heard(2, 2, charge_percent=50), heard(1, 1, charge_percent=60, locked=False), heard(3, 3, odometer_m=9)]
    assert latest(reports, after=LONG_AGO) == heard(3, 3, charge_percent=50, locked=False, odometer_m=9)


def test_what_is_not_newer_than_what_is_known_is_no_news() -> None:
    known = (START, 5)
    assert latest([heard(-1, 9, locked=True), heard(0, 5, locked=True)], after=known) is None
    assert latest([], after=known) is None
    assert latest([heard(-1, 9, charge_percent=1), heard(0, 6, locked=True)], after=known) == heard(0, 6, locked=True)


def test_false_and_zero_are_said_too() -> None:
    assert latest([heard(1, charge_percent=0, locked=False)], after=LONG_AGO) == heard(
        1, charge_percent=0, locked=False
    )


REPORTS = st.lists(
    st.builds(
        heard,
        st.integers(-50, 50),
        st.integers(0, 50),
        charge_percent=st.none() | st.floats(0, 100),
        locked=st.none() | st.booleans(),
    ),
    unique_by=lambda report: report.seq,
)


@given(REPORTS, st.data())
def test_the_order_of_arrival_within_a_batch_does_not_matter(reports: list[Heard], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(reports))
    assert latest(reports, after=(START, 0)) == latest(shuffled, after=(START, 0))


@given(REPORTS)
def test_the_latest_state_never_goes_back_in_time(reports: list[Heard]) -> None:
    known = (START, 10)
    for report in reports:
        news = latest([report], after=known)
        if news is not None:
            assert (news.at, news.seq) > known
            known = (news.at, news.seq)
    assert known == max([(START, 10), *((report.at, report.seq) for report in reports)])


def test_a_vehicle_that_tells_only_its_charge_goes_that_part_of_its_range() -> None:
    assert status_columns(heard(1, charge_percent=50.5), max_range_m=40_000)["range_m"] == 20_200
    assert status_columns(heard(1, charge_percent=50, range_m=7), max_range_m=40_000)["range_m"] == 7
    assert "range_m" not in status_columns(heard(1, locked=True), max_range_m=40_000)


def test_only_what_was_said_changes() -> None:
    columns = status_columns(heard(1, 4, position=LonLat(2.6, 50.5)), max_range_m=40_000)
    assert columns == {"reported_at": START + timedelta(minutes=1), "report_seq": 4, "lon": 2.6, "lat": 50.5}
