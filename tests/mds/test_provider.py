"""What an agency reads of rides, and of a walk through every transition of both modes."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.modes import MACHINES, Mode
from mobility.fleet.service import NewVehicle
from mobility.mds.rules.provider import TOLD_AS
from mobility.mds.service.recording import forget_places
from tests.booking.conftest import PublicIds
from tests.mds.conftest import Agency, Tell
from tests.mds.openapi import Official
from tests.mds.walking import walk
from tests.support.rides import LIGHTHOUSE, WHARF, Phone

MODES = ("micromobility", "car-share")
PLATES = {"micromobility": "B-001", "car-share": "P-001"}
ENDS = {"micromobility": LIGHTHOUSE, "car-share": WHARF}
# Facts of the official OpenAPI (mds-openapi v2.0, models/modes/*/event.yaml, CC BY 4.0): what may lead into a state.
ANYWHERE = {"comms_restored", "located"}
INTO: dict[str, dict[str, set[str]]] = {
    "micromobility": {
        "removed": {
            "agency_pick_up",
            "compliance_pick_up",
            "decommissioned",
            "maintenance_pick_up",
            "rebalance_pick_up",
        },
        "available": {
            *("agency_drop_off", "battery_charged", "maintenance", "on_hours", "provider_drop_off"),
            *("reservation_cancel", "system_resume", "trip_cancel", "trip_end"),
        },
        "non_operational": {"battery_low", "maintenance", "off_hours", "system_suspend"},
        "reserved": {"reservation_start"},
        "on_trip": {"changed_geographies", "trip_enter_jurisdiction", "trip_start"},
        "non_contactable": {"comms_lost"},
        "missing": {"not_located"},
        "elsewhere": {"trip_leave_jurisdiction"},
    },
    "car-share": {
        "removed": {"decommissioned", "maintenance", "maintenance_pick_up"},
        "available": {
            *("driver_cancellation", "customer_cancellation", "provider_cancellation"),
            *("service_start", "trip_end", "trip_enter_jurisdiction"),
        },
        # And `recommissioned`, which data-types/event-type.yaml does not have: it is told as `maintenance_end`.
        "non_operational": {"maintenance_end", "service_end", "trip_enter_jurisdiction"},
        "reserved": {"reservation_start", "trip_enter_jurisdiction"},
        "on_trip": {"trip_enter_jurisdiction", "trip_resume", "trip_start"},
        "non_contactable": {"comms_lost"},
        "stopped": {
            *("charging_end", "charging_start", "remote_end", "remote_start", "reservation_stop", "trip_stop"),
        },
        "elsewhere": {"trip_leave_jurisdiction"},
    },
}
NEEDS_TRIP = {
    "micromobility": {"trip_cancel", "trip_end", "trip_enter_jurisdiction", "trip_leave_jurisdiction", "trip_start"},
    "car-share": {
        *("customer_cancellation", "driver_cancellation", "provider_cancellation", "reservation_start"),
        *("reservation_stop", "trip_end", "trip_enter_jurisdiction", "trip_leave_jurisdiction"),
        *("trip_resume", "trip_start", "trip_stop"),
    },
}
HOUR = "2026-06-15T08"
AGENCY_PATHS = {"policy": "policies", "geography": "geographies", "jurisdiction": "jurisdictions"}


async def ride(phone: Phone, public_ids: PublicIds, clock: FixedClock, mode: str) -> str:
    """Held and given back; then ridden, paused, ridden on and ended. The rental's id."""
    for is_ridden in (False, True):
        (public_id,) = await public_ids(PLATES[mode])
        hold = (await phone.post("/v1/holds", {"vehicle_id": str(public_id)})).json()
        clock.advance(timedelta(seconds=30))
        if not is_ridden:
            await phone.delete(f"/v1/holds/{hold['id']}")
            clock.advance(timedelta(seconds=10))
    rental = (await phone.post("/v1/rentals", {"hold_id": hold["id"]})).json()
    for step in ("pause", "resume"):
        clock.advance(timedelta(minutes=3))
        await phone.post(f"/v1/rentals/{rental['id']}/{step}")
    clock.advance(timedelta(minutes=3))
    where = {"lon": ENDS[mode].lon, "lat": ENDS[mode].lat}
    assert (await phone.post(f"/v1/rentals/{rental['id']}/end", {"position": where})).status_code == 200
    return str(rental["id"])


