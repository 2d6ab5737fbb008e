"""What a ride asks of its vehicle."""

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Rental
from mobility.fleet import service as fleet
from mobility.fleet.rules.commands import Command, Kind
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor, commands
from mobility.fleet.tables import VehicleCommand


async def advance(session: AsyncSession, clock: Clock, rental: Rental, step: Step) -> None:
    """Take the vehicle through a step of the ride, for its rider."""
    await fleet.advance(
        session,
        clock,
        rental.vehicle_id,
        step,
        actor=Actor.RIDER,
        actor_id=rental.account_id,
        rental_id=rental.id,
    )


async def tell(session: AsyncSession, clock: Clock, rental: Rental, kind: Kind) -> VehicleCommand:
    """Order the vehicle to lock or unlock, for its rider."""
    return await commands.send(
        session,
        clock,
        rental.vehicle_id,
        Command(kind),
        actor=Actor.RIDER,
        actor_id=rental.account_id,
        rental_id=rental.id,
    )
