"""A rider pays with a card: the hosted page, the ride, the way back after a decline, and what makes rides cheaper."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from mobility.db.embedded import Servers
from tests.support.service import Service
from tests.support.stripe import Emulated, emulated
from tests.web.pages import ResidentPage
from tests.web.people import People

ASKS_ITS_HOLDER, FAILS_LATER, GOOD = "4000 0025 0000 3155", "4000 0000 0000 0341", "4242 4242 4242 4242"


@pytest.fixture
def emulator() -> Iterator[Emulated]:
    with emulated() as running:
        yield running


@pytest.fixture
def service(
    running_servers: Servers,
    loaded_template: tuple[str, Path],
    loaded_database_url: str,
    tmp_path: Path,
    emulator: Emulated,
) -> Iterator[Service]:
    """The service with the payment service behind it that the emulator stands for."""
    service = Service(loaded_database_url, running_servers.redis_url, tmp_path, "bethune")
    endpoint = emulator.stripe.v1.webhook_endpoints.create(
        {"url": f"{service.url}/v1/webhooks/payments", "enabled_events": ["*"]}
    )
    service.more_environment = {
        "MOBILITY_STRIPE_KEY": "sk_test_web",
        "MOBILITY_STRIPE_URL": emulator.url,
        "MOBILITY_STRIPE_WEBHOOK_SECRET": str(endpoint.secret),
    }
    shutil.copy(loaded_template[1], service.vehicles)
    try:
        service.start("serve", "worker")
        yield service
    finally:
        service.stop()


class Payer(ResidentPage):
    async def save_card(self, number: str) -> None:
        """On the hosted page, as far as the bank's question if there is one."""
        await self.tap("Ajouter une carte")
        await self.page.get_by_label("Numéro de carte").fill(number)
        await self.page.get_by_role("button", name="Enregistrer").click()

    async def open_wallet(self) -> None:
        await self.tap("Menu")
        await self.tap("Portefeuille")

    async def use_code(self, code: str) -> None:
        await self.page.get_by_label("J’ai un code").fill(code)
        await self.tap("Utiliser le code")

    async def ride(self) -> None:
        await self.tap(re.compile("Scooter Atlas"))
        await self.tap(re.compile("^Réserver"))
        await self.tap("Déverrouiller")
        await self.heading("En route")
        await self.tap("Terminer")
        await self.tap("Terminer ici")
        await self.sees("Trajet terminé")
        await self.tap("Terminé")


async def test_a_rider_saves_a_card_rides_is_declined_and_pays_with_another(
    phone: BrowserContext,
    service: Service,
    people: People,
    lea: str,
    operator: str,
    screens: Path,
    emulator: Emulated,
) -> None:
    rider = await Payer.open(phone, service, screens)
    await rider.tap(re.compile("Scooter Atlas"))
    await rider.tap("Se connecter et réserver")
    await rider.sign_in(lea)
    await rider.declare(born_on="1996-04-12", licence="B, voiture", issued_on="2016-01-01")
    await rider.sees("Nous vérifions vos papiers")
    await people.verify_papers(lea, operator=operator)
    await rider.sees("Enregistrez une carte bancaire avant de rouler.")
    await rider.screen("resident-wallet-empty")

    await rider.save_card(ASKS_ITS_HOLDER)
    await rider.page.get_by_role("button", name="C'est moi").click()
    await rider.wait_for_map()
    await rider.ride()
    await rider.open_wallet()
    await rider.sees(re.compile("3155"))
    await rider.screen("resident-wallet")

    await rider.save_card(FAILS_LATER)
    await rider.wait_for_map()
    await rider.ride()
    await declined(people, lea)
    await rider.open_wallet()
    await rider.sees(re.compile("n’est pas payé"))
    await rider.screen("resident-wallet-unpaid")

    await rider.save_card(GOOD)
    await rider.wait_for_map()
    await rider.open_wallet()
    await rider.tap("Payer maintenant")
    await expect(rider.page.get_by_text(re.compile("n’est pas payé"))).to_be_hidden()
    states = [intent.status for intent in emulator.stripe.v1.payment_intents.list({"limit": 10}).data]
    assert states == ["succeeded", "requires_payment_method", "succeeded"]

    await rider.use_code("PAS-UN-CODE")
    await rider.sees(re.compile("Ce code n'existe pas"))
    await rider.screen("resident-wallet-code-refused")
    await promote(people, operator, "BIENVENUE")
    await rider.use_code("bienvenue")
    await rider.sees(re.compile("50.% de moins sur vos 2 prochains trajets"))
    await rider.sees(re.compile("Encore 2.trajets"))
    await rider.tap("Choisir Quotidien")
    await rider.screen("resident-wallet-pass-chosen")
    await rider.tap(re.compile("^Acheter pour 24,00"))
    await rider.sees(re.compile("puis renouvelé"))
    await rider.screen("resident-wallet-benefits")
    await rider.tap("Ne pas renouveler")
    await rider.sees(re.compile("sans renouvellement"))
    await rider.page.keyboard.press("Escape")
    await rider.tap("Menu")
    await rider.page.get_by_text("English").click()
    await rider.tap("Wallet")
    await rider.sees(re.compile("not renewed"))
    await rider.screen("resident-wallet-english")
    assert [fault for fault in rider.faults if emulator.url not in fault] == []


async def promote(people: People, operator: str, code: str) -> None:
    """Half off of two rides, for whoever types the code this year."""
    now = datetime.now(UTC)
    offered = {
        "code": code,
        "percent_off": 50,
        "rides_each": 2,
        "starts_at": (now - timedelta(days=1)).isoformat(),
        "ends_at": (now + timedelta(days=365)).isoformat(),
    }
    await people.ask(operator, "POST", "/v1/cities/bethune/promotions", json=offered)


async def declined(people: People, lea: str) -> None:
    """Wait until the bank has said no: the worker asks it a moment after the ride."""
    async with asyncio.timeout(120):
        while "declined" not in [each["state"] for each in (await people.ask(lea, "GET", "/v1/payments"))["items"]]:
            await asyncio.sleep(0.2)
