"""What of all that was said is believed, new, and may be kept. Pure; each step takes the reports by vehicle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from mobility.fleet.rules.hearing import Known
from mobility.fleet.rules.rentals import CLOCK_TOLERANCE, RENTED, UNDECIDED, Span, in_rental
from mobility.geo import Bounds, LonLat, distance_m
from mobility.telemetry.rules.messages import InRide, Message, Refused, Said, Speakers
from mobility.telemetry.rules.reports import Doubt, Fix, Refusal, Report, read_reports, read_together

ByVehicle = dict[UUID, list[Said]]
Number = tuple[int, int]  # restarts, number
Key = tuple[UUID, int, int]

AGE_MAX = timedelta(hours=24)  # a day on a dead network is repeated once it is back; older stories are noise

# No vehicle here is faster, and a receiver between houses may be a kilometre off.
LEAP_SPEED_KMH = 200
LEAP_NOISE_M = 1_000
CLOSE_DEG = 0.005  # at most 790 m together: less than the noise
# After an hour without a position it may have come by lorry; and a vehicle is not doubted for longer than that.
LEAP_WITHIN = timedelta(hours=1)
NOWHERE: Final = LonLat(0, 0)


class Read(NamedTuple):
    """Reports that could be read, each with its place: number of the message, number within it; and what could not."""

    reports: list[Report]
    message: list[int]
    place: list[int]
    refused: list[Refused]


def read_all(messages: Sequence[Message]) -> Read:
    """The reports of messages, in the order in which they came."""
    read = Read([], [], [], [])
    for number, said in enumerate(read_together([message.payload for message in messages])):
        if isinstance(said, Report):
            read.reports.append(said)
            read.message.append(number)
            read.place.append(0)
        elif said is None:
            _read_each(read, number, messages[number])
        else:
            read.reports.extend(said)
            read.message.extend([number] * len(said))
            read.place.extend(range(len(said)))
    return read


def _read_each(read: Read, number: int, message: Message) -> None:
    said = read_reports(message.payload)
    if isinstance(said, Doubt):
        read.refused.append(Refused(number, None, *said))
        return
    for place, each in enumerate(said):
        if isinstance(each, Doubt):
            read.refused.append(Refused(number, place, *each))
        else:
            read.reports.append(each)
            read.message.append(number)
            read.place.append(place)


def by_vehicle(read: Read, rows: Iterable[int], spoke: Speakers, wanted: NDArray[np.bool_]) -> ByVehicle:
    """The reports in these rows, by vehicle; a wanted vehicle of which nothing could be read said nothing."""
    said: ByVehicle = {spoke.ids[place]: [] for place in np.flatnonzero(wanted)}
    for row in rows:
        message = read.message[row]
        said[spoke.ids[spoke.of_message[message]]].append(Said(read.reports[row], message, read.place[row]))
    return said


def implausible(report: Report, *, now: datetime, bounds: Bounds) -> Refusal | None:
    """Why a report that can be read is not believed; `bounds` are the city's."""
    if report.at > now + CLOCK_TOLERANCE:
        return Refusal.CLOCK_AHEAD
    if report.at < now - AGE_MAX:
        return Refusal.TOO_OLD
    position = report.position
    if position is None:
        return None
    # What receivers say before they have found a satellite.
    if position.lon == NOWHERE.lon and position.lat == NOWHERE.lat:
        return Refusal.POSITION_WITHOUT_FIX
    return Refusal.POSITION_SWAPPED if bounds.looks_swapped(position.place) else None


def believe(
    said: ByVehicle, known: Mapping[UUID, Known], bounds: Mapping[str, Bounds], now: datetime
) -> tuple[ByVehicle, list[Refused]]:
    """Leave out what vehicles that are not ours say, and what is implausible in itself."""
    believed: ByVehicle = {}
    refused: list[Refused] = []
    for vehicle_id, reports in said.items():
        vehicle = known.get(vehicle_id)
        if vehicle is None:
            refused += [Refused(each.message, each.place, Refusal.UNKNOWN_VEHICLE) for each in reports]
            continue
        believed[vehicle_id] = kept = []
        for each in reports:
            doubt = implausible(each.report, now=now, bounds=bounds[vehicle.city_id])
            if doubt is None:
                kept.append(each)
            else:
                refused.append(Refused(each.message, each.place, doubt))
    return believed, refused


def perhaps_repeated(said: ByVehicle, known: Mapping[UUID, Known]) -> list[Key]:
    """Numbers not above the greatest that their vehicle ever used: all others are new for certain."""
    return [
        (vehicle_id, each.report.boot, each.report.seq)
        for vehicle_id, reports in said.items()
        for each in reports
        if (each.report.boot, each.report.seq) <= known[vehicle_id].number
    ]


