"""A city file taken into every domain that has a part in it, and the keys of its new vehicles."""

import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city
from mobility.fleet.service import NewVehicle, add_vehicles, load_types
from mobility.pricing.service import load_tariffs


async def load(session: AsyncSession, clock: Clock, city_file: CityFile) -> list[NewVehicle]:
    """Make the city what its file says, in the caller's transaction; gives the vehicles that are new."""
    await load_city(session, clock, city_file)
    await load_types(session, clock, city_file)
    await load_tariffs(session, clock, city_file)
    return await add_vehicles(session, clock, city_file)


def keep_keys(file: Path, vehicles: Sequence[NewVehicle]) -> None:
    """Append the new vehicles' secrets, which are shown only once; the file is for its owner's eyes."""
    file.touch(mode=0o600)
    with file.open("a", encoding="utf-8") as opened:
        opened.writelines(json.dumps(_line(vehicle)) + "\n" for vehicle in vehicles)


def _line(vehicle: NewVehicle) -> dict[str, object]:
    return {
        "vehicle_id": str(vehicle.id),
        "plate": vehicle.plate,
        "type": vehicle.type_code,
        "secret": vehicle.secret,
        "position": {"lon": vehicle.position.lon, "lat": vehicle.position.lat},
    }
