import asyncio
from collections.abc import Mapping
from itertools import cycle
from random import Random
from typing import Any

from mobility.geo import LonLat
from mobility.street.client import Client, Refused
from mobility.street.garage import Garage
from mobility.street.rider import PAUSES, Reaction, reaction
from mobility.street.tally import Tally
from mobility.street.town import Town
from mobility.street.vehicle import between

PAUSE_S = (60.0, 240.0)
LOOKS_AROUND_S = 20.0
# Of the world, not of the street: the payment is collected on the service's time.
PAID_LOOKS, PAID_LOOK_S = 10, 2.0
UNLOCK_LOOK_S = 1.0

Rental = Mapping[str, Any]


class Journey:
    """One ride from the unlock to its payment, as its rider lives it."""

    def __init__(self, client: Client, town: Town, garage: Garage, tally: Tally, random: Random) -> None:
        self._client, self._town, self._garage = client, town, garage
        self._tally, self._random = tally, random

    async def ride(self, rental: Rental) -> LonLat:
        """Ride to a place, end there or where the service lets it end, and see it paid; gives where the rider is."""
        plate, rental = rental["vehicle"]["plate"], await self._unlocked(rental)
        if rental["state"] == "failed":
            self._tally.refusals[rental["failure"]["code"]] += 1
            return self._garage.vehicle(plate).position
        with self._garage.driver_of(plate), self._tally.riding():
            vehicle = self._garage.vehicle(plate)
            goal = self._town.destination(self._random, vehicle.kind.code, vehicle.position)
            await self._drive(rental, plate, goal)
            ended = await self._end(rental["id"], plate)
        await self._see_paid(ended)
        return self._garage.vehicle(plate).position

    async def _unlocked(self, rental: Rental) -> Rental:
        """The rental once its vehicle has said whether it is open; the service waits for no vehicle for ever."""
        while rental["state"] == "unlocking":
            await asyncio.sleep(UNLOCK_LOOK_S)
            rental = await self._rental(rental["id"])
        return rental

    async def _drive(self, rental: Rental, plate: str, goal: LonLat) -> None:
        if rental["state"] == "paused":
            await self._client.post(f"/v1/rentals/{rental['id']}/resume")
        elif self._random.random() < PAUSES:
            here = self._garage.vehicle(plate).position
            await self._garage.drive(plate, between(here, goal, self._random.uniform(0.2, 0.8)))
            await self._pause(rental["id"])
        await self._garage.drive(plate, goal)

    async def _pause(self, rental_id: str) -> None:
        await self._client.post(f"/v1/rentals/{rental_id}/pause")
        await self._garage.wait(self._random.uniform(*PAUSE_S))
        await self._client.post(f"/v1/rentals/{rental_id}/resume")

    async def _end(self, rental_id: str, plate: str) -> Rental:
        """End the ride where the vehicle is; where that is refused, drive on to the next place until it is not."""
        vehicle = self._garage.vehicle(plate)
        for stop in cycle(self._town.stops(vehicle.kind.code, vehicle.position)):
            try:
                return await self._end_here(rental_id, plate)
            except Refused as refusal:
                self._tally.refusals[refusal.code] += 1
                if reaction(refusal.code) is Reaction.DONE:
                    break
                if reaction(refusal.code) is not Reaction.NEXT_STOP:
                    raise
            await self._garage.wait(LOOKS_AROUND_S)
            await self._garage.drive(plate, stop)
        return await self._rental(rental_id)

    async def _end_here(self, rental_id: str, plate: str) -> Rental:
        here = self._garage.vehicle(plate).position
        ended: Rental = await self._client.post(
            f"/v1/rentals/{rental_id}/end", {"position": {"lon": here.lon, "lat": here.lat}}
        )
        return ended

    async def _see_paid(self, rental: Rental) -> None:
        """Look at the ride now and then until its payment is settled."""
        self._tally.rides_ended += 1
        for _ in range(PAID_LOOKS):
            match rental["payment"]["state"]:
                case "captured":
                    self._tally.paid(rental["price_so_far"]["total"])
                    return
                case "none" | "declined":
                    return
            await asyncio.sleep(PAID_LOOK_S)
            rental = await self._rental(rental["id"])

    async def _rental(self, rental_id: str) -> Rental:
        rental: Rental = await self._client.get(f"/v1/rentals/{rental_id}")
        return rental
