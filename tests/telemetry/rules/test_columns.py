from dataclasses import replace as with_
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mobility.fleet.rules.columns import (
    MEASURES,
    WORDS,
    Kin,
    KnownColumns,
    LatestColumns,
    latest,
    latest_of,
    micros,
)
from mobility.fleet.rules.hearing import KNOWN_COLUMNS, Known, newest
from mobility.geo import Bounds
from mobility.telemetry.rules import sifting
from mobility.telemetry.rules.columns import by_number, columns_of, ordinary
from mobility.telemetry.rules.messages import Said
from mobility.telemetry.rules.reports import Fix, Network, Report
from mobility.telemetry.service.closely import as_heard
from tests.fleet.rules.test_hearing import KNOWN

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOWN = Bounds(174.9, -40.1, 175.2, -39.9)
BOUNDS = {"lakeport": TOWN}
# Parked an hour ago, where nearly all of what is said is ordinary.
PARKED = replace(KNOWN, state_since=NOW - 60 * MINUTE, reported_at=NOW - 50 * MINUTE, position_at=NOW - 50 * MINUTE)


def known_columns(*vehicles: Known) -> KnownColumns:
    def floats(name: str) -> Any:
        return np.array([getattr(each, name) for each in vehicles], float)

    def ints(name: str) -> Any:
        return np.array([getattr(each, name) for each in vehicles], np.int64)

    def instants(name: str) -> Any:
        return np.array([micros(getattr(each, name)) for each in vehicles], np.int64)

    columns: dict[str, Any] = {
        **{name: floats(name) for name in ("lon", "lat", "charge_percent", "charge_said", "odometer_m")},
        **{name: ints(name) for name in ("report_boot", "report_seq")},
        **{name: instants(name) for name in ("state_since", "reported_at")},
    }
    return KnownColumns(
        ids=[each.vehicle_id for each in vehicles],
        is_known=np.ones(len(vehicles), bool),
        kins=[Kin(each.city_id, each.type_code, each.max_range_m, each.state) for each in vehicles],
        kin=np.arange(len(vehicles)),
        key=np.array([each.vehicle_id.bytes for each in vehicles], "V16"),
        at_row=np.zeros(len(vehicles), "V6"),
        **columns,
    )


def report(seq: int = 1, ago: timedelta = timedelta(0), **said: Any) -> Report:
    return Report(seq=seq, at=NOW - ago, **said)


def is_plain(vehicle: Known, *reports: Report) -> bool:
    rows = columns_of(reports, np.zeros(len(reports), np.int64))
    (plain,) = ordinary(rows.only(by_number(rows)), known_columns(vehicle), BOUNDS, NOW)
    return bool(plain)


def state_after(known: Known, after: LatestColumns, at: int) -> Known:
    """The latest state that the database comes to."""
    said: dict[str, Any] = {name: None if np.isnan(values[at]) else values[at] for name, values in after.said.items()}
    said |= {name: values and values[at] for name, values in after.words.items()}
    state = {name: getattr(known, name) if said.get(name) is None else said[name] for name in KNOWN_COLUMNS}
    numbers = {name: int(getattr(after, name)[at]) for name in ("report_boot", "report_seq", "reported_at")}
    accuracy = known.accuracy_m if said["lon"] is None else said["accuracy_m"]
    return Known(**{**state, **numbers, "speed_kmh": said["speed_kmh"], "accuracy_m": accuracy})


def comparable(state: Known) -> dict[str, Any]:
    values = {name: getattr(state, name) for name in KNOWN_COLUMNS}
    instants = {name: micros(value) for name, value in values.items() if isinstance(value, datetime)}
    return {**values, **instants}


