"""Tariffs as operators of Lakeport write them."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

NAMES = {"en": "By the kilometre", "mi": "Ia kiromita"}
PLAN: dict[str, Any] = {
    "code": "breeze-km",
    "name": NAMES,
    "description": NAMES,
    "vehicle_type": "breeze",
    "currency": "NZD",
    "price_cents": 100,
    "per_min_pricing": [{"start": 0, "rate_cents": 30, "interval": 1}],
    "per_km_pricing": [{"start": 2, "rate_cents": 50, "interval": 1}],
    "pause_rate_cents": 10,
    "day_cap_cents": 6_000,
    "minimum_cents": 300,
    "booking_ahead_cents": 200,
    "time_factors": [{"days": ["We"], "begins": "20:10", "ends": "22:00", "percent": 150}],
    "factor_percent_max": 150,
    "end_fees": [
        {"name": {"en": "In the old town", "mi": "Kei te tāone tawhito"}, "cents": 120, "zones": ["old-town"]},
        {"name": {"en": "Far out", "mi": "Tawhiti"}, "cents": 700, "zones": ["town"], "outside": True},
    ],
    "packages": [{"name": {"en": "Half a day", "mi": "Haurua rā"}, "price_cents": 3_000, "minutes": 720, "km": 20}],
}


@dataclass(frozen=True)
class Office:
    """An operator's way to the API, in English."""

    client: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(f"/v1/cities/lakeport/{path}", params=params, headers=self._headers())

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(f"/v1/cities/lakeport/{path}", json=body, headers=self._headers())

    async def put(self, path: str, body: Any) -> httpx.Response:
        return await self.client.put(f"/v1/cities/lakeport/{path}", json=body, headers=self._headers())

    async def delete(self, path: str) -> httpx.Response:
        return await self.client.delete(f"/v1/cities/lakeport/{path}", headers=self._headers())

    async def draft(self, **changed: Any) -> str:
        answer = await self.post("tariff-drafts", PLAN | changed)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def publish(self, effective_from: str, **changed: Any) -> Any:
        draft = await self.draft(**changed)
        answer = await self.post(f"tariff-drafts/{draft}/publish", {"effective_from": effective_from})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def states(self) -> dict[str, str]:
        items = (await self.get("tariff-versions")).json()["items"]
        return {f"{each['tariff']['code']} {each['version']}": each["state"] for each in items}

    def _headers(self) -> dict[str, str]:
        return {**self.headers, "Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
