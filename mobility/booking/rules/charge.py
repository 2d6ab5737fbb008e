"""What a vehicle's charge will be at a time to come, by what is planned of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mobility.booking.rules.availability import Promise
from mobility.city.rules.city_file import BookableAhead

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What an hour does to the charge, in percent of the battery.

    Attributes
    ----------
    use_percent
        A booked hour.
    charging_percent
        An hour at a station, by its id: what a charger adds, times the share of its bays that have one, for nobody
        knows which bay the vehicle will get. Stations without chargers may be left out.
    """

    use_percent: float
    charging_percent: Mapping[UUID, float]


def rates_of(terms: BookableAhead, *, max_range_m: int, stations: Mapping[UUID, tuple[int, int]]) -> Rates:
    """The rates of a class, from what the city file says of it and of each station's chargers and bays."""
    add = {each: terms.charge_percent_per_hour * chargers / bays for each, (chargers, bays) in stations.items()}
    return Rates(use_percent=100_000 * terms.use_km_per_hour / max_range_m, charging_percent=add)


def forecast(
    charge_percent: float,
    promises: Iterable[Promise],
    *,
    now: datetime,
    at: datetime,
    station_id: UUID | None,
    rates: Rates,
) -> float:
    """The expected charge in percent, 0 to 100, of a vehicle that now has `charge_percent` and stands at a station.

    Booked hours until then take from it, hours at stations with chargers add to it. Spontaneous rides and the work of
    crews are not known and not counted.

    Parameters
    ----------
    promises
        The vehicle's live bookings in the order of time.
    station_id
        Where it stands now; None on the road or on the street.
    """
    for promise in promises:
        if promise.starts_at >= at:
            break
        charge_percent = _idle(charge_percent, promise.starts_at - now, station_id, rates)
        charge_percent, now = _use(charge_percent, promise, now, at, rates)
        station_id = promise.end_station_id
    return _idle(charge_percent, at - now, station_id, rates)


def lasts(
    charge_percent: float,
    promises: Iterable[Promise],
    *,
    now: datetime,
    station_id: UUID | None,
    rates: Rates,
    charge_percent_min: float,
) -> bool:
    """Whether the charge is expected to be enough at the start of each booking to come."""
    for promise in promises:
        charge_percent = _idle(charge_percent, promise.starts_at - now, station_id, rates)
        if promise.starts_at > now and charge_percent < charge_percent_min:
            return False
        charge_percent, now = _use(charge_percent, promise, now, promise.ends_at, rates)
        station_id = promise.end_station_id
    return True


def _use(
    charge_percent: float, promise: Promise, now: datetime, until: datetime, rates: Rates
) -> tuple[float, datetime]:
    """The charge when the booking ends or `until` comes, and when that is; `now` for one that has run late."""
    begins, ends = max(now, promise.starts_at), max(now, min(promise.ends_at, until))
    return max(0.0, charge_percent - (ends - begins) / HOUR * rates.use_percent), ends


def _idle(charge_percent: float, time: timedelta, station_id: UUID | None, rates: Rates) -> float:
    if time <= timedelta(0) or station_id is None:
        return charge_percent
    return min(100.0, charge_percent + time / HOUR * rates.charging_percent.get(station_id, 0.0))