@pytest.fixture
async def ridden(agency: Agency, phone: Phone, public_ids: PublicIds, clock: FixedClock, tell: Tell) -> dict[str, str]:
    """A ride of each mode in the hour from eight; it is half past ten."""
    rentals = {mode: await ride(phone, public_ids, clock, mode) for mode in MODES}
    await tell()
    clock.instant = clock.instant.replace(hour=10, minute=30)
    return rentals


async def events(agency: Agency, mode: str, hour: str = HOUR) -> list[Any]:
    found: list[Any] = (await agency.read(mode, "events/historical", event_time=hour))["events"]
    return found


async def test_a_ride_is_one_trip_with_two_ends_nothing_between_and_nobody_named(
    agency: Agency, ridden: dict[str, str], phone: Phone
) -> None:
    for mode in MODES:
        (trip,) = (await agency.read(mode, "trips", end_time=HOUR))["trips"]
        own = [each for each in await events(agency, mode) if trip["trip_id"] in each.get("trip_ids", ())]
        started = next(each for each in own if "trip_start" in each["event_types"])
        ended = next(each for each in own if "trip_end" in each["event_types"])
        assert (trip["start_time"], trip["end_time"]) == (started["timestamp"], ended["timestamp"])
        assert (trip["start_location"], trip["end_location"]) == (started["location"], ended["location"])
        assert trip["duration"] == (trip["end_time"] - trip["start_time"]) // 1000 == 9 * 60
        telemetry = (await agency.read(mode, "telemetry", telemetry_time=HOUR))["telemetry"]
        of_trip = [each for each in telemetry if each["trip_ids"] == [trip["trip_id"]]]
        assert [each["location"] for each in of_trip] == [trip["start_location"], trip["end_location"]]
        within = [each for each in own if trip["start_time"] < each["timestamp"] < trip["end_time"]]
        assert all("location" not in each and each["event_geographies"] for each in within)
        assert [each["event_types"] for each in within] == (
            [["trip_stop"], ["trip_resume"]] if mode == "car-share" else []
        )
        assert_nobody_is_named(trip, own, of_trip, secrets=(str(phone.person.account_id), ridden[mode]))


def assert_nobody_is_named(*told: Any, secrets: tuple[str, str]) -> None:
    """Neither the account nor the rental."""
    assert [secret for secret in secrets if secret in str(told)] == []


async def test_a_paused_moped_stays_on_its_trip_and_a_car_stops(agency: Agency, ridden: dict[str, str]) -> None:
    told = {mode: [each["event_types"][0] for each in await events(agency, mode)] for mode in MODES}
    ridden_on = [event for event in told["micromobility"] if event.startswith(("reservation", "trip"))]
    assert ridden_on == ["reservation_start", "reservation_cancel", "reservation_start", "trip_start", "trip_end"]
    given_back = ["reservation_start", "customer_cancellation", "reservation_start", "reservation_stop", "trip_start"]
    assert told["car-share"][-9:] == [*given_back, "trip_stop", "trip_resume", "trip_stop", "trip_end"]
    trips = [each["trip_ids"][0] for each in await events(agency, "car-share") if each.get("trip_ids")]
    assert trips[0] == trips[1] != trips[2]  # the reservation given back is another one
    assert set(trips[2:]) == {trips[2]}


async def test_a_vehicle_being_ridden_is_where_its_trip_began(
    agency: Agency, phone: Phone, public_ids: PublicIds, tell: Tell
) -> None:
    for mode in MODES:
        (public_id,) = await public_ids(PLATES[mode])
        rental = await phone.ride(public_id)
        await tell()
        states = (await agency.read(mode, "vehicles/status"))["vehicles_status"]
        (riding,) = [each for each in states if each["last_telemetry"]["trip_ids"]]
        assert riding["last_event"]["vehicle_state"] == "on_trip"
        assert riding["last_telemetry"]["location"] == riding["last_event"]["location"]
        where = {"lon": ENDS[mode].lon, "lat": ENDS[mode].lat}
        await phone.post(f"/v1/rentals/{rental['id']}/end", {"position": where})
        one = await agency.read(mode, f"vehicles/status/{riding['device_id']}")
        assert len(one["vehicles_status"]) == 1


