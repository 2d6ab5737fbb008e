"""The pages as their people use them: by role and label, never by class name."""

import os
import re
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, expect

from tests.conftest import ROOT
from tests.support.service import Service

# The browser itself reports every refused request; refusals are what the page is there to explain.
REFUSAL = re.compile(r"the server responded with a status of 4\d\d")
# Drawing without a graphics card is slow, and the driver says so.
DRIVER = "GL Driver Message"
# Most contexts here keep no pages: what a test routes must not be answered by the device.
NOT_KEPT = "Service Worker registration blocked"
# What rises, slides or fades has arrived; what turns for ever is not waited for.
STILL = """() => Promise.all(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  .map((each) => each.finished.catch(() => null)))"""
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
# What WCAG 2.2 AA and with it the RGAA ask for, as far as a machine can tell.
BARRIERS = """async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }))
  .violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))"""


class Watched:
    """A page, what went wrong on it, and where it went: nothing may, and nowhere but to the service."""

    def __init__(self, page: Page, service: Service, screens: Path) -> None:
        self.page = page
        self.service = service
        self.faults: list[str] = []
        self._screens = screens
        self._axe = AXE.read_text(encoding="utf-8")
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._note_request)

    async def screen(self, name: str) -> None:
        """Keeps what is seen where pictures are wanted, and notes what somebody with a screen reader would not find."""
        await self.page.evaluate(STILL)
        if "MOBILITY_SCREENS" in os.environ:
            await self.page.wait_for_timeout(700)  # the map moves: the picture waits, no check does
            await self.page.screenshot(path=self._screens / f"{name}.png")
        self.faults += [f"{name}: {barrier}" for barrier in await self._barriers()]

    async def _barriers(self) -> list[str]:
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(self._axe)
        found: list[str] = await self.page.evaluate(BARRIERS)
        return found

    def _note_console(self, message: ConsoleMessage) -> None:
        expected = REFUSAL.search(message.text) or DRIVER in message.text or NOT_KEPT in message.text
        if message.type in {"error", "warning"} and not expected:
            self.faults.append(message.text)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.service.url, "data:", "blob:")):
            self.faults.append(f"a request left the service: {request.url}")


class ResidentPage(Watched):
    @classmethod
    async def open(cls, context: BrowserContext, service: Service, screens: Path) -> "ResidentPage":
        resident = cls(await context.new_page(), service, screens)
        await resident.page.goto(f"{service.url}/app")
        await resident.wait_for_map()
        return resident

    async def wait_for_map(self) -> None:
        await self.page.locator("[data-idle]").wait_for()

    async def tap(self, name: str | re.Pattern[str]) -> None:
        await self.page.get_by_role("button", name=name).first.click()

    async def sign_in(self, contact: str) -> None:
        await self.page.get_by_label("E-mail ou téléphone").fill(contact)
        await self.tap("Recevoir le code")
        field = self.page.get_by_label("Code à six chiffres")
        await field.wait_for()
        await field.fill(self.service.last_code(contact))

    async def declare(self, *, born_on: str, licence: str, issued_on: str) -> None:
        await self.page.get_by_label("Date de naissance").fill(born_on)
        await self.page.get_by_label("Permis ou brevet").select_option(label=licence)
        await self.page.get_by_label("Délivré le").fill(issued_on)
        await self.tap("Enregistrer")

    async def sees(self, text: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def heading(self, text: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_role("heading", name=text)).to_be_visible()


class OperatorPage(Watched):
    @classmethod
    async def open(cls, context: BrowserContext, service: Service, screens: Path) -> "OperatorPage":
        operator = cls(await context.new_page(), service, screens)
        await operator.page.goto(f"{service.url}/operator")
        return operator

    async def sign_in(self, contact: str) -> None:
        await self.sign_in_only(contact)
        await self.page.locator("[data-idle]").wait_for()

    async def sign_in_only(self, contact: str) -> None:
        """Where there is no map to wait for."""
        await self.page.get_by_label("E-mail ou téléphone").fill(contact)
        await self.page.get_by_role("button", name="Recevoir le code").click()
        field = self.page.get_by_label("Code à six chiffres")
        await field.wait_for()
        await field.fill(self.service.last_code(contact))
        await expect(self.page.get_by_text("En direct", exact=True)).to_be_visible()

    async def choose(self, plate: str) -> None:
        await self.page.get_by_role("button", name=re.compile(re.escape(plate))).click()
        await expect(self.page.get_by_role("heading", name=plate)).to_be_visible()

    async def state_is(self, state: str) -> None:
        await expect(self.page.get_by_test_id("state")).to_contain_text(state)
