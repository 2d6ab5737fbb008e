"""The rules of `hearing` for many vehicles at once, as columns of numbers.

They hold for vehicles of which nothing has to be weighed: reports in order and charges that are believed. Whoever is
not among these is heard one by one, by `hearing.newest`; the tests show that both come to the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mobility.fleet.rules.hearing import CHARGE_LEAP_PERCENT, CHARGE_LEAP_WITHIN, Known

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Instants are whole microseconds since then, as PostgreSQL counts them."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = Sequence[Any] | None
"""Values that are no numbers, None for what was not said; None for the whole column when nobody said any."""

MEASURES: Final = (
    "lon",
    "lat",
    "accuracy_m",
    "heading_deg",
    "speed_kmh",
    "charge_percent",
    "range_m",
    "odometer_m",
    "locked",
    "ignition",
    "charging",
    "signal_dbm",
)
WORDS: Final = ("alarms", "network_technology")
NEWEST_COUNTS: Final = ("lon", "lat", "charge_percent", "odometer_m", "locked", "ignition", "charging", "signal_dbm")
Values = TypeVar("Values", Floats, Ints)


def micros(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


class Kin(NamedTuple):
    """What vehicles have in common."""

    city_id: str
    type_code: str
    max_range_m: int
    state: str


@dataclass(frozen=True, slots=True)
class KnownColumns:
    """What is known of the vehicles `ids`, in that order; where `is_known` is false there is no such vehicle.

    `kin` is a place in `kins`, `at_row` where the latest state lies, `key` the id as bytes; NaN is what is unknown.
    """

    ids: Sequence[UUID]
    is_known: Flags
    kins: Sequence[Kin]
    kin: Ints
    key: NDArray[np.void]
    at_row: NDArray[np.void]
    state_since: Ints
    lon: Floats
    lat: Floats
    charge_percent: Floats
    charge_said: Floats
    odometer_m: Floats
    report_boot: Ints
    report_seq: Ints
    reported_at: Ints

    def city_of(self, place: int) -> str | None:
        """The city of a vehicle; None of one that is not ours."""
        return self.kins[self.kin[place]].city_id if self.is_known[place] else None


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Reports of many vehicles, one a row: vehicle by vehicle, those of each in the order of their numbers.

    `vehicle` is a place in `KnownColumns.ids`; of `said`, by `MEASURES`, NaN is what was not said; flags are 0 and 1.
    """

    vehicle: Ints
    boot: Ints
    seq: Ints
    at: Ints
    said: dict[str, Floats]
    words: dict[str, Words]

    def __len__(self) -> int:
        return len(self.vehicle)

    @property
    def firsts(self) -> Ints:
        """The first row of each vehicle that reports."""
        return np.flatnonzero(np.diff(self.vehicle, prepend=-1))

    def only(self, rows: Ints) -> "ReportColumns":
        return ReportColumns(
            vehicle=self.vehicle[rows],
            boot=self.boot[rows],
            seq=self.seq[rows],
            at=self.at[rows],
            said={name: values[rows] for name, values in self.said.items()},
            words={name: values and [values[row] for row in rows] for name, values in self.words.items()},
        )


@dataclass(frozen=True, slots=True)
class LatestColumns:
    """Latest states of `vehicle`, places in `KnownColumns.ids`. NaN, or None, is what stays as it was.

    Speed and accuracy are the exceptions: an accuracy belongs to its position, and a speed that is not said is unknown.
    """

    vehicle: Ints
    report_boot: Ints
    report_seq: Ints
    reported_at: Ints
    said: dict[str, Floats]
    words: dict[str, Words]


def previous(reports: ReportColumns, values: Values, known: Values) -> Values:
    """What each report's vehicle said last before it, or what is known of the vehicle if it has not said it yet."""
    rows = np.where(np.isnan(values), -1, np.arange(len(values)))
    last = np.concatenate(([-1], np.maximum.accumulate(rows)[:-1])) if len(rows) else rows
    firsts = reports.firsts
    first = np.repeat(firsts, np.diff(firsts, append=len(values)))
    return np.where(last >= first, values[last], known[reports.vehicle])


