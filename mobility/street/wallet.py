"""A rider's bank card: saved on the payment service's own page, and what they do when a ride was not paid."""

import asyncio
from typing import Any

import httpx

from mobility.street.client import Client, Refused
from mobility.street.rider import GOOD_CARD
from mobility.street.tally import Tally

# The payment service tells of a card, or of a bank's answer, within a second.
LOOK_EVERY_S, LOOKS_MAX = 0.5, 40
EXPIRY, CVC = "12/34", "123"


class Wallet:
    """Works with pages that are plain forms, as the emulator's are; on any other page no card is saved."""

    def __init__(self, client: Client, browser: httpx.AsyncClient, tally: Tally, *, first_card: str) -> None:
        self._client, self._browser, self._tally = client, browser, tally
        self._first_card = first_card

    async def open(self) -> None:
        """Save the first card, if the service wants one and has none."""
        cards = await self._client.get("/v1/me/cards")
        if cards["needed"] and not cards["items"]:
            await self._save(self._first_card, known=0)

    async def settle(self) -> None:
        """Pay what was declined: answer the bank where it asks, else with a card that is good."""
        for payment in (await self._client.get("/v1/payments"))["items"]:
            if payment["state"] == "declined":
                await self._pay(payment)

    async def _pay(self, payment: dict[str, Any]) -> None:
        if payment["remedy"] != "confirm":
            await self._save(GOOD_CARD, known=len((await self._client.get("/v1/me/cards"))["items"]))
        path = f"/v1/payments/{payment['id']}"
        await self._client.post(f"{path}/pay", {"return_path": "/"})
        for _ in range(LOOKS_MAX):
            await asyncio.sleep(LOOK_EVERY_S)
            now = await self._client.get(path)
            if now["state"] == "captured":
                self._tally.debts_settled += 1
                return
            if now["action_url"]:
                await self._browser.post(now["action_url"], data={"answer": "yes"})

    async def _save(self, number: str, *, known: int) -> None:
        page = (await self._client.post("/v1/me/cards", {"return_path": "/"}))["url"]
        sent = await self._browser.post(page, data={"number": number, "expiry": EXPIRY, "cvc": CVC})
        if not sent.is_redirect:
            raise Refused(sent.status_code, "card_page_unreadable", {})
        if "/authenticate/" in (bank := sent.headers["location"]):
            await self._browser.post(bank, data={"answer": "yes"})
        for _ in range(LOOKS_MAX):
            if len((await self._client.get("/v1/me/cards"))["items"]) > known:
                self._tally.cards_saved += 1
                return
            await asyncio.sleep(LOOK_EVERY_S)
