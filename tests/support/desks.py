"""People at the desk of Lakeport, and a ride that they look at."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from mobility.base.clock import FixedClock
from mobility.fleet.service import NewVehicle
from tests.support.rides import LIGHTHOUSE, Phone

# Digits that appear nowhere else.
ON_THE_WAY = {"lon": 175.0123457, "lat": -39.9876543}
MARKS = ("175.0123457", "39.9876543")
WHY = "Rider calls from a ditch"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Desk:
    """One operator's way to the API, in English."""

    client: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self.headers | {"Accept-Language": "en"})

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
        return await self.client.post(path, json=body, headers=headers)

    async def me(self) -> str:
        return str((await self.get("/v1/me")).json()["id"])


@dataclass
class Scene:
    """Alix rides B-001; Ida and Omar work at the desk of Lakeport."""

    rider: Phone
    ida: Desk
    omar: Desk
    vehicle: NewVehicle
    rental_id: str
    clock: FixedClock
    client: httpx.AsyncClient
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def ask(self, desk: Desk, **body: Any) -> httpx.Response:
        request = {"purpose": "assistance", "reason": WHY} | body
        return await desk.post(f"/v1/fleet/vehicles/{self.vehicle.id}/assistances", request)

    async def opened(self, **body: Any) -> str:
        """Asked for by Ida, opened by Omar."""
        asked = await self.ask(self.ida, **body)
        assert asked.status_code == 201, asked.text
        approved = await self.omar.post(f"/v1/assistances/{asked.json()['id']}/approve")
        assert approved.status_code == 200, approved.text
        return str(approved.json()["id"])

    async def drives(self, *, ago: timedelta = timedelta(0), position: Any = ON_THE_WAY) -> None:
        report = {"seq": next(self.numbers), "at": (self.clock.now() - ago).isoformat(), "position": position}
        key = {"Authorization": f"Bearer {self.vehicle.id}.{self.vehicle.secret}"}
        answer = await self.client.post("/v1/telemetry", json={"reports": [report]}, headers=key)
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text

    async def look(self, desk: Desk, assistance_id: str) -> httpx.Response:
        return await desk.get(f"/v1/assistances/{assistance_id}/position")

    async def end(self) -> None:
        answer = await self.rider.post(
            f"/v1/rentals/{self.rental_id}/end", {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
        )
        assert answer.status_code == 200, answer.text

    async def told(self) -> Any:
        return (await self.rider.get(f"/v1/rentals/{self.rental_id}")).json()["located"]