FIXES = st.builds(
    Fix,
    st.sampled_from([175.0, 175.001, 175.004, 175.006, 175.9, -40.0, 0.0]),
    st.sampled_from([-40.0, -40.002, 175.0, 0.0]),
    st.none() | st.just(4.0),
)
SAID: dict[str, Any] = {
    "boot": st.sampled_from([0, 0, 0, 1]),
    "seq": st.integers(0, 12),
    "at": st.integers(-30, 3).map(lambda half_minutes: NOW + half_minutes * MINUTE / 2),
    "position": st.none() | FIXES,
    "heading_deg": st.none() | st.just(90.0),
    "speed_kmh": st.sampled_from([None, 0.0, 20.0]),
    "charge_percent": st.sampled_from([None, 50.0, 49.5, 51.0, 45.0, 20.0]),
    "range_m": st.sampled_from([None, 12_345]),
    "odometer_m": st.sampled_from([None, 1_000, 2_000]),
    "locked": st.none() | st.booleans(),
    "ignition": st.none() | st.booleans(),
    "charging": st.none() | st.booleans(),
    "alarms": st.sampled_from([None, [], ["tipped"], ["crash", "moved"]]),
    "network": st.sampled_from([None, Network(technology="lte-m"), Network(technology="2g", signal_dbm=-95)]),
}
VEHICLES = st.builds(
    replace,
    st.just(PARKED),
    state=st.sampled_from(["available", "available", "on_trip", "reserved"]),
    state_since=st.sampled_from([NOW - 60 * MINUTE, NOW - 8 * MINUTE]),
    reported_at=st.sampled_from([NOW - 50 * MINUTE, NOW - 9 * MINUTE]),
    charge_percent=st.just(50.0),
    charge_said=st.sampled_from([None, 50.0, 80.0]),
    report_seq=st.integers(0, 4),
    odometer_m=st.just(1_000),
    accuracy_m=st.sampled_from([None, 9.0]),
    speed_kmh=st.sampled_from([None, 7.0]),
)
STEADY = st.lists(st.fixed_dictionaries(SAID), min_size=1, max_size=4).map(
    lambda said: [
        Report(**{**each, "seq": 5 + at, "boot": 0, "at": NOW + (at - 6) * MINUTE}) for at, each in enumerate(said)
    ]
)
ANY = st.lists(st.builds(Report, **SAID), min_size=1, max_size=4)


@given(st.lists(st.tuples(VEHICLES, STEADY | ANY), min_size=1, max_size=4))
def test_what_is_ordinary_is_what_the_rules_leave_alone_and_leads_to_the_same_state(
    said: list[tuple[Known, list[Report]]],
) -> None:
    vehicles = [replace(vehicle, vehicle_id=UUID(int=at + 1)) for at, (vehicle, _) in enumerate(said)]
    known = known_columns(*vehicles)
    of_vehicle = np.array([at for at, (_, reports) in enumerate(said) for _ in reports], np.int64)
    rows = columns_of([each for _, reports in said for each in reports], of_vehicle)
    rows = rows.only(by_number(rows))
    plain = ordinary(rows, known, BOUNDS, NOW)
    after = latest(rows.only(np.flatnonzero(plain[rows.vehicle])), known)
    assert after.vehicle.tolist() == np.flatnonzero(plain).tolist()
    for at, place in enumerate(after.vehicle.tolist()):
        kept = kept_by_rules(vehicles[place], said[place][1])
        state, has_news = newest(vehicles[place], [as_heard(each) for each in kept])
        assert len(kept) == len(said[place][1])
        assert has_news
        assert comparable(state_after(vehicles[place], after, at)) == comparable(state)


def kept_by_rules(vehicle: Known, reports: list[Report]) -> list[Report]:
    """What `sifting` keeps, for which neither table nor log have to be asked."""
    known = {vehicle.vehicle_id: vehicle}
    said = {vehicle.vehicle_id: [Said(each, 0, at) for at, each in enumerate(reports)]}
    said, _ = sifting.believe(said, known, BOUNDS, NOW)
    assert sifting.perhaps_repeated(said, known) == []
    said, _, _ = sifting.new_ones(said, {})
    assert sifting.perhaps_in_rental(said, known) == {}
    said, _ = sifting.without_leaps(said, known, {})
    return [each.report for each in said[vehicle.vehicle_id]]


