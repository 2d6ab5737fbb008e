import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from mobility.street.device import Device
from mobility.street.garage import Garage
from mobility.street.radio import Radio
from mobility.street.tally import Tally

TICK_S = 0.5


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds of the world between two reports of a vehicle."""

    in_use_s: float = 2.0
    parked_s: float = 20.0


async def report_all(
    garage: Garage,
    radios: Mapping[Device, Radio],
    tally: Tally,
    rhythm: Rhythm,
    *,
    now: Callable[[], float] = monotonic,
) -> None:
    """Report until cancelled: vehicles in use often, parked ones rarely, at each change between the two, when asked."""
    said: dict[str, tuple[float, bool]] = spread([device.plate for device in radios], now(), rhythm.parked_s)
    async with asyncio.TaskGroup() as sending:
        while True:
            for device, radio in radios.items():
                in_use, (said_at, was_in_use) = device.plate in garage.in_use, said[device.plate]
                every_s = rhythm.in_use_s if in_use else rhythm.parked_s
                if now() - said_at < every_s and in_use == was_in_use and not device.asked:
                    continue
                said[device.plate] = (now(), in_use)
                device.note()
                if not device.sending:
                    sending.create_task(device.send(radio))
            tally.low = sum(vehicle.recovering for vehicle in garage)
            await asyncio.sleep(TICK_S)


def spread(plates: Sequence[str], now: float, every_s: float) -> dict[str, tuple[float, bool]]:
    """First reports evenly over the interval of parked vehicles, so that they never all speak at once."""
    return {plate: (now - every_s * (1 - at / len(plates)), False) for at, plate in enumerate(plates)}
