from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.events import RideLocated
from mobility.booking.rules import letters
from mobility.booking.rules.looks import Purpose
from mobility.booking.rules.outages import FOR_GOOD, Outage
from mobility.booking.service import family, propagation, unlocking, watching
from mobility.booking.service.holds import release_stale
from mobility.booking.tables import Assistance, Hold, Rental
from mobility.db.outbox import Subscriptions
from mobility.fleet.events import VehicleCommandChanged, VehicleStateChanged, VehicleTakenOutOfService
from mobility.fleet.rules.commands import Kind, State
from mobility.fleet.tables import Vehicle
from mobility.payments.events import AuthorisationDeclined
from mobility.riders.events import GuardianshipEnded
from mobility.riders.service import note_city, notify


async def withdraw_hold(session: AsyncSession, clock: Clock, event: VehicleStateChanged) -> None:
    """A vehicle that left `reserved` without its rider is no longer held; asks how things are now, not in the event."""
    await release_stale(session, clock, Hold.vehicle_id == event.vehicle_id)


async def note_rider(session: AsyncSession, clock: Clock, event: VehicleStateChanged) -> None:
    """Whoever holds a vehicle has something to do with its city: its operators see them. Not in the hold's own time."""
    if event.state == "reserved":
        # Who held it then: by the time this is told the ride may have begun, or be over.
        still = or_(Hold.released_at.is_(None), Hold.released_at >= event.at)
        holding = select(Hold.account_id).where(Hold.vehicle_id == event.vehicle_id, Hold.created_at <= event.at, still)
        for account_id in await session.scalars(holding):
            await note_city(session, clock, account_id, event.city_id)


async def answer_rider(session: AsyncSession, clock: Clock, event: VehicleCommandChanged) -> None:
    """A rider's unlock has its final answer: the ride begins, or does not."""
    if event.kind != Kind.UNLOCK or event.rental_id is None or event.state == State.SENT:
        return
    if event.state == State.CONFIRMED:
        await unlocking.unlocked(session, clock, event.rental_id)
    else:
        await unlocking.not_unlocked(session, clock, event.rental_id, answer=event.state, at=event.at)


async def tell_located(session: AsyncSession, clock: Clock, event: RideLocated) -> None:
    """The rider is told that others see or saw where the ride is."""
    rental = await session.get_one(Rental, event.rental_id)
    opened = await session.get_one(Assistance, event.assistance_id)
    message = letters.ride_located(Purpose(opened.purpose))
    await notify(session, clock, rental.account_id, message, key=f"ride_located:{opened.id}")


async def tell_card_declined(session: AsyncSession, clock: Clock, event: AuthorisationDeclined) -> None:
    """The bank does not guarantee a booking: its rider is told until when another card will do."""
    await watching.tell_declined(session, clock, event.reference_id)


async def propagate_outage(session: AsyncSession, clock: Clock, event: VehicleTakenOutOfService) -> None:
    """The bookings of a vehicle that is out of service go to others; one that is back meanwhile keeps them."""
    vehicle = await session.get_one(Vehicle, event.vehicle_id)
    if vehicle.state != "available":
        outage = Outage(until=event.until, for_good=event.reason in FOR_GOOD)
        await propagation.propagate(session, clock, vehicle.id, outage)


async def cancel_bookings(session: AsyncSession, clock: Clock, event: GuardianshipEnded) -> None:
    """Without a parent's consent a minor's bookings are nobody's to pay."""
    await family.cancel_not_allowed(session, clock, event.child_id)


def subscriptions() -> Subscriptions:
    return {
        VehicleStateChanged: [withdraw_hold, note_rider],
        VehicleTakenOutOfService: [propagate_outage],
        GuardianshipEnded: [cancel_bookings],
        VehicleCommandChanged: [answer_rider],
        RideLocated: [tell_located],
        AuthorisationDeclined: [tell_card_declined],
    }
