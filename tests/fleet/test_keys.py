from uuid import UUID

import pytest
from sqlalchemy import select, update

from mobility.base.ids import new_id
from mobility.fleet.rules.credentials import matches
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.service.keys import broker_passwords, enrol_at_broker, renew_key, revoke_key
from mobility.fleet.tables import Vehicle
from tests.support.fleets import Street


async def users(street: Street) -> list[str]:
    return [line.split(":")[0] for line in (await broker_passwords(street.session, {"desk": "open"})).splitlines()]


async def id_of(street: Street, plate: str) -> UUID:
    return (await street.session.scalars(select(Vehicle.id).where(Vehicle.plate == plate))).one()


async def test_every_vehicle_and_the_users_named_may_come_in_at_the_broker(street: Street) -> None:
    ids = await street.session.scalars(select(Vehicle.id).order_by(Vehicle.id))
    assert await users(street) == ["desk", *map(str, ids)]


async def test_a_renewed_key_replaces_the_one_before_both_ways_in(street: Street) -> None:
    vehicle_id = await id_of(street, "B-001")
    before = (await street.vehicle("B-001")).broker_hash
    secret = await renew_key(street.session, vehicle_id)
    vehicle = await street.vehicle("B-001")
    assert matches(secret, vehicle.key_hash)
    assert vehicle.broker_hash not in (None, before)


async def test_a_revoked_key_lets_nobody_in(street: Street) -> None:
    vehicle_id = await id_of(street, "B-001")
    await revoke_key(street.session, vehicle_id)
    assert str(vehicle_id) not in await users(street)
    assert not await enrol_at_broker(street.session, vehicle_id, "")


async def test_a_vehicle_from_before_the_broker_is_enrolled_with_its_own_secret_only(street: Street) -> None:
    vehicle_id = await id_of(street, "B-001")
    secret = await renew_key(street.session, vehicle_id)
    await street.session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(broker_hash=None))
    assert not await enrol_at_broker(street.session, vehicle_id, "another")
    assert str(vehicle_id) not in await users(street)
    assert await enrol_at_broker(street.session, vehicle_id, secret)
    assert str(vehicle_id) in await users(street)
    assert not await enrol_at_broker(street.session, new_id(), secret)


@pytest.mark.parametrize("change", [renew_key, revoke_key])
async def test_only_a_vehicle_has_a_key(street: Street, change: object) -> None:
    with pytest.raises(UnknownVehicle):
        await change(street.session, new_id())  # type: ignore[operator]
