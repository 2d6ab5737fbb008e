"""What becomes of a vehicle's latest state when it reports, possibly late, twice or in disorder."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from mobility.geo import LonLat

# Real scooters lose a digit (68 %, 6 %, 66 % within five seconds) and gain a percent here and there while they ride
# (12 of 30 trips of the e-scooter data of Dublin, 2023): a leap is believed when it is said twice or after a while, a
# rise only of a vehicle that stands or is charged.
CHARGE_LEAP_PERCENT = 15
CHARGE_LEAP_WITHIN = timedelta(minutes=5)


class Heard(Struct, frozen=True, kw_only=True, gc=False):
    """What a vehicle said at one instant; None is what it did not say."""

    at: datetime
    boot: int = 0
    seq: int
    position: LonLat | None = None
    accuracy_m: float | None = None
    speed_kmh: float | None = None
    charge_percent: float | None = None
    range_m: int | None = None
    odometer_m: int | None = None
    locked: bool | None = None
    ignition: bool | None = None
    charging: bool | None = None
    alarms: Sequence[str] | None = None
    network_technology: str | None = None
    signal_dbm: int | None = None


PLAIN: Final = ("locked", "ignition", "charging", "alarms", "network_technology", "signal_dbm")
"""Matters of which the newest word simply counts."""


class Known(Struct, gc=False):
    """A vehicle and its latest state; the fields are columns, in the order of `queries.lock_known`.

    `report_boot` and `report_seq` are the greatest number of its reports so far.
    """

    vehicle_id: UUID
    city_id: str
    type_code: str
    max_range_m: int
    state: str
    state_since: datetime
    lon: float
    lat: float
    accuracy_m: float | None
    position_at: datetime
    speed_kmh: float | None
    charge_percent: float
    charge_said: float | None
    range_m: int
    odometer_m: int
    locked: bool
    ignition: bool | None
    charging: bool | None
    alarms: Sequence[str]
    network_technology: str | None
    signal_dbm: int | None
    report_boot: int
    report_seq: int
    reported_at: datetime

    @property
    def position(self) -> LonLat:
        return LonLat(self.lon, self.lat)

    @property
    def number(self) -> tuple[int, int]:
        return self.report_boot, self.report_seq


KNOWN_COLUMNS = Known.__struct_fields__


def newest(known: Known, reports: Sequence[Heard]) -> tuple[Known, bool]:
    """The latest state after `reports`, of which none is a repeat, and whether anything was newer than it.

    What is older than what is known changes nothing. Only the greatest number follows every report: it tells repeats.
    """
    state = copy(known)
    if not reports:
        return state, False
    state.report_boot, state.report_seq = max([known.number, *[(each.boot, each.seq) for each in reports]])
    after = (known.reported_at, known.report_boot, known.report_seq)
    news = [heard for heard in reports if _age(heard) > after]
    news.sort(key=_age)
    for heard in news:
        _take_in(state, heard)
    for matter in PLAIN:
        for heard in reversed(news):
            said = getattr(heard, matter)
            if said is not None:
                setattr(state, matter, said)
                break
    return state, bool(news)


def _take_in(state: Known, heard: Heard) -> None:
    """What depends on what was said before, or is of the same instant."""
    if heard.charge_percent is not None:
        _take_in_charge(state, heard, heard.charge_percent)
    elif heard.range_m is not None:
        state.range_m = heard.range_m
    if heard.odometer_m is not None:
        state.odometer_m = heard.odometer_m
    if heard.position is not None:
        state.lon, state.lat = heard.position.lon, heard.position.lat
        state.accuracy_m, state.position_at = heard.accuracy_m, heard.at
    # Unsaid it is unknown: an older speed says nothing of whether the vehicle moves.
    state.speed_kmh = heard.speed_kmh
    state.reported_at = heard.at


def _take_in_charge(state: Known, heard: Heard, said: float) -> None:
    """A vehicle that tells only its charge goes that part of its type's range."""
    if is_charge_believed(state, heard, said):
        state.charge_percent = said
        state.range_m = int(state.max_range_m * said / 100) if heard.range_m is None else heard.range_m
    state.charge_said = said


def is_charge_believed(known: Known, heard: Heard, said: float) -> bool:
    """Whether the charge said becomes the charge known; the first said is believed, for want of better."""
    before = known.charge_said
    if before is None or heard.at - known.reported_at > CHARGE_LEAP_WITHIN:
        return True
    if abs(said - known.charge_percent) > CHARGE_LEAP_PERCENT:
        return abs(said - before) <= CHARGE_LEAP_PERCENT
    return said <= known.charge_percent or bool(heard.charging) or not _drives(known, heard)


def _drives(known: Known, heard: Heard) -> bool:
    return bool(heard.speed_kmh) or (heard.odometer_m or 0) > known.odometer_m


def _age(heard: Heard) -> tuple[datetime, int, int]:
    return heard.at, heard.boot, heard.seq
