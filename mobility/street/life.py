from collections.abc import Mapping
from random import Random
from typing import Any

from mobility.geo import LonLat
from mobility.street.client import Client, Refused
from mobility.street.garage import Garage
from mobility.street.journey import Journey
from mobility.street.rider import ASKS_PRICE, CANCELS, Persona, Reaction, preferences, reaction
from mobility.street.signing_in import Desk
from mobility.street.tally import Tally
from mobility.street.town import Town
from mobility.street.wallet import Wallet

SEARCHES = 3
TRIES_PER_SEARCH = 4
OFFERS = 12
ASKED_MINUTES = 15
WALK_S_MAX = 240.0

Hold = Mapping[str, Any]


class Life:
    """One rider's days: sign in, go out, find a vehicle, ride, go home, and out again."""

    def __init__(
        self,
        persona: Persona,
        client: Client,
        desk: Desk,
        wallet: Wallet,
        *,
        city: str,
        town: Town,
        garage: Garage,
        tally: Tally,
        random: Random,
    ) -> None:
        self._persona, self._client, self._desk, self._wallet = persona, client, desk, wallet
        self._city, self._town, self._garage = city, town, garage
        self._tally, self._random = tally, random
        self._journey = Journey(client, town, garage, tally, random)
        self._admitted = False
        self._at: LonLat | None = None
        self._not_for_me: set[str] = set()

    async def go_out(self) -> None:
        """One ride, or the attempt; a refusal is counted, reacted to, and never the end of the street."""
        try:
            await self._be_admitted()
            await self._ride_or_find()
        except Refused as refusal:
            self._tally.refusals[refusal.code] += 1
            self._at = None
            await self._react(refusal)

    async def _react(self, refusal: Refused) -> None:
        if self._admitted and reaction(refusal.code) is Reaction.SIGN_IN:
            self._admitted = False
            self._tally.riders -= 1
        if reaction(refusal.code) is Reaction.SETTLE:
            try:
                await self._wallet.settle()
            except Refused as again:
                self._tally.refusals[again.code] += 1

    async def _be_admitted(self) -> None:
        """Sign in, unless the token of another day still opens the door, and have the papers seen and a card saved."""
        if not self._admitted:
            await self._desk.admit(self._client, self._persona)
            await self._wallet.open()
            self._admitted = True
            self._tally.riders += 1

    async def _ride_or_find(self) -> None:
        """Take up what the last outing left, or start anew: a rider with a ride does nothing else first."""
        now = await self._client.get("/v1/me/ride")
        left = now.get("hold") or now.get("rental")
        if left is None:
            hold, self._at = await self._find()
        elif left["vehicle"]["plate"] not in self._garage:
            return  # a vehicle whose key is not in this street's file: nobody here can move it
        elif now["kind"] == "held":
            hold = left
        else:
            hold, self._at = None, await self._journey.ride(left)
        if hold is not None:
            await self._use(hold)

    async def _find(self) -> tuple[Hold | None, LonLat]:
        """Look for a vehicle here, then from other places; gives the hold, if any, and where the rider is now."""
        here = self._at or self._town.start(self._random)
        for _ in range(SEARCHES):
            hold = await self._hold_near(here)
            if hold is not None:
                break
            here = self._town.start(self._random)
        return hold, here

    async def _hold_near(self, here: LonLat) -> Hold | None:
        found = await self._client.get(
            f"/v1/cities/{self._city}/vehicles/nearby", lon=here.lon, lat=here.lat, limit=OFFERS
        )
        liked = preferences(self._random, found["items"], not_for_me=self._not_for_me)
        for offer in liked[:TRIES_PER_SEARCH]:
            if offer["type"] not in self._not_for_me and (hold := await self._hold(offer)) is not None:
                return hold
        return None

    async def _hold(self, offer: Mapping[str, Any]) -> Hold | None:
        """Reserve the vehicle, perhaps after a look at its price; None when it is not to be had."""
        wanted = {"vehicle_id": offer["vehicle_id"]}
        try:
            if self._random.random() < ASKS_PRICE:
                await self._client.post("/v1/quotes", wanted | {"minutes": ASKED_MINUTES})
            hold: Hold = await self._client.post("/v1/holds", wanted)
        except Refused as refusal:
            if reaction(refusal.code) not in (Reaction.NEXT_VEHICLE, Reaction.OTHER_CLASS):
                raise
            self._tally.refusals[refusal.code] += 1
            if reaction(refusal.code) is Reaction.OTHER_CLASS:
                self._not_for_me.add(offer["type"])
            return None
        if hold["vehicle"]["plate"] not in self._garage:
            # A vehicle of the city that is not of this street would never move.
            await self._client.delete(f"/v1/holds/{hold['id']}")
            return None
        await self._garage.wait(min(offer["walk_minutes"] * 60, WALK_S_MAX))
        return hold

    async def _use(self, hold: Hold) -> None:
        if self._random.random() < CANCELS:
            await self._client.delete(f"/v1/holds/{hold['id']}")
            return
        rental = await self._client.post("/v1/rentals", {"hold_id": hold["id"]})
        self._at = await self._journey.ride(rental)
