"""Riders of Lakeport who may drive everything there, and the story of a ride as one session tells it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock, FixedClock
from mobility.base.ids import new_id
from mobility.booking import service
from mobility.booking.service.holding import Wish
from mobility.booking.service.rides import Held
from mobility.booking.tables import Hold, Rental
from mobility.city.tables import Station
from mobility.geo import LonLat
from mobility.riders.tables import Account, Licence, SignInSession
from tests.support.fleets import Street

BETHUNE = Path(__file__).parents[2] / "cities/bethune/city.toml"
MARKET = LonLat(175.01, -40.0)
WHARF = LonLat(175.0, -40.0)
LIGHTHOUSE = LonLat(175.02, -39.98)
"""In the service zone, away from the pier and every station."""


@dataclass(frozen=True)
class Person:
    account_id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def add_rider(session: AsyncSession, clock: Clock, *, born_on: date = date(1994, 11, 23)) -> Person:
    """A signed-in person with a verified licence B; the caller flushes or commits."""
    now, account_id, token = clock.now(), new_id(), secrets.token_urlsafe(32)
    address = f"{account_id}@example.org"
    session.add(Account(id=account_id, email=address, born_on=born_on, born_on_verified=True, created_at=now))
    licence = {"category": "B", "issued_on": date(2019, 5, 2), "state": "verified", "declared_at": now}
    session.add(Licence(account_id=account_id, **licence))
    token_hash = hashlib.sha256(token.encode()).digest()
    expires_at = now + timedelta(days=30)
    session.add(SignInSession(token_hash=token_hash, account_id=account_id, created_at=now, expires_at=expires_at))
    return Person(account_id, token)


@dataclass(frozen=True)
class Story(Street):
    """What one rider does in Lakeport."""

    session: AsyncSession
    clock: FixedClock
    rider: Person

    def passes(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    async def someone_else(self) -> "Story":
        other = add_rider(self.session, self.clock)
        await self.session.flush()
        return Story(self.session, self.clock, self.vehicles, other)

    async def hold(self, plate: str) -> Held:
        wish = Wish(account_id=self.rider.account_id, public_id=(await self.vehicle(plate)).public_id)
        held = await service.hold(self.session, self.clock, wish)
        assert isinstance(held, Held)
        return held

    async def cancel(self, hold: Hold) -> None:
        await service.cancel(self.session, self.clock, account_id=self.rider.account_id, hold_id=hold.id)

    async def start(self, hold: Hold) -> Rental:
        return await service.start(self.session, self.clock, account_id=self.rider.account_id, hold_id=hold.id)

    async def ride(self, plate: str) -> Rental:
        return await self.start((await self.hold(plate)).hold)

    async def pause(self, rental: Rental) -> Rental:
        return await service.pause(self.session, self.clock, account_id=self.rider.account_id, rental_id=rental.id)

    async def resume(self, rental: Rental) -> Rental:
        return await service.resume(self.session, self.clock, account_id=self.rider.account_id, rental_id=rental.id)

    async def end(self, rental: Rental, at: LonLat) -> Rental:
        return await service.end(self.session, self.clock, account_id=self.rider.account_id, rental_id=rental.id, at=at)

    async def station(self, code: str) -> UUID:
        return (await self.session.scalars(select(Station.id).where(Station.code == code))).one()


@dataclass(frozen=True)
class Phone:
    """One rider's way to the API, in English."""

    client: httpx.AsyncClient
    person: Person

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self._headers())

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self._headers() | headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self.client.delete(path, headers=self._headers())

    async def ride(self, vehicle: object) -> Any:
        hold = await self.post("/v1/holds", {"vehicle_id": str(vehicle)})
        return (await self.post("/v1/rentals", {"hold_id": hold.json()["id"]})).json()

    def _headers(self) -> dict[str, str]:
        return {**self.person.headers, "Idempotency-Key": uuid4().hex, "Accept-Language": "en"}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]
