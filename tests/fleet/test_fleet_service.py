from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.base.ids import new_id
from mobility.city.tables import Station
from mobility.db.tables import OutboxMessage
from mobility.fleet import queries, service
from mobility.fleet.rules.credentials import matches
from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.modes import Step
from mobility.fleet.rules.refusals import (
    ChargeTooLow,
    ModeFixed,
    NotForOperators,
    UnknownVehicle,
    VehicleTaken,
    VehicleUnavailable,
)
from mobility.fleet.tables import Vehicle, VehicleEvent, VehicleStatus, VehicleType
from mobility.geo import LonLat
from tests.support.fleets import RIDER, Street, lakeport


async def test_new_vehicles_stand_charged_and_available_where_the_file_says(street: Street) -> None:
    terminal = await street.session.scalar(select(Station.id).where(Station.code == "terminal"))
    car, status = await street.vehicle("P-003"), await street.status("P-003")
    assert (car.state, car.station_id, status.lon, status.lat) == ("available", terminal, 175.1, -40.05)
    assert (status.charge_percent, status.range_m) == (100, 200_000)
    assert [event.event for event in await street.log("P-003")] == ["recommissioned", "service_start"]
    assert [event.event for event in await street.log("B-001")] == ["provider_drop_off"]
    assert (await street.vehicle("B-001")).station_id is None


async def test_loading_a_file_again_adds_only_the_vehicles_that_are_new(street: Street) -> None:
    city_file = lakeport()
    assert await service.add_vehicles(street.session, street.clock, city_file) == []
    breeze, *others = city_file.fleet
    larger = msgspec.structs.replace(city_file, fleet=(msgspec.structs.replace(breeze, count=6), *others))
    added = await service.add_vehicles(street.session, street.clock, larger)
    assert [new.plate for new in added] == ["B-006"]


async def test_of_a_vehicles_secret_only_the_hash_is_kept(street: Street) -> None:
    secret = street.vehicles["B-001"].secret
    assert matches(secret, (await street.vehicle("B-001")).key_hash)
    assert len({new.secret for new in street.vehicles.values()}) == len(street.vehicles)
    assert len(secret) == 43  # 256 bits in base64


async def test_a_type_that_left_the_file_is_retired_and_its_vehicles_are_not_for_rent(street: Street) -> None:
    city_file = lakeport()
    without_cars = msgspec.structs.replace(city_file, vehicle_types=city_file.vehicle_types[:1])
    await service.load_types(street.session, street.clock, without_cars)
    with pytest.raises(VehicleUnavailable):
        await street.reserve("P-001")
    assert (await street.reserve("B-001")).state == "reserved"
    await service.load_types(street.session, street.clock, city_file)
    assert (await street.reserve("P-001")).state == "reserved"
    types = await street.session.scalars(select(VehicleType).where(VehicleType.retired_at.is_not(None)))
    assert types.all() == []


async def test_a_type_keeps_its_mode(street: Street) -> None:
    city_file = lakeport()
    breeze, pebble = city_file.vehicle_types
    turned = msgspec.structs.replace(breeze, mode="car-share")
    with pytest.raises(ModeFixed) as refused:
        await service.load_types(
            street.session, street.clock, msgspec.structs.replace(city_file, vehicle_types=(turned, pebble))
        )
    assert (refused.value.code, refused.value.facts) == ("vehicle_type_mode_fixed", {"type": "breeze"})


async def test_a_reservation_is_an_event_of_the_rider_and_told_to_the_others(street: Street) -> None:
    taken = await street.reserve("B-001")
    last = (await street.log("B-001"))[-1]
    assert (taken.state, taken.state_seq) == ("reserved", 2)
    assert (last.event, last.from_state, last.to_state) == ("reservation_start", "available", "reserved")
    assert (last.seq, last.actor, last.actor_id, last.at) == (2, "rider", RIDER, street.clock.now())
    told = await street.session.scalar(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1))
    assert told is not None
    assert (told.topic, told.subject) == ("vehicle_state_changed", str(taken.id))
    assert (told.payload["state"], told.payload["seq"]) == ("reserved", 2)


async def refusal_of(street: Street, plate: str) -> Problem:
    with pytest.raises(Problem) as refused:
        await street.reserve(plate)
    return refused.value


async def test_a_vehicle_reserved_or_ridden_is_taken(street: Street) -> None:
    await street.reserve("B-001")
    assert isinstance(await refusal_of(street, "B-001"), VehicleTaken)
    await street.advance("B-001", Step.START)
    assert isinstance(await refusal_of(street, "B-001"), VehicleTaken)
    await street.reserve("P-001")
    await street.advance("P-001", Step.START, Step.PAUSE)
    assert isinstance(await refusal_of(street, "P-001"), VehicleTaken)