def new_ones(said: ByVehicle, stored: Mapping[Key, datetime]) -> tuple[ByVehicle, dict[UUID, int], list[Refused]]:
    """What is not stored yet, each number once and in order; how many were repeats; numbers used for another time.

    Parameters
    ----------
    stored
        Time of the report that is stored under a number, for the numbers that are.
    """
    new: ByVehicle = {}
    repeated = dict.fromkeys(said, 0)
    refused: list[Refused] = []
    for vehicle_id, reports in said.items():
        first: dict[Number, Said] = {}
        for each in reports:
            report = each.report
            number = (report.boot, report.seq)
            before = (
                first[number].report.at if number in first else stored.get((vehicle_id, *number)) if stored else None
            )
            if before is None:
                first[number] = each
            elif before == report.at:
                repeated[vehicle_id] += 1
            else:
                refused.append(Refused(each.message, each.place, Refusal.NUMBER_REUSED))
        new[vehicle_id] = [first[number] for number in sorted(first)]
    return new, repeated, refused


def without_leaps(
    said: ByVehicle, known: Mapping[UUID, Known], rentals: Mapping[UUID, Sequence[Span]]
) -> tuple[ByVehicle, list[Refused]]:
    """Leave out what was said at positions that the vehicle cannot have come to from the last one, known or just said.

    Only of positions that would be kept: those of a rental move nothing.
    """
    kept: ByVehicle = {}
    refused: list[Refused] = []
    for vehicle_id, reports in said.items():
        leapt = [(each.message, each.place) for each in _leaps(reports, known[vehicle_id], rentals.get(vehicle_id, ()))]
        refused += [Refused(*place, Refusal.POSITION_LEAPT) for place in leapt]
        kept[vehicle_id] = [each for each in reports if each[1:] not in leapt] if leapt else reports
    return kept, refused


def _leaps(reports: Sequence[Said], known: Known, rentals: Sequence[Span]) -> Iterator[Said]:
    last: Known | Fix = known
    at = known.position_at
    for each in sorted(reports, key=_time) if len(reports) > 1 else reports:
        position = each.report.position
        if position is None or (rentals and in_rental(rentals, each.report.at)):
            continue
        # Nearly all are as close; only of the others the distance is worked out.
        close = abs(position.lon - last.lon) < CLOSE_DEG and abs(position.lat - last.lat) < CLOSE_DEG
        if not close and is_leap(LonLat(last.lon, last.lat), position.place, apart=abs(each.report.at - at)):
            yield each
        else:
            last, at = position, each.report.at


def _time(said: Said) -> datetime:
    return said.report.at


def is_leap(a: LonLat, b: LonLat, *, apart: timedelta) -> bool:
    """Whether no vehicle gets from `a` to `b` in that time."""
    if apart > LEAP_WITHIN:
        return False
    return distance_m(a, b) > LEAP_NOISE_M + LEAP_SPEED_KMH / 3.6 * apart.total_seconds()


# A reserved vehicle may be unlocking: its rider is on the way before its state says so.
PERHAPS_IN_USE = RENTED | UNDECIDED | {"reserved"}


def perhaps_in_rental(said: ByVehicle, known: Mapping[UUID, Known]) -> dict[UUID, datetime]:
    """The vehicles whose log has to be asked for rentals, and from when on.

    By the time of each report, not by the state now: what was kept aboard during a ride arrives after it.
    """
    asked = {}
    for vehicle_id, reports in said.items():
        times = [each.report.at for each in reports if each.report.position is not None]
        if not times:
            continue
        since, vehicle = min(times) - CLOCK_TOLERANCE, known[vehicle_id]
        if vehicle.state in PERHAPS_IN_USE or vehicle.state_since >= since:
            asked[vehicle_id] = since
    return asked


def without_trails(
    said: ByVehicle, rentals: Mapping[UUID, Sequence[Span]], known: Mapping[UUID, Known]
) -> tuple[dict[UUID, list[Report]], list[InRide]]:
    """The reports as they may be kept, and the positions of rides that may only be looked at."""
    kept: dict[UUID, list[Report]] = {}
    in_ride: list[InRide] = []
    for vehicle_id, reports in said.items():
        spans = rentals.get(vehicle_id)
        if not spans:
            kept[vehicle_id] = [each.report for each in reports]
            continue
        kept[vehicle_id] = [without_trail(each.report, spans) for each in reports]
        rides = (_in_ride(each.report, spans, known[vehicle_id]) for each in reports)
        in_ride += [ride for ride in rides if ride is not None]
    return kept, in_ride


def without_trail(report: Report, rentals: Sequence[Span]) -> Report:
    """The report without its position if the vehicle was rented when it was made."""
    if report.position is None or not in_rental(rentals, report.at):
        return report
    return msgspec.structs.replace(report, position=None)


def _in_ride(report: Report, rentals: Sequence[Span], known: Known) -> InRide | None:
    span = next((span for span in rentals if span.contains(report.at)), None)
    if report.position is None or span is None:
        return None
    return InRide(
        vehicle_id=known.vehicle_id,
        rental_id=span.rental_id,
        city_id=known.city_id,
        type_code=known.type_code,
        at=report.at,
        position=report.position.place,
        accuracy_m=report.position.accuracy_m,
        speed_kmh=report.speed_kmh,
    )
