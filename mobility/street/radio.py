import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from mobility.base.clock import Clock
from mobility.street.client import Client, Refused
from mobility.street.garage import Garage
from mobility.street.tally import Tally
from mobility.street.vehicle import Vehicle

IN_USE_EVERY_S, PARKED_EVERY_S = 2.0, 20.0
TICK_S = 0.5
# What the service takes at once; of a longer silence the oldest reports are lost, the latest count.
REPORTS_MAX = 500


class Radio:
    """What one vehicle has to say; kept on board while the service does not answer, and said in order."""

    def __init__(self, client: Client, *, first_seq: int) -> None:
        self._client, self._seq = client, first_seq
        self._unsent: deque[dict[str, Any]] = deque(maxlen=REPORTS_MAX)
        self.sending = False

    def note(self, vehicle: Vehicle, at: datetime, *, in_use: bool) -> None:
        self._seq += 1
        self._unsent.append(report(vehicle, self._seq, at, in_use=in_use))

    async def send(self, tally: Tally) -> None:
        """Send what is on board; a batch that is refused is not said again."""
        batch = list(self._unsent)
        self._unsent.clear()
        self.sending = True
        try:
            answer = await self._client.post("/v1/telemetry", {"reports": batch})
            tally.reports += answer["accepted"]
            tally.reports_refused.update(each["code"] for each in answer["refused"])
        except Refused as refusal:
            tally.reports_refused[refusal.code] += len(batch)
        finally:
            self.sending = False


def report(vehicle: Vehicle, seq: int, at: datetime, *, in_use: bool) -> dict[str, Any]:
    """One telemetry report. The position is said during a ride too: it is the service that must forget it."""
    return {
        "seq": seq,
        "at": at.isoformat(),
        "position": {"lon": round(vehicle.position.lon, 6), "lat": round(vehicle.position.lat, 6)},
        "charge_percent": round(vehicle.charge_percent, 1),
        "range_m": int(vehicle.range_m),
        "odometer_m": int(vehicle.odometer_m),
        "speed_kmh": round(vehicle.speed_kmh, 1),
        "locked": not in_use,
    }


async def report_all(
    garage: Garage, radios: Mapping[str, Radio], tally: Tally, clock: Clock, *, now: Callable[[], float] = monotonic
) -> None:
    """Report until cancelled: vehicles in use often, parked ones rarely, and whenever one becomes the other."""
    said: dict[str, tuple[float, bool]] = spread(list(radios), now())
    async with asyncio.TaskGroup() as sending:
        while True:
            garage.plug_in()
            for plate, radio in radios.items():
                in_use, (said_at, was_in_use) = plate in garage.in_use, said[plate]
                every_s = IN_USE_EVERY_S if in_use else PARKED_EVERY_S
                if now() - said_at < every_s and in_use == was_in_use:
                    continue
                said[plate] = (now(), in_use)
                radio.note(garage.vehicle(plate), clock.now(), in_use=in_use)
                if not radio.sending:
                    sending.create_task(radio.send(tally))
            tally.low = sum(vehicle.recovering for vehicle in garage)
            await asyncio.sleep(TICK_S)


def spread(plates: list[str], now: float) -> dict[str, tuple[float, bool]]:
    """First reports evenly over the interval of parked vehicles, so that they never all speak at once."""
    return {plate: (now - PARKED_EVERY_S * (1 - at / len(plates)), False) for at, plate in enumerate(plates)}