@pytest.mark.parametrize(
    "reports",
    [
        [report()],
        [report(position=Fix(175.001, -40.001), charge_percent=99, speed_kmh=0, odometer_m=0)],
        [report(2), report(1, MINUTE)],
        [report(1, MINUTE, charge_percent=60), report(2, charge_percent=59.5, speed_kmh=20)],
        [report(1, alarms=["tipped"], network=Network(technology="lte-m", signal_dbm=-90), charging=True)],
    ],
)
def test_what_vehicles_usually_say_is_ordinary(reports: list[Report]) -> None:
    assert is_plain(PARKED, *reports)


@pytest.mark.parametrize(
    ("vehicle", "reports"),
    [
        (PARKED, [report(0)]),
        (PARKED, [report(1), report(1)]),
        (PARKED, [report(2, MINUTE), report(1)]),
        (PARKED, [report(1, 51 * MINUTE)]),
        (PARKED, [report(1, -3 * MINUTE)]),
        (replace(PARKED, reported_at=NOW - timedelta(hours=26)), [report(1, timedelta(hours=25))]),
        (PARKED, [report(position=Fix(0, 0))]),
        (PARKED, [report(position=Fix(175.1, -40.0))]),
        (
            replace(PARKED, lon=-40.0, lat=75.0),
            [report(position=Fix(-40.0, 75.0)), report(2, position=Fix(-40.1, 75.0))],
        ),
        (replace(PARKED, state="on_trip"), [report(position=Fix(175.0, -40.0))]),
        (replace(PARKED, state_since=NOW - MINUTE), [report(position=Fix(175.0, -40.0))]),
        (replace(PARKED, charge_said=100, reported_at=NOW - MINUTE), [report(charge_percent=70)]),
    ],
)
def test_what_has_to_be_weighed_is_not_ordinary(vehicle: Known, reports: list[Report]) -> None:
    assert not is_plain(vehicle, *reports)


def test_a_vehicle_that_is_not_ours_or_says_nothing_readable_is_not_ordinary() -> None:
    known = known_columns(PARKED, replace(PARKED, vehicle_id=UUID(int=2)))
    stranger = with_(known, is_known=np.array([False, True]))
    rows = columns_of([report()], np.zeros(1, np.int64))
    assert ordinary(rows, stranger, BOUNDS, NOW).tolist() == [False, False]
    nobody = with_(stranger, kins=[], is_known=np.array([False, False]))
    assert ordinary(rows, nobody, {}, NOW).tolist() == [False, False]


def test_columns_hold_what_was_said_and_nan_for_what_was_not() -> None:
    said = report(3, MINUTE, boot=2, position=Fix(2.5, 50.0), locked=False, alarms=["crash"])
    columns = columns_of([report(), said], np.array([0, 1]))
    assert (columns.seq.tolist(), columns.boot.tolist()) == ([1, 3], [0, 2])
    assert columns.at.tolist() == [micros(NOW), micros(NOW - MINUTE)]
    assert [columns.said[name][1] for name in ("lon", "lat", "locked")] == [2.5, 50.0, 0]
    assert np.isnan([columns.said[name][0] for name in MEASURES]).all()
    assert np.isnan(columns.said["accuracy_m"]).all()
    assert columns.words == {"alarms": (None, ["crash"]), "network_technology": None}


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_is_exact_to_the_microsecond(at: datetime) -> None:
    assert columns_of([Report(seq=1, at=at)], np.zeros(1, np.int64)).at.tolist() == [micros(at)]


def test_states_worked_out_one_by_one_are_columns_too() -> None:
    state = replace(KNOWN, speed_kmh=3.0, alarms=["tipped"], ignition=True, report_seq=7)
    columns = latest_of([state], np.array([4]))
    assert comparable(state_after(KNOWN, columns, 0)) == comparable(state)
    assert (columns.vehicle.tolist(), set(columns.words)) == ([4], set(WORDS))
