"""A city's Agency endpoint hears of a ride: everything once, whatever it or the worker goes through."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from mobility.base.clock import FixedClock
from mobility.base.errors import SettingUnreadable
from mobility.city.tables import Station
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.mds.httpx import HttpAgency
from mobility.mds.rules.push import RETRY_LAST, Answer, Outcome, Target, outcomes, read_targets, wait
from mobility.mds.service import pushing
from mobility.mds.tables import AgencyPush, VehicleRegistration
from mobility.mds.tasks import forget_pushed, note_places, push_to_agencies
from tests.booking.conftest import PublicIds
from tests.mds.agencies import AgencyServer
from tests.mds.conftest import Agency, Tell
from tests.mds.openapi import Official
from tests.support.rides import LIGHTHOUSE, Phone

HOURS = timedelta(hours=2)


@pytest.fixture
def targets() -> dict[tuple[str, str], Target]:
    return read_targets("lakeport/micromobility=https://s%2Fecret@agency.example/mds")


@pytest.fixture
def server() -> AgencyServer:
    return AgencyServer("s/ecret")


class City:
    """The worker's way to the agency, and what it was told."""

    def __init__(self, sessions: Sessions, clock: FixedClock, target: Target, server: AgencyServer) -> None:
        self.sessions, self.clock, self.target, self.server = sessions, clock, target, server

    async def push(self) -> int:
        agency = HttpAgency(self.target, self.server.transport)
        return await push_to_agencies(self.sessions, self.clock, [(self.target, agency)])

    async def note(self) -> int:
        return await note_places(self.sessions, self.clock, [self.target])

    async def waiting(self) -> int:
        waits = AgencyPush.sent_at.is_(None), AgencyPush.refused_at.is_(None)
        async with self.sessions() as session:
            return await session.scalar(select(func.count()).select_from(AgencyPush).where(*waits)) or 0


@pytest.fixture
async def city(
    agency: Agency, sessions: Sessions, clock: FixedClock, targets: Any, server: AgencyServer, tell: Tell
) -> City:
    return City(sessions, clock, *targets.values(), server)


@pytest.fixture
async def ridden(city: City, phone: Phone, public_ids: PublicIds, clock: FixedClock, tell: Tell) -> str:
    """A moped's ride of ten minutes, told to MDS; nothing has been pushed of it yet."""
    (public_id,) = await public_ids("B-001")
    rental = await phone.ride(public_id)
    clock.advance(timedelta(minutes=10))
    where = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
    await phone.post(f"/v1/rentals/{rental['id']}/end", {"position": where})
    await tell()
    return str(rental["id"])


async def test_an_agency_hears_of_vehicles_first_then_of_what_they_do(city: City, ridden: str, agency: Agency) -> None:
    assert await city.push() == 5 + 8 + 2 + 1
    assert [(method, name) for method, name, _ in city.server.asked] == [
        ("POST", "vehicles"),
        ("POST", "events"),
        ("POST", "telemetry"),
        ("POST", "trips"),
    ]
    city.clock.advance(HOURS)
    kept = city.server.kept
    for path, name, hour in (("events/historical", "events", "event_time"), ("trips", "trips", "end_time")):
        told = (await agency.read("micromobility", path, **{hour: "2026-06-15T08"}))[name]
        id_ = "event_id" if name == "events" else "trip_id"
        assert {each[id_]: each for each in told} == kept[name]
    assert await city.waiting() == 0


async def test_what_an_agency_did_not_answer_for_is_sent_again_by_the_same_ids(city: City, ridden: str) -> None:
    for status in (500, 401, 406, 400):
        city.server.status = status
        assert await city.push() == 0
        city.clock.advance(RETRY_LAST)
    city.server.status, city.server.dies = None, True
    for _ in range(4):  # each kind of record is taken, and nobody says so
        await city.push()
        city.clock.advance(RETRY_LAST)
    city.server.dies = False
    for _ in range(4):
        await city.push()
        city.clock.advance(RETRY_LAST)
    assert await city.waiting() == 0
    assert {name: len(kept) for name, kept in city.server.kept.items()} == {
        "vehicles": 5,
        "stops": 0,
        "events": 8,
        "telemetry": 2,
        "trips": 1,
    }


async def test_two_workers_send_no_record_twice(city: City, ridden: str) -> None:
    async with transaction(city.sessions) as session:
        leased = await pushing._lease(session, city.clock, city.target)  # the other worker, at work
        assert leased is not None
    await city.push()
    assert city.server.asked == []  # nothing of a vehicle goes before the vehicle
    city.clock.advance(pushing.LEASE)
    await city.push()
    assert await city.waiting() == 0
    assert len(city.server.asked) == 4


async def test_a_vehicle_that_the_agency_forgot_is_registered_again(
    city: City, ridden: str, phone: Phone, public_ids: PublicIds, tell: Tell
) -> None:
    await city.push()
    city.server.kept["vehicles"].clear()
    (public_id,) = await public_ids("B-002")
    await phone.post("/v1/holds", {"vehicle_id": str(public_id)})
    await tell()
    for _ in range(3):
        await city.push()
        city.clock.advance(timedelta(minutes=5))
    assert len(city.server.kept["vehicles"]) == 1
    assert await city.waiting() == 0


