"""What somebody else does through the API while a browser is looked at."""

from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from mobility.base.clock import SystemClock
from mobility.db.session import Sessions, transaction
from mobility.riders.rules.access import GrantedRole
from mobility.riders.service import get_or_create_account, grant_role
from tests.support.service import Service


async def somebody(sessions: Sessions, role: GrantedRole) -> str:
    """The address of a person with a role, never seen before."""
    address = f"{role}-{uuid4().hex[:8]}@example.org"
    async with transaction(sessions) as session:
        account = await get_or_create_account(session, SystemClock(), address)
        await grant_role(session, SystemClock(), account.id, role, None)
    return address


class People:
    """Other people of the town, each known by an address and signed in when first needed."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._client = httpx.AsyncClient(base_url=service.url, timeout=120)
        self._tokens: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def verify_papers(self, contact: str, *, operator: str) -> None:
        """An operator has seen the licence and the date of birth on it."""
        found = await self.ask(operator, "GET", "/v1/accounts", params={"query": contact})
        account = found["items"][0]
        for licence in account["licences"]:
            path = f"/v1/accounts/{account['id']}/licences/{licence['id']}/verify"
            await self.ask(operator, "POST", path, json={"birth_date_confirmed": True})

    async def may_ride(self, contact: str, *, operator: str) -> None:
        """Somebody's papers are in order."""
        await self.ask(contact, "PATCH", "/v1/me", json={"born_on": "1996-04-12"})
        licence = {"category": "B", "issued_on": "2016-01-01"}
        await self.ask(contact, "POST", "/v1/me/licences", json=licence)
        await self.verify_papers(contact, operator=operator)

    async def ride(self, contact: str, *, operator: str, near: dict[str, float]) -> str:
        """Somebody with papers in order is on the road, on the nearest moped; its plate."""
        await self.may_ride(contact, operator=operator)
        params = {**near, "type": "atlas-moped"}
        nearby = await self.ask(contact, "GET", "/v1/cities/bethune/vehicles/nearby", params=params)
        hold = await self.ask(contact, "POST", "/v1/holds", json={"vehicle_id": nearby["items"][0]["vehicle_id"]})
        rental = await self.ask(contact, "POST", "/v1/rentals", json={"hold_id": hold["id"]})
        self.rental = rental["id"]
        return str(rental["vehicle"]["plate"])

    async def ask(self, contact: str, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {await self.token(contact)}", "Idempotency-Key": f"{method} {path}"}
        answer = await self._client.request(method, path, headers=headers, **options)
        answer.raise_for_status()
        return answer.json()

    async def token(self, contact: str) -> str:
        if contact not in self._tokens:
            sent = (await self._client.post("/v1/sign-in/codes", json={"email": contact})).raise_for_status().json()
            body = {"request_id": sent["request_id"], "code": self._service.last_code(contact)}
            signed_in = await self._client.post("/v1/sign-in/sessions", json=body)
            self._tokens[contact] = signed_in.raise_for_status().json()["token"]
        return self._tokens[contact]
