import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

from mobility.geo import LonLat
from mobility.street.town import Town
from mobility.street.vehicle import Vehicle

LOOK_S = 20.0


class Garage:
    """All vehicles of the street, moved along as time passes.

    Parameters
    ----------
    speed
        Seconds of the street per second of the world; driving, walking and charging go faster by it, the service's
        clock and its prices do not.
    """

    def __init__(
        self, town: Town, vehicles: Iterable[Vehicle], *, speed: float, now: Callable[[], float] = monotonic
    ) -> None:
        self.speed = speed
        self._town, self._now = town, now
        self._vehicles = {vehicle.plate: vehicle for vehicle in vehicles}
        self._seen_at = dict.fromkeys(self._vehicles, now())
        self.in_use: set[str] = set()
        self.plugged_in: set[str] = set()
        self.plug_in()

    def __contains__(self, plate: object) -> bool:
        return plate in self._vehicles

    def __iter__(self) -> Iterator[Vehicle]:
        return iter(self._vehicles.values())

    def vehicle(self, plate: str) -> Vehicle:
        """The vehicle as it is at this instant."""
        now = self._now()
        seconds = (now - self._seen_at[plate]) * self.speed
        self._seen_at[plate] = now
        self._vehicles[plate] = self._vehicles[plate].later(seconds, plugged_in=plate in self.plugged_in)
        return self._vehicles[plate]

    @contextmanager
    def driver_of(self, plate: str) -> Iterator[None]:
        """Someone sits in the vehicle for the length of a block; when they leave, it stands where it is, locked."""
        self.change(plate, locked=False)
        self.in_use.add(plate)
        self.plug_in()
        try:
            yield
        finally:
            self.change(plate, locked=True, bound_for=None)
            self.in_use.discard(plate)
            self.plug_in()

    def change(self, plate: str, **what: Any) -> None:
        """From this instant on, fields of the vehicle are as given."""
        self._vehicles[plate] = replace(self.vehicle(plate), **what)

    async def drive(self, plate: str, goal: LonLat) -> None:
        """Drive there; returns on arrival, or at once when the vehicle does not drive off."""
        if self.vehicle(plate).immobilised:
            return
        self.change(plate, bound_for=goal)
        # Looked at on the way: a speed limit may come or go.
        while (vehicle := self.vehicle(plate)).bound_for is not None:
            await self.wait(min(vehicle.arrives_in_s, LOOK_S))

    async def wait(self, seconds: float) -> None:
        """Let so many seconds of the street pass."""
        await asyncio.sleep(seconds / self.speed)

    def plug_in(self) -> None:
        """Whoever parks at a charger that is free charges."""
        parked = {
            vehicle.plate: vehicle.position
            for vehicle in self
            if vehicle.kind.returned_at_stations and vehicle.plate not in self.in_use
        }
        self.plugged_in = self._town.plugged_in(parked)
