"""The pages as their people use them: by role and label, never by class name."""

import io
import os
import re
from itertools import product
from pathlib import Path
from typing import Self

from PIL import Image
from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.conftest import ROOT
from tests.support.service import Service
from tests.web.faces import PHONE, SIZES, THEMES, Said, Say

# The browser itself reports every refused request; refusals are what the page is there to explain.
REFUSAL = re.compile(r"the server responded with a status of 4\d\d")
# Drawing without a graphics card is slow, and the driver says so.
DRIVER = "GL Driver Message"
# For pictures a page is drawn in other sizes while its map still looks at what it was fitted to.
RESIZED = "Map cannot fit within canvas"
# Most contexts here keep no pages: what a test routes must not be answered by the device.
NOT_KEPT = "Service Worker registration blocked"
# What rises, slides or fades has arrived; what turns for ever is not waited for.
STILL = """() => Promise.all(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  .map((each) => each.finished.catch(() => null)))"""
FRENCH = Say()
# Lossy, but no eye sees it; a hundred pictures have to fit into a repository.
WEBP = {"quality": 82, "method": 4}
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
# What WCAG 2.2 AA and with it the RGAA ask for, as far as a machine can tell.
BARRIERS = """async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }))
  .violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))"""


class Watched:
    """A page, what went wrong on it, and where it went: nothing may, and nowhere but to the service."""

    def __init__(self, page: Page, service: Service, screens: Path, say: Say = FRENCH) -> None:
        self.page = page
        self.say = say
        self.service = service
        self.faults: list[str] = []
        self._screens = screens
        self._axe = AXE.read_text(encoding="utf-8")
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._note_request)

    @classmethod
    async def open_at(
        cls, context: BrowserContext, service: Service, screens: Path, path: str, say: Say = FRENCH
    ) -> Self:
        seen = cls(await context.new_page(), service, screens, say)
        await seen.page.goto(service.url + path)
        return seen

    def button(self, name: Said) -> Locator:
        return self.page.get_by_role("button", name=self.say(name))

    def label(self, text: Said) -> Locator:
        return self.page.get_by_label(self.say(text))

    def text(self, text: Said) -> Locator:
        return self.page.get_by_text(self.say(text))

    async def tap(self, name: Said) -> None:
        await self.button(name).first.click()

    async def sees(self, text: Said) -> None:
        await expect(self.text(text).first).to_be_visible()

    async def heading(self, text: Said) -> None:
        await expect(self.page.get_by_role("heading", name=self.say(text))).to_be_visible()

    async def give_code(self, contact: str) -> None:
        """Who signs in, as far as the code."""
        await self.label("E-mail ou téléphone").fill(contact)
        await self.tap("Recevoir le code")
        field = self.label("Code à six chiffres")
        await field.wait_for()
        await field.fill(self.service.last_code(contact))

    async def screen(self, name: str) -> None:
        """Notes what somebody with a screen reader would not find; with pictures, in every size and theme."""
        await self.page.evaluate(STILL)
        if "MOBILITY_SCREENS" in os.environ:
            await self._in_every_look(name)
        else:
            await self._examine(name)

    async def _in_every_look(self, name: str) -> None:
        """On a phone and on a desk, light and dark; pictures are kept of the French."""
        own = self.page.viewport_size
        for (size, viewport), theme in product(SIZES.items(), THEMES):
            await self.page.set_viewport_size(viewport)
            await self.page.emulate_media(color_scheme=theme)
            await self.page.wait_for_timeout(900)  # the map is drawn anew: the picture waits, no check does
            if self.say == FRENCH:
                picture = Image.open(io.BytesIO(await self.page.screenshot()))
                picture.convert("RGB").save(self._screens / f"{name}-{size}-{theme}.webp", **WEBP)
            await self._examine(f"{name}, {size}, {theme}")
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size(own or PHONE)

    async def _examine(self, name: str) -> None:
        self.faults += [f"{name}: {barrier}" for barrier in await self._barriers()]

    async def _barriers(self) -> list[str]:
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(self._axe)
        found: list[str] = await self.page.evaluate(BARRIERS)
        return found

    def _note_console(self, message: ConsoleMessage) -> None:
        resized = "MOBILITY_SCREENS" in os.environ and RESIZED in message.text
        expected = resized or REFUSAL.search(message.text) or DRIVER in message.text or NOT_KEPT in message.text
        if message.type in {"error", "warning"} and not expected:
            self.faults.append(message.text)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.service.url, "data:", "blob:")):
            self.faults.append(f"a request left the service: {request.url}")


class ResidentPage(Watched):
    @classmethod
    async def open(cls, context: BrowserContext, service: Service, screens: Path, say: Say = FRENCH) -> Self:
        resident = await cls.open_at(context, service, screens, "/app", say)
        await resident.wait_for_map()
        return resident

    async def wait_for_map(self) -> None:
        await self.page.locator("[data-idle]").wait_for()

    async def sign_in(self, contact: str) -> None:
        await self.give_code(contact)

    async def declare(self, *, born_on: str, licence: str, issued_on: str) -> None:
        await self.label("Date de naissance").fill(born_on)
        await self.label("Permis ou brevet").select_option(label=str(self.say(licence)))
        await self.label("Délivré le").fill(issued_on)
        await self.tap("Enregistrer")


class OperatorPage(Watched):
    @classmethod
    async def open(cls, context: BrowserContext, service: Service, screens: Path, say: Say = FRENCH) -> Self:
        return await cls.open_at(context, service, screens, "/operator", say)

    async def sign_in(self, contact: str) -> None:
        await self.sign_in_only(contact)
        await self.page.locator("[data-idle]").wait_for()

    async def sign_in_only(self, contact: str) -> None:
        """Where there is no map to wait for."""
        await self.give_code(contact)
        await expect(self.page.get_by_text(self.say("En direct"), exact=True)).to_be_visible()

    async def find(self, words: str) -> None:
        """From the keyboard, wherever one is: what fits the words first."""
        await self.page.keyboard.press("/")
        await self.page.keyboard.type(words)
        await expect(self.page.get_by_test_id("hits").get_by_role("option", name=words).first).to_be_visible()
        await self.page.keyboard.press("Enter")

    async def choose(self, plate: str) -> None:
        await self.page.get_by_role("button", name=re.compile(re.escape(plate))).click()
        await expect(self.page.get_by_role("heading", name=plate)).to_be_visible()

    async def state_is(self, state: str) -> None:
        await expect(self.page.get_by_test_id("state")).to_contain_text(self.say(state))