async def test_a_vehicle_out_of_service_or_out_of_sight_is_unavailable(street: Street) -> None:
    await street.report("B-001", "maintenance")
    await street.report("B-002", "comms_lost")
    await street.report("P-001", "service_end", "maintenance_pick_up")
    assert [type(await refusal_of(street, plate)) for plate in ("B-001", "B-002", "P-001")] == [VehicleUnavailable] * 3


async def test_a_charge_below_the_minimum_of_the_type_is_too_low_and_the_minimum_itself_is_enough(
    street: Street,
) -> None:
    await street.set_charge("P-001", 24.9)
    refusal = await refusal_of(street, "P-001")
    assert isinstance(refusal, ChargeTooLow)
    assert refusal.facts == {"charge_percent": 24.9, "charge_percent_min": 25}
    await street.set_charge("P-001", 25)
    assert (await street.reserve("P-001")).state == "reserved"


async def test_an_unknown_vehicle_is_refused(street: Street) -> None:
    with pytest.raises(UnknownVehicle):
        await service.reserve(street.session, street.clock, uuid4(), RIDER)
    with pytest.raises(UnknownVehicle):
        await service.apply(street.session, street.clock, new_id(), ["maintenance"], actor=service.Actor.SYSTEM)


async def test_a_cars_ride_is_logged_event_by_event_under_its_rental(street: Street) -> None:
    rental_id = new_id()
    await street.reserve("P-001")
    await street.advance("P-001", Step.START, Step.PAUSE, Step.RESUME, Step.END, rental_id=rental_id)
    log = (await street.log("P-001"))[3:]
    assert [event.event for event in log] == [
        *("reservation_stop", "trip_start", "trip_stop", "trip_resume", "trip_stop", "trip_end")
    ]
    assert [event.seq for event in log] == [4, 5, 6, 7, 8, 9]
    assert {event.rental_id for event in log} == {rental_id}
    assert (await street.vehicle("P-001")).state == "available"


async def test_a_step_of_several_events_is_told_once(street: Street) -> None:
    await street.reserve("P-001")
    await street.advance("P-001", Step.START)
    told = select(func.count()).where(OutboxMessage.subject == str(street.id("P-001")))
    assert await street.session.scalar(told) == 3  # deployed, reserved, started


async def test_pausing_a_moped_writes_nothing(street: Street) -> None:
    await street.reserve("B-001")
    started = (await street.advance("B-001", Step.START)).state_seq
    assert (await street.advance("B-001", Step.PAUSE, Step.RESUME)).state_seq == started


async def test_a_refused_event_changes_nothing(street: Street) -> None:
    with pytest.raises(TransitionRefused) as refused:
        await street.report("B-001", "battery_charged")
    assert refused.value.facts["state"] == "available"
    assert "maintenance" in refused.value.facts["allowed"]
    assert (await street.vehicle("B-001")).state_seq == 1


async def test_a_walk_refused_half_way_leaves_nothing_behind(street: Street) -> None:
    events = ["maintenance", "maintenance_pick_up", "battery_low"]
    with pytest.raises(TransitionRefused):
        await service.apply(street.session, street.clock, street.id("B-001"), events, actor=service.Actor.SYSTEM)
    await street.session.flush()
    assert ((await street.vehicle("B-001")).state_seq, len(await street.log("B-001"))) == (1, 1)


async def test_operators_take_a_vehicle_out_of_service_and_back_with_a_reason(street: Street) -> None:
    operator_id = new_id()
    for reason in ("mirror broken", "mirror replaced"):
        await service.report_event(
            street.session, street.clock, street.id("B-001"), "maintenance", operator_id=operator_id, reason=reason
        )
    out, back = (await street.log("B-001"))[-2:]
    assert (out.to_state, out.reason, out.actor, out.actor_id) == (
        *("non_operational", "mirror broken", "operator"),
        operator_id,
    )
    assert (back.to_state, back.reason) == ("available", "mirror replaced")


async def test_operators_cannot_say_what_only_a_ride_says(street: Street) -> None:
    with pytest.raises(NotForOperators):
        await street.report("B-001", "trip_start")


async def test_a_vehicle_heard_again_in_a_ride_is_in_its_ride_again(street: Street) -> None:
    await street.reserve("P-001")
    await street.advance("P-001", Step.START, Step.PAUSE)
    assert (await street.report("P-001", "comms_lost")).state == "non_contactable"
    assert (await street.report("P-001", "comms_restored")).state == "stopped"


