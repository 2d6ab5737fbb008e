from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules.outages import Outage
from mobility.booking.service import looks, propagation, unserved
from mobility.booking.service.booked import lock_if
from mobility.booking.service.holds import release_stale
from mobility.booking.service.watching import WATCHES, list_due
from mobility.db.session import Sessions, transaction


async def expire_holds(session: AsyncSession, clock: Clock) -> int:
    """Give back the vehicles of holds that ran out; how many. Several workers may do so at once."""
    return await release_stale(session, clock)


async def forget_looks(session: AsyncSession, clock: Clock, *, kept_days: int) -> int:
    """Forget who looked at riders' data longer ago than that; how many looks."""
    return await looks.forget(session, clock, timedelta(days=kept_days))


async def forget_searches(session: AsyncSession, clock: Clock) -> int:
    """Forget searches that found nothing once no forecast looks so far back; how many counts."""
    return await unserved.forget(session, clock)


async def watch_bookings(sessions: Sessions, clock: Clock) -> int:
    """Remind riders of their bookings, find vehicles that will not be there, release what nobody started; how many."""
    looked_at = 0
    for due, act in WATCHES:
        async with transaction(sessions) as session:
            booking_ids = await list_due(session, due(clock.now()))
        for booking_id in booking_ids:
            async with transaction(sessions) as session:
                booking = await lock_if(session, booking_id, due(clock.now()))
                if booking is not None:
                    await act(session, clock, booking)
                    looked_at += 1
    return looked_at


async def close_looks(session: AsyncSession, clock: Clock) -> int:
    """Close the looks at rides whose time is up, and forget what they showed; how many."""
    return await looks.close_over(session, clock)


async def relieve_outages(sessions: Sessions, clock: Clock) -> int:
    """Look again at bookings whose vehicle is out of service or not back; how many vehicles were looked at."""
    async with transaction(sessions) as session:
        found = await propagation.list_out(session, clock.now())
    for vehicle_id, is_late in found:
        async with transaction(sessions) as session:
            await propagation.propagate(session, clock, vehicle_id, Outage(is_late=is_late))
    return len(found)
