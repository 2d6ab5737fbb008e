"""A vehicle and its rider as real processes meet them, and everything that goes wrong while they tell of their ride."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mobility.base.clock import SystemClock
from mobility.geo import LonLat
from mobility.street.box import Report
from mobility.street.client import Client
from mobility.street.device import Device
from mobility.street.faults import NONE, Faults
from mobility.street.garage import Garage
from mobility.street.radio import Radio
from mobility.street.street import VehicleKey
from mobility.street.tally import Tally
from mobility.street.vehicle import Vehicle, VehicleClass

LONG_BEFORE = timedelta(minutes=10)
ROUGH = Faults(lost=0.2, unacknowledged=0.3, repeated=0.3, held_back=0.3, reconnects=0.1, restarts=0.1)
UNLOCKED_WITHIN_S = 60
RIDDEN, CANARIES = 12, 14
"""How many positions a ride leads along, and how many it is told with: the others are garbled."""

Shout = Callable[[bytes], Awaitable[None]]
"""Says bytes with a vehicle's key, whatever they are."""


def malformed(report: Report, here: LonLat) -> list[Any]:
    """The report in every way in which it cannot be believed, or not even read."""
    lon, lat = here.lon, here.lat
    return [
        report | {"owner": f"{lon} {lat}"},
        report | {"position": [lon, lat]},
        report | {"position": {"lon": lat, "lat": lon}},
        report | {"position": {"lon": str(lon), "lat": str(lat)}},
        report | {"position": {"lon": lon, "lat": lat, "accuracy_m": -5}},
        report | {"charge_percent": 300},
        report | {"charge_percent": lon, "odometer_m": lat},
        report | {"at": "1970-01-01T00:00:00Z"},
        report | {"at": "2199-01-01T00:00:00Z"},
        report | {"at": f"{lon},{lat}"},
        report | {"seq": lon},
        report | {"v": 99},
        {"lon": lon, "lat": lat},
        f"{lon},{lat}",
        lon,
        {f"{lon},{lat}": True},
        # What JSON can say and a database cannot keep.
        report | {"seq": 10**30},
        report | {"odometer_m": 10**30},
        report | {"network": {"technology": "\0", "signal_dbm": -70}},
        report | {"alarms": ["\0"]},
    ]


class Yard:
    """A town without chargers."""

    def plugged_in(self, _: object) -> set[str]:
        return set()


@dataclass
class Watch:
    """A `Clock` that is behind the time by `behind`."""

    behind: timedelta = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() - self.behind


@dataclass
class Told:
    """A `Radio` that keeps what it said, to say it again."""

    radio: Radio
    reports: list[Report] = field(default_factory=list)

    async def send(self, reports: Sequence[Report]) -> None:
        self.reports += reports
        await self.radio.send(reports)

    async def reconnect(self) -> None:
        await self.radio.reconnect()

    async def close(self) -> None:
        await self.radio.close()


class Traveller:
    """One vehicle and its rider on one ride.

    Parameters
    ----------
    found, parked
        Where the vehicle is said to be ten minutes before the ride, and where the ride is ended.
    """

    def __init__(
        self, key: VehicleKey, rider: Client, *, public_id: UUID, found: LonLat, parked: LonLat, seed: int
    ) -> None:
        self.key, self._rider, self._public_id, self._found, self._parked = key, rider, public_id, found, parked
        self._clock = Watch()
        kind = VehicleClass(key.type, 40_000, 50, 10, returned_at_stations=False)
        vehicle = Vehicle(key.plate, kind, key.position, 80.0)
        self._garage = Garage(Yard(), [vehicle], speed=1.0)  # type: ignore[arg-type]
        self.device = Device(key.plate, self._garage, self._clock, Tally(), boot=1, seed=seed, faults=ROUGH)

    def connect(self, radio: Radio, shout: Shout) -> None:
        self._radio, self._shout = Told(radio), shout

    @property
    def last(self) -> Report:
        """What the vehicle said last of all."""
        return self._radio.reports[-1]

    async def ride(self, canaries: Sequence[LonLat]) -> None:
        """Ride along positions, a few reports kept aboard until after the end, all of them said twice, some garbled."""
        before, paused, after = canaries[:4], canaries[4:8], canaries[8:12]
        await self._stand()
        rental = await self._start()
        await self._pass(before)
        await self._rider.post(f"{rental}/pause")
        await self._pass(paused)
        await self._garble(canaries[12])
        await self._rider.post(f"{rental}/resume")
        for here in after:
            self._note(here)
        await self._end(rental)
        await self._flush()
        await self._garble(canaries[13])
        await self._radio.radio.send(self._radio.reports[::-1])
        self._note(self._parked)
        await self._flush()
        await self._radio.close()

    async def _stand(self) -> None:
        """Be known to the service before the ride, and connected."""
        self._clock.behind = LONG_BEFORE
        self._note(self._found)
        self._clock.behind = timedelta(0)
        await self._flush()

    async def _start(self) -> str:
        """Address of the rental, once the vehicle is open."""
        hold = await self._rider.post("/v1/holds", {"vehicle_id": str(self._public_id)})
        rental = await self._rider.post("/v1/rentals", {"hold_id": hold["id"]})
        path = f"/v1/rentals/{rental['id']}"
        async with asyncio.timeout(UNLOCKED_WITHIN_S):
            while rental["state"] == "unlocking":
                await asyncio.sleep(0.1)
                rental = await self._rider.get(path)
        assert rental["state"] == "riding", rental
        return path

    async def _end(self, rental: str) -> None:
        ended = await self._rider.post(f"{rental}/end", {"position": position(self._parked)})
        assert ended["state"] == "ended", ended

    async def _pass(self, positions: Sequence[LonLat]) -> None:
        for here in positions:
            self._note(here)
            await self.device.send(self._radio)

    async def _garble(self, here: LonLat) -> None:
        """Reports of this ride that nobody can believe, together and alone, and bytes that are none."""
        spoilt = malformed(self.last | {"seq": 10_000, "position": position(here)}, here)
        await self._radio.radio.send(spoilt)
        for each in spoilt:
            await self._radio.radio.send([each])
        for raw in (f'{{"reports": [{{"position": [{here.lon}, {here.lat}', f"\xff{here.lon},{here.lat}"):
            await self._shout(raw.encode("latin-1"))

    async def _flush(self) -> None:
        """Say the rest on a network that has become good."""
        network = self.device._network
        faults, network._faults = network._faults, NONE
        while self.device._box.waiting():
            await self.device.send(self._radio)
        network._faults = faults

    def _note(self, here: LonLat) -> None:
        self._garage.change(self.key.plate, position=here)
        self.device.note()


def position(here: LonLat) -> dict[str, float]:
    return {"lon": here.lon, "lat": here.lat}
