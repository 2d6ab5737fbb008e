from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.invoicing.rules.documents import DocumentLine, Kind, Names, total_cents
from mobility.invoicing.tables import Document
from mobility.riders.queries import get_account


async def issue(
    session: AsyncSession,
    clock: Clock,
    *,
    kind: Kind,
    account_id: UUID,
    city_id: str,
    reference_id: UUID,
    lines: Sequence[DocumentLine],
    served_from: datetime,
    served_until: datetime,
    place: Names,
    corrects: UUID | None = None,
    cause_id: UUID | None = None,
) -> Document | None:
    """Write down what was sold, or taken back, as it stays; the worker gives the number.

    None where nothing was sold (a total of 0), and in a city whose file does not say who sells.

    Parameters
    ----------
    account_id
        Who pays; `reference_id` is what was sold, `corrects` the document that this one corrects or stands for.
    lines
        Prices with tax. Those of a credit note are negative.
    place
        The name of a station or of the city, never a position.
    cause_id
        The refund that the document is about; a second document about it breaks the table's constraint.
    """
    city, total = await get_city(session, city_id), total_cents(lines)
    if total == 0 or city.file.operator is None:
        return None
    issued_on = city.date_of(clock.now())
    document = Document(
        kind=kind,
        city_id=city_id,
        account_id=account_id,
        reference_id=reference_id,
        corrects_id=corrects,
        cause_id=cause_id,
        issued_at=clock.now(),
        issued_on=issued_on,
        time_zone=city.file.time_zone,
        served_from=served_from,
        served_until=served_until,
        place=dict(place),
        provider=msgspec.to_builtins(city.file.operator),
        client=await _client(session, account_id),
        lines=[msgspec.to_builtins(line) for line in lines],
        total_cents=total,
        currency=city.file.currency,
        year=issued_on.year,
    )
    session.add(document)
    await session.flush()
    return document


async def _client(session: AsyncSession, account_id: UUID) -> dict[str, Any]:
    account = await get_account(session, account_id)
    return {"name": account.name, "contact": account.email or account.phone}