def in_order(reports: ReportColumns, known: KnownColumns) -> Flags:
    """Whether each report has a number above all before it, and is not older than the one before."""
    boot = previous(reports, reports.boot, known.report_boot)
    seq = previous(reports, reports.seq, known.report_seq)
    is_new = (reports.boot > boot) | ((reports.boot == boot) & (reports.seq > seq))
    is_later = reports.at >= previous(reports, reports.at, known.reported_at)
    in_order: Flags = is_new & is_later
    return in_order


def charges_believed(reports: ReportColumns, known: KnownColumns) -> Flags:
    """`hearing.is_charge_believed` of each report, where it is of all reports before; true where no charge was said."""
    said, speed, odometer = (reports.said[name] for name in ("charge_percent", "speed_kmh", "odometer_m"))
    before = previous(reports, said, known.charge_percent)
    is_first = np.isnan(previous(reports, said, known.charge_said))
    silence = reports.at - previous(reports, reports.at, known.reported_at)
    drives = (speed > 0) | (odometer > previous(reports, odometer, known.odometer_m))
    calm = (said <= before) | (reports.said["charging"] == 1) | ~drives
    small = np.abs(said - before) <= CHARGE_LEAP_PERCENT
    late = silence > CHARGE_LEAP_WITHIN // timedelta(microseconds=1)
    believed: Flags = is_first | np.isnan(said) | late | (small & calm)
    return believed


def latest(reports: ReportColumns, known: KnownColumns) -> LatestColumns:
    """`hearing.newest` of vehicles whose reports are all in order and of believed charge."""
    firsts = reports.firsts
    ends = np.append(firsts[1:], len(reports))[: len(firsts)] - 1
    said = {name: _last(reports.said[name], firsts) for name in NEWEST_COUNTS}
    has_position = ~np.isnan(reports.said["lon"])
    of_position = np.where(has_position, reports.at, np.nan)
    said["position_at"] = _last(of_position, firsts)
    said["accuracy_m"] = _at(reports.said["accuracy_m"], _last_rows(has_position, firsts))
    said["speed_kmh"] = reports.said["speed_kmh"][ends]
    said["charge_said"] = said["charge_percent"]
    said["range_m"] = _last(_ranges(reports, known), firsts)
    return LatestColumns(
        vehicle=reports.vehicle[firsts],
        report_boot=reports.boot[ends],
        report_seq=reports.seq[ends],
        reported_at=reports.at[ends],
        said=said,
        words={name: _last_words(values, firsts) for name, values in reports.words.items()},
    )


def latest_of(states: Sequence[Known], vehicle: Ints) -> LatestColumns:
    """Latest states worked out one by one, of the vehicles at these places."""

    def floats(name: str) -> Floats:
        return np.array([getattr(state, name) for state in states], float)

    def ints(name: str) -> Ints:
        return np.array([getattr(state, name) for state in states], np.int64)

    names = (*NEWEST_COUNTS, "accuracy_m", "speed_kmh", "charge_said", "range_m")
    position_at = np.array([micros(state.position_at) for state in states], float)
    return LatestColumns(
        vehicle=vehicle,
        report_boot=ints("report_boot"),
        report_seq=ints("report_seq"),
        reported_at=np.array([micros(state.reported_at) for state in states], np.int64),
        said={**{name: floats(name) for name in names}, "position_at": position_at},
        words={name: [getattr(state, name) for state in states] for name in WORDS},
    )


def _ranges(reports: ReportColumns, known: KnownColumns) -> Floats:
    """As said, or by the charge: a vehicle that tells only its charge goes that part of its type's range."""
    said = reports.said["range_m"]
    whole = np.array([kin.max_range_m for kin in known.kins])[known.kin[reports.vehicle]]
    return np.where(np.isnan(said), np.floor(whole * reports.said["charge_percent"] / 100), said)


def _last_rows(is_said: Flags, firsts: Ints) -> Ints:
    """The last row of each vehicle where something was said, or -1."""
    rows: Ints = np.maximum.reduceat(np.where(is_said, np.arange(len(is_said)), -1), firsts)
    return rows


def _at(values: Floats, rows: Ints) -> Floats:
    return np.where(rows >= 0, values[rows], np.nan)


def _last(values: Floats, firsts: Ints) -> Floats:
    return _at(values, _last_rows(~np.isnan(values), firsts))


def _last_words(values: Words, firsts: Ints) -> Words:
    if values is None:
        return None
    rows = _last_rows(np.array([value is not None for value in values]), firsts)
    return [values[row] if row >= 0 else None for row in rows]
