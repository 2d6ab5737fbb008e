"""What bookings cost: quoted when they are made, kept ready a day before, and the fees of not keeping to them."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking.service.bills import zones_holding
from mobility.booking.service.documents import document_fee
from mobility.booking.service.towns import Town, place_of
from mobility.booking.tables import Booking
from mobility.city.rules.in_force import vat_in_force
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.payments import service as payments
from mobility.pricing import service as pricing
from mobility.pricing.rules.bills import Bill
from mobility.pricing.rules.usage import usage_in
from mobility.pricing.tables import Tariff
from mobility.riders.service import payer_of

KEPT_READY_BEFORE = timedelta(hours=24)
"""Banks keep money ready for five to seven days: asked for at the booking, it would be gone before the ride."""
NEEDED_AFTER = timedelta(days=1)
"""A ride may end late, and is charged then."""


async def quote(
    session: AsyncSession,
    town: Town,
    type_code: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    end_station_id: UUID | None,
    account_id: UUID | None,
) -> tuple[Tariff, Bill]:
    """What a ride of that time costs somebody, None for anybody, and the tariff that says so; raises `NotInForce`."""
    city_id = town.city.file.id
    tariff = await pricing.tariff_in_force(
        session, city_id=city_id, type_code=type_code, at=starts_at, account_id=account_id
    )
    times = {"starts_at": starts_at, "ends_at": ends_at}
    return tariff, await quote_by(
        session, town, tariff.id, **times, end_station_id=end_station_id, account_id=account_id
    )


async def quote_by(
    session: AsyncSession,
    town: Town,
    tariff_id: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    end_station_id: UUID | None,
    account_id: UUID | None,
) -> Bill:
    """What a ride of that time costs by a tariff, without a pause; of the way nothing is known yet."""
    station = town.stations.get(end_station_id) if end_station_id else None
    usage = usage_in(town.city, starts_at, ends_at, booked_ahead=True)
    if station is not None:
        type_code = (await session.get_one(Tariff, tariff_id)).type_code
        zones = zones_holding(town.city, type_code, place_of(station), ends_at)
        usage = replace(usage, end_zones=zones, end_station=station.code)
    return await pricing.bill(session, tariff_id, usage, account_id)


async def keep_ready(session: AsyncSession, clock: Clock, city: PreparedCity, booking: Booking) -> None:
    """Have the quoted amount kept ready by the payer's bank from a day before the start on."""
    if not booking.quoted_cents:
        return
    await payments.authorise(
        session,
        clock,
        account_id=await payer_of(session, booking.account_id, city.local(booking.starts_at)),
        city_id=booking.city_id,
        reference_id=booking.id,
        amount=Money(booking.quoted_cents, city.file.currency),
        place_at=booking.starts_at - KEPT_READY_BEFORE,
        until=booking.ends_at + NEEDED_AFTER,
    )


async def charge_fee(session: AsyncSession, clock: Clock, booking: Booking, *, authorised: bool) -> None:
    """Charge what the booking's terms ask beside the ride; `authorised`: the money kept ready is for it."""
    city = await get_city(session, booking.city_id)
    payer_id = await payer_of(session, booking.account_id, city.local(booking.starts_at))
    vat_percent = vat_in_force(city.file, city.date_of(clock.now())).rate_percent
    await payments.charge(
        session,
        clock,
        account_id=payer_id,
        city_id=booking.city_id,
        reference_id=booking.id,
        total=Money(booking.fee_cents, city.file.currency),
        vat_percent=vat_percent,
        kind="booking_fee",
        authorised_by=booking.id if authorised else None,
    )
    await document_fee(session, clock, city, booking, payer_id=payer_id, vat_percent=vat_percent)
