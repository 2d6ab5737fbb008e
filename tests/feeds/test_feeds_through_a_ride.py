"""Readers that nobody here wrote, and our own checks, at every step of a ride."""

import json
import warnings
from datetime import timedelta
from typing import Any

import httpx
import pybikes.gbfs
import pytest
from gbfs.client import GBFSClient
from gbfs_validator import GBFS
from pybikes.utils import PyBikesScraper

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.feeds.rules.checks import findings
from mobility.feeds.rules.checks.feed import Document, Feed
from tests.booking.conftest import PublicIds
from tests.support.rides import LIGHTHOUSE, WHARF, Phone

ROOTS = tuple(f"http://mobility.test/gbfs/{version}/gbfs.json" for version in ("v3", "v2", "v3.1-rc"))


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


@pytest.mark.parametrize(
    ("plate", "place", "free_bays"), [("B-001", LIGHTHOUSE, None), ("P-001", WHARF, 1)], ids=["moped", "car"]
)
async def test_strangers_read_the_feed_without_fault_at_every_step_of_a_ride(
    client: httpx.AsyncClient,
    phone: Phone,
    public_ids: PublicIds,
    clock: FixedClock,
    plate: str,
    place: Any,
    free_bays: int | None,
) -> None:
    async def look() -> Copies:
        clock.advance(timedelta(seconds=2))
        feed = await copies(client)
        assert_readable(feed, clock)
        return feed

    (before,) = await public_ids(plate)
    assert str(before) in (await look()).text

    hold = await phone.post("/v1/holds", {"vehicle_id": str(before)})
    held = await look()
    (shown,) = [each for each in held.data("vehicle_status")["vehicles"] if each["vehicle_id"] == str(before)]
    assert (shown["is_reserved"], shown["is_disabled"]) == (True, False)

    rental = (await phone.post("/v1/rentals", {"hold_id": hold.json()["id"]})).json()["id"]
    riding = await look()
    assert len(riding.data("vehicle_status")["vehicles"]) == 7
    assert str(before) not in riding.text
    if free_bays:
        assert riding.data("station_status")["stations"][0]["num_docks_available"] == free_bays + 1

    for step in ("pause", "resume"):
        await phone.post(f"/v1/rentals/{rental}/{step}")
        assert len((await look()).data("vehicle_status")["vehicles"]) == 7

    end = {"position": {"lon": place.lon, "lat": place.lat}}
    assert (await phone.post(f"/v1/rentals/{rental}/end", end)).status_code == 200
    ended = await look()
    (after,) = await public_ids(plate)
    assert (str(before) in ended.text, str(after) in ended.text, before != after) == (False, True, True)


async def test_an_id_outlives_a_hold_that_became_no_ride(
    client: httpx.AsyncClient, phone: Phone, public_ids: PublicIds, clock: FixedClock
) -> None:
    before = (await copies(client)).data("vehicle_status")
    (moped,) = await public_ids("B-001")
    hold = (await phone.post("/v1/holds", {"vehicle_id": str(moped)})).json()["id"]
    await phone.delete(f"/v1/holds/{hold}")
    clock.advance(timedelta(seconds=2))
    assert (await copies(client)).data("vehicle_status") == before


async def test_no_lasting_id_and_no_plate_is_in_any_byte(
    client: httpx.AsyncClient, phone: Phone, sessions: Sessions, town: Any
) -> None:
    text = (await copies(client)).text
    for vehicle in town:
        assert str(vehicle.id) not in text
        assert vehicle.plate not in text
    assert str(phone.person.account_id) not in text