async def test_where_vehicles_stood_long_ago_is_forgotten_and_told_by_area(
    agency: Agency, ridden: dict[str, str], sessions: Sessions, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=60))
    async with transaction(sessions) as session:
        assert await forget_places(session, clock, 60) > 0
        assert await forget_places(session, clock, 60) == 0
    for each in await events(agency, "micromobility"):
        is_end = each["event_types"][0] in ("trip_start", "trip_end")
        assert ("location" in each, "event_geographies" in each) == (is_end, not is_end)


async def test_stops_count_what_stands_in_their_bays(agency: Agency) -> None:
    stops = {each["name"]: each for each in (await agency.read("car-share", "stops"))["stops"]}
    assert stops["Wharf"]["capacity"] == {"car": 3}
    assert stops["Wharf"]["num_vehicles_available"] == {"car": 2}
    assert stops["Wharf"]["num_places_available"] == {"car": 1}
    one = await agency.read("car-share", f"stops/{stops['Wharf']['stop_id']}")
    assert one["stops"] == [stops["Wharf"]]


@pytest.fixture
async def walked(
    agency: Agency, ridden: dict[str, str], sessions: Sessions, clock: FixedClock, town: list[NewVehicle], tell: Tell
) -> None:
    """Every transition of both modes, taken between half past ten and eleven; it is half past twelve."""
    vehicles = {each.plate: each.id for each in town}
    for mode in Mode:
        taken = await walk(sessions, clock, vehicles[PLATES[mode]], mode, UUID(ridden[mode]))
        assert taken >= len(MACHINES[mode].transitions)
    await tell()
    clock.instant = clock.instant.replace(hour=12, minute=30)


async def test_every_transition_of_both_modes_is_told_as_the_standard_has_it(
    agency: Agency, walked: None, ridden: dict[str, str]
) -> None:
    for mode in MODES:
        told = await events(agency, mode, "2026-06-15T10")
        pairs = {(each["vehicle_state"], each["event_types"][0]) for each in told}
        assert all(event in INTO[mode][state] | ANYWHERE for state, event in pairs)
        machine = MACHINES[Mode(mode)]
        assert {event for _, event in pairs} == {TOLD_AS.get(event, str(event)) for _, event in machine.transitions}
        for each in told:
            needs_trip = bool(NEEDS_TRIP[mode] & set(each["event_types"]))
            assert bool(each.get("trip_ids")) == needs_trip, each
            assert ("location" in each) != ("event_geographies" in each)


@pytest.mark.skipif("MDS_OPENAPI" not in os.environ, reason="MDS_OPENAPI names no folder of the official OpenAPI")
async def test_answers_of_both_modes_fit_the_official_openapi(agency: Agency, walked: None) -> None:
    for mode in MODES:
        official = Official(Path(os.environ["MDS_OPENAPI"]), mode)
        hours = [HOUR, "2026-06-15T10"]
        since, until = (
            (await events(agency, mode))[0]["timestamp"],
            (await events(agency, mode, hours[1]))[-1]["timestamp"],
        )
        asked = [
            *(("events/historical", {"event_time": hour}) for hour in hours),
            *(("telemetry", {"telemetry_time": hour}) for hour in hours),
            ("trips", {"end_time": HOUR}),
            ("events/recent", {"start_time": since, "end_time": until + 1}),
            *((path, {}) for path in ("vehicles", "vehicles/status", "stops")),
        ]
        for path, params in asked:
            answer = await agency.read(mode, path, **params)
            assert official.faults("provider", f"/{path}", answer) == [], path
        for api, path in AGENCY_PATHS.items():
            for name in (path, f"{path}.json"):
                assert official.faults(api, f"/{name}", (await agency.get(name)).json()) == [], name
        assert official.faults("policy", "/requirements", (await agency.get("requirements")).json()) == []
