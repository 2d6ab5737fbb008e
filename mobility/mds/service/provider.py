"""The Provider API's answers, read when they are asked for."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Rental
from mobility.city.rules.permit import Mode
from mobility.city.service import get_city
from mobility.geo import LonLat
from mobility.mds.queries import documents
from mobility.mds.queries import provider as queries
from mobility.mds.rules.protocol import (
    HOUR,
    VERSION,
    NoPermit,
    ParameterUnreadable,
    UnknownObject,
    is_settled,
    milliseconds,
    read_hour,
    read_range,
    refuse_hour,
)
from mobility.mds.rules.provider import Provider, ends_of, event_of, telemetry_of, trip_of, vehicle_of
from mobility.mds.rules.stops import Parked, stop_of
from mobility.mds.rules.words import VehicleStatus
from mobility.mds.tables import VehicleRegistration

DEPLOYED_WITHIN = timedelta(days=30)
PAGE = 1_000
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for; `address` makes the address of the one behind a cursor, of the first for none."""

    after: str | None
    address: Callable[[str | None], str]

    def links(self, cursor: str | None) -> Document:
        return {"first": self.address(None), "next": None if cursor is None else self.address(cursor)}


async def get_provider(session: AsyncSession, city_id: str, mode: str) -> Provider:
    """A mode of a city whose permit is published.

    Raises
    ------
    UnknownCity, NoPermit
    """
    city = await get_city(session, city_id)
    permit = city.file.permit
    known: Mode | None = next((each for each in permit.providers if each == mode), None) if permit else None
    area = await documents.find_last(session, city_id, "geography", documents.WHOLE)
    if permit is None or known is None or area is None:
        raise NoPermit
    return Provider(city_id, known, permit.providers[known], area.id, city.file.currency)


async def list_vehicles(
    session: AsyncSession, clock: Clock, provider: Provider, page: Page, only: UUID | None = None
) -> Document:
    since, after = clock.now() - DEPLOYED_WITHIN, _vehicle_cursor(page)
    rows = await queries.list_vehicles(session, provider, seen_since=since, after=after, limit=PAGE + 1, only=only)
    vehicles = [vehicle_of(provider, id_, plate, spec, papers_of(papers)) for id_, plate, spec, papers in rows[:PAGE]]
    return _fresh(clock, page, "vehicles", vehicles, len(rows) > PAGE, only)


async def list_states(
    session: AsyncSession, clock: Clock, provider: Provider, page: Page, only: UUID | None = None
) -> Document:
    since, after = clock.now() - DEPLOYED_WITHIN, _vehicle_cursor(page)
    rows = await queries.list_states(session, provider, seen_since=since, after=after, limit=PAGE + 1, only=only)
    states = [
        VehicleStatus(
            device_id=happened.vehicle_id,
            provider_id=provider.id,
            last_event=event_of(provider, happened),
            last_telemetry=telemetry_of(provider, point),
        )
        for happened, point in rows[:PAGE]
    ]
    return _fresh(clock, page, "vehicles_status", states, len(rows) > PAGE, only)


async def list_historical(
    session: AsyncSession, clock: Clock, provider: Provider, event_time: str | None
) -> Document | None:
    """All events of an hour; None while they are not all known."""
    hour = await _hour(session, clock, provider, read_hour("event_time", event_time))
    if hour is None:
        return None
    events = await queries.list_events(session, provider, since=hour, until=hour + HOUR)
    return {"version": VERSION, "events": [event_of(provider, each) for each in events]}


async def list_recent(
    session: AsyncSession, clock: Clock, provider: Provider, page: Page, start: str | None, end: str | None
) -> Document:
    """Events of the last two weeks, as far as they are known."""
    since, until = read_range(start, end, clock.now())
    after = _event_cursor(page)
    events = await queries.list_events(session, provider, since=since, until=until, after=after, limit=PAGE + 1)
    last = events[PAGE - 1] if len(events) > PAGE else None
    cursor = None if last is None else f"{round(last.at.timestamp() * 1e6)}.{last.vehicle_id}.{last.seq}"
    told = [event_of(provider, each) for each in events[:PAGE]]
    return {"version": VERSION, "events": told, "links": page.links(cursor)}


