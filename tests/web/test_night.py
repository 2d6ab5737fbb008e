"""The night's plan at the desk, and on a crew's phone with its network cut."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from mobility.db.session import Sessions
from mobility.fleet.tables import Vehicle
from mobility.rebalancing.tables import NightPhoto, NightTask
from tests.support.photos import photo
from tests.support.service import Service
from tests.web.faces import Say
from tests.web.pages import OperatorPage, Watched

# The code of Z-999, which stands nowhere, and a camera that sees it.
CODE = (
    "▄▄▄▄▄▄▄       ▄▄▄▄▄▄▄",
    "█ ▄▄▄ █ ▄█▀█▀ █ ▄▄▄ █",
    "█ ███ █ ▀ ▀▄  █ ███ █",
    "█▄▄▄▄▄█ ▄ █ ▄ █▄▄▄▄▄█",
    "   ▄▄ ▄▄  ▄ ▀    ▄▄  ",
    "▄ █  ▀▄▄▄█▄██▀▄ █ ▀ █",
    " █▄█▄▀▄▄█▀█▀▀ █  ▀▀▀▄",
    "▄▄▄▄▄▄▄ █ ▄███▀█▄▀▄▀▄",
    "█ ▄▄▄ █ ▄▀█▀  ██▀██ ▄",
    "█ ███ █ ▀▀▄▄▄█  ▀█▄▄▄",
    "█▄▄▄▄▄█  ▀█  ▄  ▀ ██ ",
)
CAMERA = """(code) => {
  const canvas = document.createElement("canvas"), side = 12;
  canvas.width = canvas.height = 25 * side;
  const pen = canvas.getContext("2d"), half = { "█": [0, 1], "▀": [0], "▄": [1], " ": [] };
  const draw = () => {
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "black";
    code.forEach((row, y) => [...row].forEach((sign, x) => half[sign].forEach(
      (lower) => pen.fillRect((x + 2) * side, (2 * y + lower + 2) * side, side, side))));
    requestAnimationFrame(draw);
  };
  draw();
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}"""


@pytest.mark.face("en", "desk")
async def test_an_operator_has_the_night_planned_stops_what_takes_too_long_and_publishes(
    face: BrowserContext, say: Say, service: Service, operator: str, screens: Path
) -> None:
    console = await OperatorPage.open(face, service, screens, say)
    page = console.page
    await console.sign_in(operator)
    service.end("worker")  # what is asked for waits until somebody works again
    try:
        await page.get_by_role("navigation").get_by_text(say("Nuit"), exact=True).click()
        stop = console.button("Arrêter")
        solve = console.button("Calculer le plan").or_(console.button("Recalculer"))
        await expect(solve.or_(stop).first).to_be_visible()
        if await solve.is_visible():  # the evening's own may be under way
            await solve.click()
        await expect(console.text("Calcul en cours…")).to_be_visible()
        await console.screen("operator-night-solving")
        await stop.click()
        await expect(solve).to_be_visible()
    finally:
        service.start("worker")
    async with page.expect_response("**/night-plans") as answer:
        await solve.click()
    version = (await (await answer.value).json())["version"]
    said = page.get_by_test_id("plan-state")
    await expect(said).to_contain_text(str(version), timeout=600_000)  # a first solver compiles its kernels
    await console.button("Publier").click()
    await expect(said).to_contain_text(say("publié"))
    await expect(page.get_by_role("group", name=say("Emploi du temps des équipes"))).to_be_visible()
    await console.screen("operator-night")
    assert console.faults == []


async def drag_before(page: Page, bar: Locator, other: Locator) -> None:
    """With the pointer, as far as just before the other bar."""
    await bar.scroll_into_view_if_needed()
    own, goal = await bar.bounding_box(), await other.bounding_box()
    assert own
    assert goal
    await page.mouse.move(own["x"] + own["width"] / 2, own["y"] + own["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(goal["x"] - 4, goal["y"] + goal["height"] / 2, steps=5)
    await page.mouse.up()


async def test_an_operator_moves_and_fixes_a_task_says_what_came_between_and_sees_what_that_changes(
    desk: BrowserContext, service: Service, operator: str, two_swaps: UUID, screens: Path
) -> None:
    console = await OperatorPage.open(desk, service, screens)
    page = console.page
    await console.sign_in(operator)
    await page.get_by_role("navigation").get_by_text("Nuit").click()
    bars = page.get_by_test_id("night-bar")
    await expect(bars).to_have_count(2)
    async with page.expect_request("**/restrictions") as dragged:
        await drag_before(page, bars.last, bars.first)
    await expect(page.get_by_text("Étape fixée")).to_be_visible()
    await bars.last.focus()
    await page.keyboard.press("Enter")
    earlier = page.get_by_role("button", name="Plus tôt")
    await expect(earlier).to_be_enabled()
    async with page.expect_request("**/restrictions") as pressed:
        await earlier.press("Enter")
    asked = (await dragged.value).post_data_json
    assert (asked["crew"], asked["position"]) == ("nord", 0)
    assert (await pressed.value).post_data_json == asked
    await page.get_by_role("button", name="Fixer").click()
    await expect(page.get_by_text("Étape fixée").first).to_be_visible()
    await console.screen("operator-night-locked")
    await page.get_by_role("button", name="Signaler un imprévu").click()
    await page.get_by_label("Que se passe-t-il").select_option("flood")
    await page.get_by_role("checkbox", name="Hôtel de ville").check()
    await console.screen("operator-night-flood")
    await page.get_by_role("button", name="Signaler", exact=True).click()
    await expect(page.get_by_text("Inondation · Hôtel de ville")).to_be_visible()
    await expect(page.get_by_test_id("night-changes")).to_have_text("2 étapes changées", timeout=600_000)
    await console.screen("operator-night-changed")
    assert console.faults == []


@pytest.mark.face("en", "phone")
async def test_a_crew_works_on_while_its_network_is_cut_and_what_it_did_arrives_later(
    face: BrowserContext,
    say: Say,
    service: Service,
    crew: str,
    two_plates: tuple[str, str],
    sessions_of_pages: Sessions,
    screens: Path,
) -> None:
    seen = await Watched.open_at(face, service, screens, "/crew", say)
    page = seen.page
    await seen.give_code(crew)
    task = page.get_by_test_id("crew-task")
    await expect(task).to_contain_text(two_plates[0])
    await expect(task).to_contain_text(re.compile(r"22(\sh\s|:)30"))  # by the city's clocks, whatever the phone's say
    await seen.screen("crew-task")
    await page.evaluate(CAMERA, CODE)
    await seen.tap("Viser le code")
    await seen.sees("Ce véhicule n’est pas celui de cette étape.")
    await seen.label("Plaque du véhicule").first.fill(two_plates[0].lower())
    await seen.button("Plaque du véhicule").click()
    await expect(seen.text("C’est le bon véhicule.")).to_be_visible()
    await seen.button("Commencer").click()
    await expect(page.get_by_test_id("net")).to_contain_text(say("Tout est envoyé"))
    await expect(task).to_have_attribute("data-state", "started")

    await face.set_offline(True)
    await seen.button("C’est fait").click()
    await expect(task).to_contain_text(two_plates[1])
    await seen.button("Impossible").click()
    await seen.label("Ajouter une photo").set_input_files(
        {"name": "gate.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await expect(seen.text("Photo gardée")).to_be_visible()
    await seen.screen("crew-cannot")
    await seen.button("Lieu fermé").click()
    await expect(seen.text("C’est fini. Merci")).to_be_visible()
    summary = re.compile(r"1\s*(batterie changée|battery changed).*1\s*(étape impossible|task not possible)")
    await expect(page.get_by_test_id("crew-summary")).to_contain_text(summary)
    await expect(page.get_by_test_id("net")).to_contain_text(say("3 à envoyer"))
    await seen.screen("crew-offline")
    seen.faults.clear()  # a cut network is told by the browser

    await face.set_offline(False)
    await expect(page.get_by_test_id("net")).to_contain_text(say("Tout est envoyé"))
    async with sessions_of_pages() as session:
        states = await session.scalars(select(Vehicle.state).where(Vehicle.plate.in_(two_plates)))
        assert list(states) == ["available", "available"]
        photos = select(NightPhoto.id).join(NightTask, NightTask.id == NightPhoto.task_id)
        mine = NightTask.content["vehicles"].contains([{"plate": two_plates[1]}])
        assert len((await session.scalars(photos.where(mine))).all()) == 1
    assert seen.faults == []
