"""A vehicle kept beyond the free minutes: for how long, and what that costs, ridden or not."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking import queries
from mobility.booking.rules.holds import HoldState, extended, is_over, minutes_left
from mobility.booking.rules.refusals import WHY_OVER, HoldExpired
from mobility.booking.service.bills import PricedRide, hold_line, priced
from mobility.booking.service.bookings import free_until
from mobility.booking.service.calendars import lock_vehicles
from mobility.booking.service.documents import document_hold, document_lines
from mobility.booking.service.rides import Extension, Held, held_vehicle
from mobility.booking.tables import Hold
from mobility.city.rules.in_force import vat_in_force
from mobility.city.service import get_city
from mobility.invoicing.rules.documents import vat_cents
from mobility.payments import service as payments
from mobility.pricing.rules.bills import bill_of
from mobility.riders.service import payer_of


async def extend(session: AsyncSession, clock: Clock, *, account_id: UUID, hold_id: UUID, minutes: int) -> Held:
    """Keep a held vehicle for so many minutes more, for the price that the city's file says now.

    Raises
    ------
    UnknownHold, HoldExpired, HoldUsed, HoldCancelled, HoldWithdrawn, HoldNotExtendable, ExtensionTooLong
    """
    kept = await queries.lock_hold(session, hold_id, account_id)
    if kept.state != HoldState.ACTIVE:
        raise WHY_OVER[kept.state]
    if is_over(expires_at=kept.expires_at, now=clock.now()):
        raise HoldExpired
    held = await held_now(session, clock, kept)
    terms = (await get_city(session, kept.city_id)).vehicle_type(held.vehicle.type_code).hold
    # A booking that is being made waits for us, or we have waited for it.
    await lock_vehicles(session, [kept.vehicle_id])
    if kept.expires_at == kept.free_until:
        kept.extension_rate_cents = terms.extension_rate_cents
    kept.expires_at = extended(
        terms,
        free_until=kept.free_until,
        expires_at=kept.expires_at,
        minutes=minutes,
        needed_at=await free_until(session, kept.vehicle_id, clock.now()),
    )
    await session.flush()
    return await held_now(session, clock, kept)


async def held_now(session: AsyncSession, clock: Clock, kept: Hold) -> Held:
    """A hold with its vehicle, and by how much it can be extended."""
    known, city = await queries.get_held(session, kept), await get_city(session, kept.city_id)
    vehicle_type = city.vehicle_types.get(known.vehicle.type_code)
    if vehicle_type is None or not vehicle_type.hold.extension_minutes_max:
        return Held(kept, held_vehicle(kept, known))
    needed_at = await free_until(session, kept.vehicle_id, clock.now())
    left = minutes_left(vehicle_type.hold, free_until=kept.free_until, expires_at=kept.expires_at, needed_at=needed_at)
    is_extended = kept.expires_at > kept.free_until
    rate_cents = kept.extension_rate_cents if is_extended else vehicle_type.hold.extension_rate_cents
    return Held(kept, held_vehicle(kept, known), Extension(left, Money(rate_cents, city.file.currency)))


async def find_current(session: AsyncSession, clock: Clock, account_id: UUID) -> Held | PricedRide | None:
    """What an account is in the middle of."""
    kept = await queries.find_active_hold(session, account_id)
    if kept is not None and not is_over(expires_at=kept.expires_at, now=clock.now()):
        return await held_now(session, clock, kept)
    ride = await queries.find_current_ride(session, account_id)
    return None if ride is None else await priced(session, clock, ride)


async def charge_unused(session: AsyncSession, clock: Clock, kept: Hold) -> None:
    """Charge what a hold that nobody rode has cost beyond its free minutes."""
    if kept.released_at is None or not kept.extension_rate_cents:
        return
    city = await get_city(session, kept.city_id)
    due = bill_of([hold_line(kept, kept.released_at)], city.file.currency)
    if not due.total.cents:
        return
    payer_id = await payer_of(session, kept.account_id, city.local(kept.created_at))
    vat_percent = vat_in_force(city.file, city.date_of(clock.now())).rate_percent
    lines = document_lines(due, vat_percent)
    await payments.charge(
        session,
        clock,
        account_id=payer_id,
        city_id=kept.city_id,
        reference_id=kept.id,
        total=due.total,
        vat_percent=vat_percent,
        vat_cents=vat_cents(lines),
        kind="hold",
    )
    await document_hold(session, clock, city, kept, lines, payer_id=payer_id)