async def list_trips(session: AsyncSession, clock: Clock, provider: Provider, end_time: str | None) -> Document | None:
    """All rides that ended in an hour; None while they are not all known."""
    hour = await _hour(session, clock, provider, read_hour("end_time", end_time))
    if hour is None:
        return None
    trips = await queries.list_trips(session, provider, Rental.ended_at >= hour, Rental.ended_at < hour + HOUR)
    return {"version": VERSION, "trips": [trip_of(provider, each) for each in trips]}


async def list_telemetry(
    session: AsyncSession, clock: Clock, provider: Provider, page: Page, telemetry_time: str | None
) -> Document | None:
    """Where vehicles stood in an hour, and the ends of the rides that began or ended in it."""
    hour = await _hour(session, clock, provider, read_hour("telemetry_time", telemetry_time))
    if hour is None:
        return None
    after, until = _report_cursor(page), hour + HOUR
    rows = await queries.list_points(session, provider, since=hour, until=until, after=after, limit=PAGE + 1)
    points = [point for _, point in rows[:PAGE]]
    if after is None:
        trips = await queries.list_trips(session, provider, Rental.ended_at >= hour, Rental.started_at < until)
        points += [end for trip in trips for end in ends_of(trip) if hour <= end.at < until]
    cursor = ".".join(map(str, rows[PAGE - 1][0])) if len(rows) > PAGE else None
    told = [telemetry_of(provider, point) for point in points]
    return {"version": VERSION, "telemetry": told, "links": page.links(cursor)}


async def list_stops(session: AsyncSession, clock: Clock, provider: Provider, only: UUID | None = None) -> Document:
    """The stations that take vehicles of the mode."""
    city = await get_city(session, provider.city_id)
    types = {each.code: each.form_factor for each in city.file.vehicle_types if each.mode == provider.mode}
    parked: dict[UUID, list[Parked]] = {}
    for station_id, vehicle_id, type_code, state, since in await queries.list_parked(session, provider):
        parked.setdefault(station_id, []).append(Parked(vehicle_id, types.get(type_code, "other"), state, since))
    stops = [
        stop_of(
            provider,
            id=each.id,
            name=next(iter(each.name.values())),
            position=LonLat(each.lon, each.lat),
            capacity=Counter({types[code]: each.bays for code in each.vehicle_types if code in types}),
            parked=parked.get(each.id, []),
            is_open=city.is_open_at(clock.now()),
            now=clock.now(),
        )
        for each in await queries.list_stops(session, provider.city_id)
        if types.keys() & set(each.vehicle_types) and only in (None, each.id)
    ]
    if only is not None and not stops:
        raise UnknownObject
    now = milliseconds(clock.now())
    return {"version": VERSION, "last_updated": now, "ttl": 0, "stops": stops}


async def _hour(session: AsyncSession, clock: Clock, provider: Provider, hour: datetime) -> datetime | None:
    refuse_hour(hour, now=clock.now(), began_at=await queries.began_at(session, provider))
    if not is_settled(hour, clock.now()) or await queries.is_untold(session, provider, hour, hour + HOUR):
        return None
    return hour


def _fresh(clock: Clock, page: Page, name: str, items: Sequence[Any], is_more: bool, only: UUID | None) -> Document:
    document = {"version": VERSION, "last_updated": milliseconds(clock.now()), "ttl": 0, name: items}
    if only is None:
        return {**document, "links": page.links(str(items[-1].device_id) if is_more else None)}
    if not items:
        raise UnknownObject
    return document


def papers_of(registration: VehicleRegistration | None) -> Document:
    """What a registration document says, by MDS's words; empty where none is known."""
    return {} if registration is None else {name: getattr(registration, name) for name in queries.PAPERS}


def _vehicle_cursor(page: Page) -> UUID | None:
    return None if page.after is None else _read(page.after, UUID)


def _event_cursor(page: Page) -> queries.EventKey | None:
    if page.after is None:
        return None
    micros, vehicle_id, seq = _read(page.after.split("."), tuple[int, UUID, int])
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros), vehicle_id, seq


def _report_cursor(page: Page) -> queries.ReportKey | None:
    return None if page.after is None else _read(page.after.split("."), tuple[UUID, int, int])


def _read(told: Any, type_: Any) -> Any:
    try:
        return msgspec.convert(told, type_, strict=False)
    except msgspec.ValidationError:
        raise ParameterUnreadable(parameter="after", expected="an address of `links`") from None