async def test_a_ride_on_a_vehicle_that_went_silent_ends_with_the_vehicle_available(street: Street) -> None:
    await street.reserve("B-001")
    await street.advance("B-001", Step.START)
    await street.report("B-001", "comms_lost", "not_located")
    assert (await street.advance("B-001", Step.END)).state == "available"
    assert [event.event for event in await street.log("B-001")][-2:] == ["located", "trip_end"]


async def test_a_reserved_vehicle_that_was_lost_and_found_is_free_again(street: Street) -> None:
    await street.reserve("B-001")
    assert (await street.report("B-001", "comms_lost", "comms_restored")).state == "available"


async def test_the_public_id_is_another_one_after_its_rotation(street: Street) -> None:
    before = (await street.vehicle("B-001")).public_id
    after = await service.rotate_public_id(street.session, street.id("B-001"))
    assert (await street.vehicle("B-001")).public_id == after != before
    with pytest.raises(UnknownVehicle):
        await service.reserve(street.session, street.clock, before, RIDER)


async def test_a_parked_vehicle_stands_where_its_ride_ended(street: Street, clock: FixedClock) -> None:
    market = await street.session.scalar(select(Station.id).where(Station.code == "market"))
    clock.advance(timedelta(minutes=20))
    await service.park(street.session, clock, street.id("P-001"), LonLat(175.01, -40.0), market)
    status = await street.status("P-001")
    assert (status.lon, status.lat, status.reported_at) == (175.01, -40.0, clock.now())
    assert (await street.vehicle("P-001")).station_id == market
    await service.park(street.session, clock, street.id("P-001"), LonLat(175.02, -40.0), None)
    assert (await street.vehicle("P-001")).station_id is None


@pytest.mark.parametrize(
    "statement",
    [
        update(VehicleEvent).values(reason="never happened"),
        delete(VehicleEvent),
        text("TRUNCATE vehicle_event CASCADE"),
    ],
)
async def test_what_happened_to_a_vehicle_cannot_be_changed_or_deleted(street: Street, statement: object) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await street.session.execute(statement)  # type: ignore[call-overload]


async def test_vehicles_are_counted_by_state(street: Street) -> None:
    await street.reserve("B-001")
    await street.report("P-001", "service_end")
    assert await queries.count_by_state(street.session, "lakeport") == {
        "available": 6,
        "reserved": 1,
        "non_operational": 1,
    }


async def test_every_state_follows_from_its_events_after_rides_losses_and_returns(street: Street) -> None:
    for plate in ("B-001", "P-001"):
        await street.reserve(plate)
        await street.advance(plate, Step.START)
        await street.report(plate, "comms_lost")
        await street.report(plate, "comms_restored")
        await street.advance(plate, Step.PAUSE, Step.END)
    await street.reserve("B-002")
    await street.report("B-002", "not_located", "located", "maintenance")
    assert await queries.states_follow_from_events(street.session) == []


async def test_a_state_beside_its_log_is_found(street: Street) -> None:
    await street.session.execute(update(Vehicle).where(Vehicle.plate == "B-001").values(state="missing"))
    await street.session.execute(update(Vehicle).where(Vehicle.plate == "B-002").values(state_seq=9))
    assert await queries.states_follow_from_events(street.session) == [
        "B-001: is missing at event 1, its log ends available at 1",
        "B-002: is available at event 9, its log ends available at 1",
    ]


async def test_a_log_with_a_gap_or_an_impossible_step_is_found(street: Street) -> None:
    def event(plate: str, seq: int, name: str, before: str, after: str) -> VehicleEvent:
        step = {"event": name, "from_state": before, "to_state": after}
        return VehicleEvent(vehicle_id=street.id(plate), seq=seq, at=street.clock.now(), actor="system", **step)

    street.session.add(event("B-001", 3, "maintenance", "available", "non_operational"))
    street.session.add(event("B-002", 2, "maintenance", "reserved", "available"))
    await street.session.flush()
    found = await queries.states_follow_from_events(street.session)
    assert "B-001: event 3 does not continue from the one before" in found
    assert "B-002: event 2 does not continue from the one before" in found
    assert "B-002: reserved → maintenance → available is no step of mode micromobility" in found


async def test_a_vehicle_has_a_status_from_its_first_day(street: Street) -> None:
    without: list[UUID] = list(
        await street.session.scalars(
            select(Vehicle.id).outerjoin(VehicleStatus).where(VehicleStatus.vehicle_id.is_(None))
        )
    )
    assert without == []
