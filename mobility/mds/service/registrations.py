from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.errors import Invalid
from mobility.fleet.tables import Vehicle
from mobility.mds.rules.registrations import Registration
from mobility.mds.tables import VehicleRegistration


class RegistrationsRefused(Invalid):
    code = "registrations_refused"
    fr = "Ligne {line} : {reason}. Rien n'a été repris."
    en = "Line {line}: {reason}. Nothing was taken over."


async def register(session: AsyncSession, city_id: str, rows: Sequence[Mapping[str, str]]) -> int:
    """Take over what vehicles' registration documents say, by their plates: all of it or nothing; how many.

    Raises
    ------
    RegistrationsRefused
    """
    plates = await session.execute(select(Vehicle.plate, Vehicle.id).where(Vehicle.city_id == city_id))
    ids = dict(plates.all())
    for line, row in enumerate(rows, start=2):
        try:
            told = msgspec.convert(row, Registration, strict=False)
        except msgspec.ValidationError as error:
            raise RegistrationsRefused(line=line, reason=str(error)) from None
        if told.plate not in ids:
            raise RegistrationsRefused(line=line, reason=f"{city_id} has no vehicle {told.plate!r}")
        values = {name: getattr(told, name) for name in Registration.__struct_fields__ if name != "plate"}
        known = insert(VehicleRegistration).values(vehicle_id=ids[told.plate], **values)
        await session.execute(known.on_conflict_do_update(index_elements=["vehicle_id"], set_=values))
    return len(rows)
