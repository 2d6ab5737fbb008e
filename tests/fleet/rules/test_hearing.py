from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mobility.fleet.rules.hearing import CHARGE_LEAP_WITHIN, Heard, Known, newest
from mobility.geo import LonLat

START = datetime(2026, 6, 15, 8, tzinfo=UTC)
KNOWN = Known(
    vehicle_id=UUID(int=1),
    city_id="lakeport",
    type_code="moped",
    max_range_m=40_000,
    state="available",
    state_since=START,
    lon=175.0,
    lat=-40.0,
    accuracy_m=None,
    position_at=START,
    speed_kmh=None,
    charge_percent=100,
    charge_said=None,
    range_m=40_000,
    odometer_m=0,
    locked=True,
    ignition=None,
    charging=None,
    alarms=[],
    network_technology=None,
    signal_dbm=None,
    report_boot=0,
    report_seq=0,
    reported_at=START,
)


def heard(minute: float, seq: int = 1, boot: int = 0, **said: object) -> Heard:
    return Heard(at=START + timedelta(minutes=minute), boot=boot, seq=seq, **said)  # type: ignore[arg-type]


def after(*reports: Heard, known: Known = KNOWN) -> Known:
    return newest(known, reports)[0]


def test_of_each_matter_the_newest_word_counts() -> None:
    state = after(
        heard(2, 2, charge_percent=50, alarms=["tipped"], ignition=True),
        heard(1, 1, charge_percent=60, locked=False, alarms=["crash"]),
        heard(3, 3, odometer_m=9, network_technology="lte-m", signal_dbm=-90),
    )
    assert (state.charge_percent, state.locked, state.odometer_m, state.ignition) == (50, False, 9, True)
    assert (state.alarms, state.network_technology, state.signal_dbm) == (["tipped"], "lte-m", -90)
    assert (state.reported_at, state.number) == (START + timedelta(minutes=3), (0, 3))


def test_a_speed_is_that_of_the_newest_report_or_unknown() -> None:
    assert after(heard(1, 1, speed_kmh=0), heard(2, 2, speed_kmh=25.0)).speed_kmh == 25
    assert after(heard(1, 1, speed_kmh=25), heard(2, 2, charge_percent=50)).speed_kmh is None


def test_what_is_not_newer_than_what_is_known_is_no_news() -> None:
    known = replace(KNOWN, report_seq=5)
    for reports in ([], [heard(-1, 4, locked=False)], [heard(0, 5, locked=False)]):
        assert newest(known, reports) == (known, False)
    state, has_news = newest(known, [heard(-1, 9, charge_percent=1), heard(0, 6, locked=False)])
    assert has_news
    assert (state.charge_percent, state.locked) == (100, False)


def test_the_greatest_number_follows_late_reports_too() -> None:
    state, has_news = newest(replace(KNOWN, report_boot=1, report_seq=3), [heard(-9, 1, boot=2), heard(-8, 99, boot=1)])
    assert (state.number, has_news, state.reported_at) == ((2, 1), False, START)


def test_false_zero_and_no_alarm_are_said_too() -> None:
    known = replace(KNOWN, alarms=["crash"], charging=True)
    state = after(heard(1, charge_percent=0, locked=False, charging=False, alarms=[]), known=known)
    assert (state.charge_percent, state.locked, state.charging, state.alarms) == (0, False, False, [])


def test_a_report_without_a_position_leaves_it_as_old_as_it_is() -> None:
    state = after(heard(1, position=LonLat(175.1, -40.1), accuracy_m=8), heard(2, 2, locked=False))
    assert (state.position, state.accuracy_m) == (LonLat(175.1, -40.1), 8)
    assert (state.position_at, state.reported_at) == (START + timedelta(minutes=1), START + timedelta(minutes=2))


REPORTS = st.lists(
    st.builds(
        heard,
        st.integers(-50, 50),
        st.integers(0, 50),
        st.integers(0, 2),
        charge_percent=st.none() | st.floats(0, 100),
        locked=st.none() | st.booleans(),
        speed_kmh=st.none() | st.just(20),
    ),
    unique_by=lambda report: (report.boot, report.seq),
)


@given(REPORTS, st.data())
def test_the_order_of_arrival_within_a_batch_does_not_matter(reports: list[Heard], data: st.DataObject) -> None:
    assert newest(KNOWN, reports) == newest(KNOWN, data.draw(st.permutations(reports)))


@given(REPORTS)
def test_the_latest_state_never_goes_back_in_time(reports: list[Heard]) -> None:
    state = KNOWN
    for report in reports:
        following = after(report, known=state)
        assert (following.reported_at, following.number) >= (state.reported_at, state.number)
        assert following.reported_at >= following.position_at
        state = following
    assert state.reported_at == max([START, *(report.at for report in reports)])


def test_a_vehicle_that_tells_only_its_charge_goes_that_part_of_its_range() -> None:
    assert after(heard(1, charge_percent=50.5)).range_m == 20_200
    assert after(heard(1, charge_percent=50, range_m=7)).range_m == 7
    assert after(heard(1, range_m=7)).range_m == 7
    assert after(heard(1, locked=True)).range_m == 40_000


# As scooters in Dublin said it while they rode (trips 15, 30 and 6): lost digits, and a percent that comes back.
@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ([68, 6, 66, 66], [68, 68, 66, 66]),
        ([58, 5, 56], [58, 58, 56]),
        ([54, 55, 54, 53], [54, 54, 54, 53]),
        ([80, 30, 31, 30], [80, 80, 31, 30]),
    ],
)
def test_charge_noise_of_a_vehicle_that_drives_is_not_believed(said: list[float], believed: list[float]) -> None:
    state = KNOWN
    for number, (charge, expected) in enumerate(zip(said, believed, strict=True), start=1):
        state = after(heard(number / 20, number, charge_percent=charge, speed_kmh=17), known=state)
        assert (state.charge_percent, state.charge_said) == (expected, charge)


def test_a_vehicle_that_stands_or_is_charged_may_gain() -> None:
    known = replace(KNOWN, charge_percent=50, charge_said=50)
    assert after(heard(1, charge_percent=52, speed_kmh=0), known=known).charge_percent == 52
    assert after(heard(1, charge_percent=52, speed_kmh=5, charging=True), known=known).charge_percent == 52
    assert after(heard(1, charge_percent=52, odometer_m=7), known=known).charge_percent == 50


def test_a_changed_battery_is_believed_when_it_is_said_twice_or_after_a_while() -> None:
    known = replace(KNOWN, charge_percent=12, charge_said=12)
    first, second = heard(1, 1, charge_percent=97), heard(2, 2, charge_percent=97)
    assert after(first, known=known).charge_percent == 12
    assert after(first, second, known=known).charge_percent == 97
    later = heard(CHARGE_LEAP_WITHIN / timedelta(minutes=1) + 1, charge_percent=97)
    assert after(later, known=known).charge_percent == 97
