import asyncio
import json
from pathlib import Path
from typing import Any

from mobility.street.client import Client, Refused
from mobility.street.rider import LICENCE, Persona


class NoCode(Exception):
    """The mailbox holds no code for an address that one was just sent to."""


class Mailbox:
    """The demo's mailbox file: one JSON line a message, `to` and `code` among its keys."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def code_for(self, address: str) -> str:
        """The latest code sent to an address: it is in the file before the service says that it was sent."""
        lines = self._path.read_text().splitlines() if self._path and self._path.exists() else []
        messages = (json.loads(line) for line in reversed(lines))
        for message in messages:
            if message["to"] == address and message["code"]:
                return str(message["code"])
        raise NoCode(f"{self._path} holds no code for {address}: it is not the mailbox that the service writes to")


class Desk:
    """Where riders sign in and show their papers to a city; without an operator nobody says that the papers hold."""

    def __init__(
        self, mailbox: Mailbox, *, city: str = "", operator: Client | None = None, operator_email: str = ""
    ) -> None:
        self._mailbox, self._city, self._operator, self._operator_email = mailbox, city, operator, operator_email
        self._operator_signs_in = asyncio.Lock()

    async def admit(self, client: Client, persona: Persona) -> None:
        """Sign a rider in, fill in what is missing of their profile, and have their licence verified."""
        me = await self._me(client, persona.email)
        if me["born_on"] is None:
            profile = {"name": persona.name, "born_on": persona.born_on.isoformat(), "locale": persona.locale}
            me = await client.patch("/v1/me", profile | self._here)
        licence = await self._licence(client, me, persona)
        if licence["state"] == "declared":
            await self._verify(me["id"], licence["id"])

    async def _me(self, client: Client, address: str) -> dict[str, Any]:
        """The account behind the client's token; signed in anew when the token is none, or none any more."""
        try:
            me: dict[str, Any] = await client.get("/v1/me")
        except Refused as refusal:
            if refusal.status != 401:
                raise
            client.token = await self._sign_in(client, address)
            me = await client.get("/v1/me")
        return me

    async def _sign_in(self, client: Client, address: str) -> str:
        client.token = ""
        asked = await client.post("/v1/sign-in/codes", {"email": address})
        code = self._mailbox.code_for(address)
        opened = await client.post("/v1/sign-in/sessions", {"request_id": asked["request_id"], "code": code})
        return str(opened["token"])

    async def _verify(self, account_id: str, licence_id: str) -> None:
        if self._operator is None:
            return
        async with self._operator_signs_in:
            await self._me(self._operator, self._operator_email)
        path = f"/v1/accounts/{account_id}/licences/{licence_id}/verify"
        await self._operator.post(path, {"birth_date_confirmed": True})

    async def _licence(self, client: Client, me: dict[str, Any], persona: Persona) -> dict[str, Any]:
        for licence in me["licences"]:
            if licence["category"] == LICENCE:
                return dict(licence)
        title = {"category": LICENCE, "issued_on": persona.licensed_on.isoformat()}
        return dict(await client.post("/v1/me/licences", title | self._here))

    @property
    def _here(self) -> dict[str, str]:
        """Whose operators see the papers."""
        return {"city": self._city} if self._city else {}
