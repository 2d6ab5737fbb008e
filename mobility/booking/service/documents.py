"""What riders pay for gets a document, written in the transaction that charges it."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Booking, Hold, Rental
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.words import Names
from mobility.city.tables import Station
from mobility.invoicing import service as invoicing
from mobility.invoicing.rules.documents import DocumentLine, priced
from mobility.pricing.rules.bills import Bill, Line
from mobility.pricing.rules.labels import label_of, unit_of

LANGUAGES = ("fr", "en")
FEE = {"fr": "Frais de réservation", "en": "Booking fee"}
ONCE = {"fr": "fois", "en": "time"}


async def document_ride(
    session: AsyncSession,
    clock: Clock,
    city: PreparedCity,
    rental: Rental,
    lines: Sequence[DocumentLine],
    *,
    payer_id: UUID,
) -> None:
    """The receipt of an ended ride, to whoever pays for it."""
    until = rental.ended_at or clock.now()
    await invoicing.issue(
        session,
        clock,
        account_id=payer_id,
        city_id=rental.city_id,
        reference_id=rental.id,
        lines=lines,
        served_from=rental.started_at or until,
        served_until=until,
        place=await _place(session, city, rental.start_station_id),
    )


async def document_hold(
    session: AsyncSession,
    clock: Clock,
    city: PreparedCity,
    kept: Hold,
    lines: Sequence[DocumentLine],
    *,
    payer_id: UUID,
) -> None:
    """The receipt of a vehicle that was kept for longer, and not ridden."""
    await invoicing.issue(
        session,
        clock,
        account_id=payer_id,
        city_id=kept.city_id,
        reference_id=kept.id,
        lines=lines,
        served_from=kept.created_at,
        served_until=kept.released_at or clock.now(),
        place=city.file.name,
    )


async def document_fee(
    session: AsyncSession,
    clock: Clock,
    city: PreparedCity,
    booking: Booking,
    *,
    payer_id: UUID,
    vat_percent: Decimal,
) -> None:
    """The receipt of what a booking's terms asked beside the ride."""
    await invoicing.issue(
        session,
        clock,
        account_id=payer_id,
        city_id=booking.city_id,
        reference_id=booking.id,
        lines=[priced(FEE, 1, ONCE, booking.fee_cents, vat_percent)],
        served_from=booking.starts_at,
        served_until=booking.ends_at,
        place=await _place(session, city, booking.start_station_id),
    )


def document_lines(due: Bill, vat_percent: Decimal) -> list[DocumentLine]:
    """The lines of a bill as they stay, in every language that documents are written in, the VAT in each."""
    return [_document_line(line, vat_percent) for line in due.lines]


def _document_line(line: Line, vat_percent: Decimal) -> DocumentLine:
    label = {language: label_of(line, language) for language in LANGUAGES}
    unit = {language: unit_of(line, language) for language in LANGUAGES}
    return priced(label, line.quantity, unit, line.rate_cents, vat_percent)


async def _place(session: AsyncSession, city: PreparedCity, station_id: UUID | None) -> Names:
    """The station where it began, or the city: documents know no positions."""
    station = None if station_id is None else await session.get(Station, station_id)
    return station.name if station else city.file.name
