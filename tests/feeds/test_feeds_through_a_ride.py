"""Readers that nobody here wrote, and our own checks, at every step of a ride."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from tests.booking.conftest import PublicIds
from tests.feeds.readers import Copies, assert_read_by_node, assert_readable, copies
from tests.support.rides import LIGHTHOUSE, WHARF, Phone


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
    steps: list[Copies] = []

    async def look() -> Copies:
        clock.advance(timedelta(seconds=2))
        feed = await copies(client)
        assert_readable(feed, clock)
        steps.append(feed)
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
    assert_read_by_node(steps)


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
