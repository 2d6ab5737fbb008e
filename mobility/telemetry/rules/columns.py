"""Reports as columns of numbers, and which vehicles' reports need no closer look."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from msgspec.structs import astuple

from mobility.fleet.rules.columns import (
    EPOCH,
    MEASURES,
    Flags,
    Floats,
    Ints,
    KnownColumns,
    ReportColumns,
    Words,
    charges_believed,
    in_order,
    micros,
    previous,
)
from mobility.fleet.rules.rentals import CLOCK_TOLERANCE
from mobility.geo import Bounds
from mobility.telemetry.rules.reports import Report
from mobility.telemetry.rules.sifting import AGE_MAX, CLOSE_DEG, PERHAPS_IN_USE

FIELDS: Final = Report.__struct_fields__
MICROSECOND: Final = timedelta(microseconds=1)


def columns_of(reports: Sequence[Report], vehicle: Ints) -> ReportColumns:
    """Reports as columns, in their order; each is of the vehicle at that place of `KnownColumns.ids`."""
    column: dict[str, Sequence[Any]] = dict(zip(FIELDS, zip(*map(astuple, reports), strict=True), strict=False))
    positions, networks = column.get("position", ()), column.get("network", ())
    column["lon"], column["lat"], column["accuracy_m"] = _parts(positions, 3)
    column["network_technology"], column["signal_dbm"] = _parts(networks, 2)
    return ReportColumns(
        vehicle=vehicle,
        boot=np.array(column.get("boot", ()), np.int64),
        seq=np.array(column.get("seq", ()), np.int64),
        at=_instants(column.get("at", ())),
        said={name: _floats(column.get(name, ())) for name in MEASURES},
        words={name: _words(column.get(name, ())) for name in ("alarms", "network_technology")},
    )


def by_number(reports: ReportColumns) -> Ints:
    """The rows vehicle by vehicle, those of each in the order of their numbers; of equal ones the first comes first."""
    order: Ints = np.lexsort((reports.seq, reports.boot, reports.vehicle))
    return order


def ordinary(reports: ReportColumns, known: KnownColumns, bounds: Mapping[str, Bounds], now: datetime) -> Flags:
    """Which vehicles' reports may be kept as they are: new, in order, believed, near each other, and of no rental.

    What `sifting` would do to these is nothing; all others have to go through it. `bounds` are those of cities.
    """
    if not known.kins:
        return known.is_known
    well = (
        _is_timely(reports, now)
        & in_order(reports, known)
        & charges_believed(reports, known)
        & _is_placed(reports, known, bounds)
        & _is_of_no_rental(reports, known)
    )
    odd, said = (np.bincount(rows, minlength=len(known.ids)) for rows in (reports.vehicle[~well], reports.vehicle))
    is_plain: Flags = (odd == 0) & (said > 0)
    return is_plain & known.is_known


def _is_timely(reports: ReportColumns, now: datetime) -> Flags:
    is_timely: Flags = (reports.at >= micros(now - AGE_MAX)) & (reports.at <= micros(now + CLOCK_TOLERANCE))
    return is_timely


def _is_placed(reports: ReportColumns, known: KnownColumns, bounds: Mapping[str, Bounds]) -> Flags:
    """Whether each position, where there is one, is plausible and close to the one before."""
    lon, lat = reports.said["lon"], reports.said["lat"]
    box = np.array([astuple(bounds[kin.city_id]) for kin in known.kins])[known.kin[reports.vehicle]]
    is_swapped = _is_inside(box, lat, lon) & ~_is_inside(box, lon, lat)
    has_no_fix = (lon == 0) & (lat == 0)
    is_close = (np.abs(lon - previous(reports, lon, known.lon)) < CLOSE_DEG) & (
        np.abs(lat - previous(reports, lat, known.lat)) < CLOSE_DEG
    )
    is_placed: Flags = np.isnan(lon) | (is_close & ~has_no_fix & ~is_swapped)
    return is_placed


def _is_inside(box: Floats, x: Floats, y: Floats) -> Flags:
    west, south, east, north = box.T
    is_inside: Flags = (west <= x) & (x <= east) & (south <= y) & (y <= north)
    return is_inside


def _is_of_no_rental(reports: ReportColumns, known: KnownColumns) -> Flags:
    """As `sifting.perhaps_in_rental` asks, without the log: true where it need not be asked."""
    in_use = np.array([kin.state in PERHAPS_IN_USE for kin in known.kins])[known.kin[reports.vehicle]]
    changed = known.state_since[reports.vehicle] >= reports.at - CLOCK_TOLERANCE // MICROSECOND
    is_unplaced: Flags = np.isnan(reports.said["lon"])
    return is_unplaced | ~(in_use | changed)


def _parts(structs: Sequence[Any], fields: int) -> Sequence[Sequence[Any]]:
    """The fields of structs as columns, None where there is no struct."""
    if _says_nothing(structs):
        return (structs,) * fields
    nothing = (None,) * fields
    return list(zip(*[nothing if each is None else astuple(each) for each in structs], strict=True))


def _floats(values: Sequence[Any]) -> Floats:
    """None becomes NaN."""
    return np.full(len(values), np.nan) if _says_nothing(values) else np.array(values, float)


def _words(values: Sequence[Any]) -> Words:
    return None if _says_nothing(values) else values


def _says_nothing(values: Sequence[Any]) -> bool:
    # To compare a number with None is slow, None with None is not.
    return not values or (values[0] is None and values.count(None) == len(values))


def _instants(values: Sequence[datetime]) -> Ints:
    """Exact from 1970 to 2100; what is further away is not believed."""
    seconds = np.fromiter(map(datetime.timestamp, values), float, len(values))
    return np.rint(seconds * 1e6).astype(np.int64) - int(EPOCH.timestamp()) * 1_000_000
