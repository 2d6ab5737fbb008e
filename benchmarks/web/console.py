"""The operator's console while a whole fleet moves: time of the page's main thread for one update, by fleet size.

A real Chromium without a graphics card shows the built page; a stand-in for the service tells it of every vehicle's new
place at once, as the live stream does. The same page with no update beside it says what standing still costs.
"""

import argparse
import asyncio
import functools
import http.server
import json
import shutil
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from playwright.async_api import CDPSession, Page, Route, ViewportSize, async_playwright

from mobility.city.rules.prepared import PreparedCity
from mobility.city.schemas.cities import CityDetail
from mobility.city.service import read_city_file

ROOT = Path(__file__).parents[2]
CITY = ROOT / "cities/bethune/city.toml"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
DESK: ViewportSize = {"width": 1440, "height": 900}
# Until what an update sets off is over: the slide of few vehicles, the map's own drawing.
SETTLE_MS = 2_500
ACCOUNT: dict[str, object] = {
    "id": "0198a000-0000-7000-8000-000000000001",
    "email": "desk@example.org",
    "phone": None,
    "name": "Desk",
    "locale": "fr",
    "born_on": None,
    "roles": [{"role": "operator", "city": "bethune"}],
    "licences": [],
    "eligible_for": {},
}
# The stream as the page hears it; what it will say is written before time is taken.
STREAM = """
(count) => {
  const states = ["available", "available", "available", "reserved", "on_trip", "non_operational", "non_contactable"];
  const at = (nth, turn) => ({
    lon: 2.638 + 0.06 * Math.sin(nth * 12.9 + turn / 40),
    lat: 50.53 + 0.04 * Math.cos(nth * 7.1 + turn / 40),
  });
  const vehicle = (nth, turn) => ({
    id: `0198a000-0000-7000-8000-${String(nth).padStart(12, "0")}`, plate: `AT-${String(nth).padStart(4, "0")}`,
    type: nth % 4 ? "moped" : "car", state: states[nth % states.length], state_since: "2026-06-15T08:00:00Z", seq: 1,
    position: at(nth, turn), station_id: null, charge_percent: (nth * 7 + turn) % 100,
    range_m: 40000, odometer_m: 900000, locked: true, heard_at: "2026-06-15T08:00:00Z",
    reported_at: new Date(Date.UTC(2026, 5, 15, 8) + turn * 1000).toISOString(),
  });
  const fleet = (turn) => Array.from({ length: count }, (_, nth) => vehicle(nth + 1, turn));
  let turn = 0, said = [];
  window.EventSource = class extends EventTarget {
    static CLOSED = 2;
    readyState = 1;
    constructor() {
      super();
      window.stream = this;
      setTimeout(() => {
        this.dispatchEvent(new Event("open"));
        this.dispatchEvent(new MessageEvent("snapshot", { data: JSON.stringify({ vehicles: fleet(0) }) }));
      });
    }
    close() {}
  };
  window.prepare = () => { turn += 1; said = fleet(turn).map((each) => JSON.stringify(each)); };
  window.tell = () => { for (const data of said) window.stream.dispatchEvent(new MessageEvent("vehicle", { data })); };
}
"""


def main() -> int:
    arguments = _arguments()
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if chromium is None or not (arguments.pages / "operator.html").exists():
        print("this needs Chromium, and the pages built: `./run web`", file=sys.stderr)
        return 2
    print(f"{'vehicles':>8} {'still ms':>9} {'update ms':>10} {'longest ms':>11} {'script ms':>10}")
    with _Pages(arguments.pages) as origin:
        for vehicles in arguments.vehicles:
            print(asyncio.run(_measure(chromium, origin, vehicles, arguments.updates)), flush=True)
    return 0


async def _measure(chromium: str, origin: str, vehicles: int, updates: int) -> str:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(viewport=DESK, locale="fr-FR", service_workers="block")
        await page.add_init_script(f"({STREAM})({vehicles})")
        await page.route("**/v1/**", _answers())
        await page.goto(f"{origin}/operator.html")
        await page.locator("[data-idle]").wait_for(timeout=120_000)
        metrics = await page.context.new_cdp_session(page)
        await metrics.send("Performance.enable")
        still = [await _spent(page, metrics, lambda: page.wait_for_timeout(1)) for _ in range(updates)]
        moved = [await _update(page, metrics) for _ in range(updates)]
        await browser.close()
    tasks, scripts = zip(*moved, strict=True)
    return (
        f"{vehicles:>8} {median(task for task, _ in still):>9.0f} {median(tasks):>10.0f} {max(tasks):>11.0f}"
        f" {median(scripts):>10.0f}"
    )


async def _update(page: Page, metrics: CDPSession) -> tuple[float, float]:
    await page.evaluate("prepare()")
    return await _spent(page, metrics, lambda: page.evaluate("tell()"))


async def _spent(page: Page, metrics: CDPSession, work: Callable[[], Awaitable[Any]]) -> tuple[float, float]:
    """Milliseconds of the main thread, all its tasks and its scripts alone, until what `work` set off is over."""
    before = await _read(metrics)
    await work()
    await page.wait_for_timeout(SETTLE_MS)
    after = await _read(metrics)
    return tuple((after[name] - before[name]) * 1e3 for name in ("TaskDuration", "ScriptDuration"))  # type: ignore[return-value]


async def _read(metrics: CDPSession) -> dict[str, float]:
    answer = await metrics.send("Performance.getMetrics")
    return {each["name"]: each["value"] for each in answer["metrics"]}


def _answers() -> Callable[[Route], Awaitable[None]]:
    """A service with a city and an operator, and nothing else that is known."""
    city = PreparedCity(read_city_file(CITY), "")
    known = {
        "/v1/app-config": b'{"city":"bethune","style_url":"","locales":["fr","en"]}',
        "/v1/me": json.dumps(ACCOUNT).encode(),
        "/v1/cities/bethune": msgspec.json.encode(CityDetail.of(city)),
        "/v1/cities/bethune/map": city.map_json,
        "/v1/cities/bethune/tariffs": b"{}",
    }

    async def answer(route: Route) -> None:
        path = route.request.url.partition("/v1")[2].partition("?")[0]
        body = known.get(f"/v1{path}", b'{"items":[],"next":null}')
        await route.fulfill(status=200, content_type="application/json", body=body)

    return answer


class _Pages:
    """The built pages under an address of this machine."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name that its base gives
        pass


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vehicles", type=int, nargs="+", default=[500, 5_000])
    parser.add_argument("--updates", type=int, default=7, help="of which the median is told")
    parser.add_argument("--pages", type=Path, default=ROOT / "web/dist", help="where the built pages are")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