async def test_a_vehicle_that_changed_is_put_and_one_already_known_is_taken_for_registered(
    city: City, ridden: str, town: list[NewVehicle], phone: Phone, public_ids: PublicIds, tell: Tell
) -> None:
    vehicle = next(each for each in town if each.plate == "B-002")
    city.server.kept["vehicles"][str(vehicle.id)] = {"device_id": str(vehicle.id)}
    await city.push()
    assert await city.waiting() == 0
    papers = {"year": 2024, "make": "Atlas", "model": "One", "color": "blue", "vin": "X1", "license_plate": "AB-1"}
    async with transaction(city.sessions) as session:
        session.add(VehicleRegistration(vehicle_id=vehicle.id, **papers))
    (public_id,) = await public_ids("B-002")
    await phone.post("/v1/holds", {"vehicle_id": str(public_id)})
    await tell()
    await city.push()
    assert ("PUT", "vehicles", 1) in city.server.asked
    told = city.server.kept["vehicles"][str(vehicle.id)]
    assert told["vehicle_attributes"] == {"year": 2024, "make": "Atlas", "model": "One"}


async def test_what_an_agency_will_never_take_is_put_aside_and_holds_nothing_back(city: City, ridden: str) -> None:
    async with city.sessions() as session:
        trip = (await session.scalars(select(AgencyPush).where(AgencyPush.kind == "trip"))).one()
    city.server.refuses.add(str(trip.record_id))
    await city.push()
    assert await city.waiting() == 0
    async with city.sessions() as session:
        put_aside = await session.get_one(AgencyPush, trip.id)
    assert (put_aside.sent_at, put_aside.answer) == (None, "bad_param")
    assert put_aside.refused_at is not None


async def test_where_standing_vehicles_are_is_told_once_until_they_are_seen_again(city: City, ridden: str) -> None:
    await city.push()
    assert await city.note() == 4 + 1  # the fifth was told with its trip's end; a station that takes mopeds
    assert await city.note() == 0
    await city.push()
    assert len(city.server.kept["telemetry"]) == 2 + 4
    city.clock.advance(timedelta(days=8))
    async with transaction(city.sessions) as session:
        assert await forget_pushed(session, city.clock) == 8 + 6 + 1
    assert await city.note() == 0


class TestCars:
    """The mode that has stations."""

    @pytest.fixture
    def targets(self) -> dict[tuple[str, str], Target]:
        return read_targets("lakeport/car-share=https://s%2Fecret@agency.example/mds")

    async def test_stops_are_registered_once_put_when_they_change_and_closed_when_they_are_no_more(
        self, city: City, phone: Phone, public_ids: PublicIds
    ) -> None:
        await city.note()
        await city.push()
        stops = city.server.kept["stops"]
        (wharf,) = [id_ for id_, stop in stops.items() if stop["name"] == "Wharf"]
        assert stops[wharf]["num_vehicles_available"] == {"car": 2}
        city.clock.advance(timedelta(minutes=1))
        await city.note()
        assert await city.waiting() == 0  # that it was looked at again is no news
        (car,) = await public_ids("P-001")
        await phone.post("/v1/holds", {"vehicle_id": str(car)})
        await city.note()
        city.server.kept["stops"] = {}  # the agency lost them: the change comes back as unknown, and all of it is told
        for _ in range(2):
            await city.push()
            city.clock.advance(RETRY_LAST)
        (told,) = city.server.kept["stops"].values()
        assert (told["name"], told["num_vehicles_available"]) == ("Wharf", {"car": 1})
        async with transaction(city.sessions) as session:
            await session.execute(update(Station).values(retired_at=city.clock.now()))
        await city.note()
        await city.push()
        assert city.server.asked[-1][:2] == ("PUT", "stops")
        gone = city.server.kept["stops"][wharf]
        assert (gone["status"]["is_installed"], gone["num_places_available"]) == (False, {"car": 0})

    async def test_a_months_report_is_sent_once_and_again_until_it_is_taken(self, city: City) -> None:
        await city.note()
        assert await city.push() >= 1
        assert city.server.reports == []  # in the month before there was no service
        city.clock.advance(timedelta(days=31))
        await city.note()
        city.server.status = 500
        await city.push()
        city.server.status = None
        city.clock.advance(RETRY_LAST)
        await city.note()
        await city.push()
        first, second = city.server.reports
        assert first == second
        assert second.splitlines()[1].split(",")[1:4] == ["2026-06-01", "P1M", "all_riders"]
        assert await city.waiting() == 0


@pytest.mark.skipif("MDS_OPENAPI" not in os.environ, reason="MDS_OPENAPI names no folder of the official OpenAPI")
async def test_what_is_pushed_fits_the_official_openapi(city: City, ridden: str) -> None:
    await city.note()
    await city.push()
    official = Official(Path(os.environ["MDS_OPENAPI"]), "micromobility")
    for method, name, body in city.server.bodies:
        assert official.faults_of_body("agency", f"/{name}", body, method=method.lower()) == [], name


def test_an_answer_that_says_nothing_of_its_records_settles_none() -> None:
    record = UUID(int=1)
    ids = [record]
    for status, body in ((0, None), (500, None), (401, {}), (400, {}), (400, {"failures": [{"item": {}}]})):
        assert outcomes("event", ids, Answer(status, body))[record] == (Outcome.AGAIN, f"http_{status}")
    assert outcomes("event", ids, Answer(201, {"failures": "none"}))[record][0] is Outcome.TAKEN
    assert outcomes("report", ids, Answer(400, None))[record] == (Outcome.REFUSED, "bad_param")


def test_waits_double_up_to_an_hour() -> None:
    assert [wait(tries).total_seconds() for tries in (1, 2, 3, 10, 99)] == [5, 10, 20, 2560, 3600]


@pytest.mark.parametrize(
    "told", ["lakeport=https://t@host", "lakeport/buses=https://t@host", "/micromobility=https://t@host",
             "lakeport/micromobility=https://host/no-token", "lakeport/micromobility=ftp://t@host"]
)  # fmt: skip
def test_an_endpoint_that_cannot_be_read_is_named(told: str) -> None:
    with pytest.raises(SettingUnreadable, match="MOBILITY_MDS_AGENCIES must be"):
        read_targets(told)
