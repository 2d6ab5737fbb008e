"""The fictional city's fleet: five mopeds B-001 to B-005 around the market, three cars P-001 to P-003 at stations."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city, read_city_file
from mobility.db.session import Sessions, transaction
from mobility.fleet import service
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor, NewVehicle
from mobility.fleet.tables import Vehicle, VehicleEvent, VehicleStatus
from mobility.riders.service import grant_role
from tests.support.riders import code_for, person, sign_in

LAKEPORT = Path(__file__).parent / "cities/lakeport/city.toml"
RIDER = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def lakeport() -> CityFile:
    return read_city_file(LAKEPORT)


async def load_fleet(session: AsyncSession, clock: Clock) -> dict[str, NewVehicle]:
    """Lakeport with its vehicles on the street, by plate."""
    city_file = lakeport()
    await load_city(session, clock, city_file)
    await service.load_types(session, clock, city_file)
    return {new.plate: new for new in await service.add_vehicles(session, clock, city_file)}


@dataclass(frozen=True)
class Street:
    """The vehicles as one session sees them."""

    session: AsyncSession
    clock: Clock
    vehicles: dict[str, NewVehicle]

    def id(self, plate: str) -> UUID:
        return self.vehicles[plate].id

    async def vehicle(self, plate: str) -> Vehicle:
        return await self.session.get_one(Vehicle, self.id(plate), populate_existing=True)

    async def status(self, plate: str) -> VehicleStatus:
        return await self.session.get_one(VehicleStatus, self.id(plate), populate_existing=True)

    async def log(self, plate: str) -> Sequence[VehicleEvent]:
        events = select(VehicleEvent).where(VehicleEvent.vehicle_id == self.id(plate)).order_by(VehicleEvent.seq)
        return (await self.session.scalars(events)).all()

    async def reserve(self, plate: str, rider: UUID = RIDER) -> Vehicle:
        return await service.reserve(self.session, self.clock, (await self.vehicle(plate)).public_id, rider)

    async def advance(self, plate: str, *steps: Step, rental_id: UUID | None = None) -> Vehicle:
        for step in steps:
            await service.advance(
                self.session, self.clock, self.id(plate), step, actor=Actor.RIDER, actor_id=RIDER, rental_id=rental_id
            )
        return await self.vehicle(plate)

    async def report(self, plate: str, *events: str) -> Vehicle:
        """What an operator says of the vehicle."""
        for event in events:
            await service.report_event(
                self.session, self.clock, self.id(plate), event, operator_id=new_id(), reason="seen on the round"
            )
        return await self.vehicle(plate)

    async def set_charge(self, plate: str, charge_percent: float) -> None:
        status = update(VehicleStatus).where(VehicleStatus.vehicle_id == self.id(plate))
        await self.session.execute(status.values(charge_percent=charge_percent))


async def signed_in(
    sessions: Sessions, clock: Clock, email: str = "operator@example.fr", *, role: str = "operator", city: str | None
) -> dict[str, str]:
    """Headers of a person who holds `role` in `city`, in every city for None."""
    async with transaction(sessions) as session:
        account = await person(session, clock, email)
        await grant_role(session, clock, account.id, role, city)  # type: ignore[arg-type]
        opened = await sign_in(session, clock, *await code_for(session, clock, email))
    return {"Authorization": f"Bearer {opened.token}"}
