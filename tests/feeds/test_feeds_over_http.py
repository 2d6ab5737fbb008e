"""How the files are served: addresses, tags, compression, age."""

import gzip
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update

from mobility.base.clock import FixedClock
from mobility.city.tables import City
from mobility.db.session import Sessions, transaction
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.pricing.tables import Tariff
from tests.booking.conftest import PublicIds
from tests.support.rides import refusal

VEHICLES = "/gbfs/v3/vehicle_status.json"
STATIONS = "/gbfs/v3/station_information.json"

pytestmark = pytest.mark.usefixtures("town")


async def read(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def set_all(sessions: Sessions, table: type[Vehicle | VehicleStatus | City], **values: Any) -> None:
    async with transaction(sessions) as session:
        await session.execute(update(table).values(**values))


async def test_every_listed_file_is_there_without_signing_in(client: httpx.AsyncClient) -> None:
    listed = [each["url"] for each in (await read(client, "/gbfs/v3/gbfs.json"))["data"]["feeds"]]
    older = (await read(client, "/gbfs/v2/gbfs.json"))["data"]
    coming = [each["url"] for each in (await read(client, "/gbfs/v3.1-rc/gbfs.json"))["data"]["feeds"]]
    urls = [*listed, *coming, *(feed["url"] for language in older.values() for feed in language["feeds"])]
    assert len(urls) == 10 + 11 + 2 * 11
    for url in urls:
        await read(client, url)


async def test_a_city_is_found_by_its_name_too(client: httpx.AsyncClient) -> None:
    for path in ("v3/vehicle_status.json", "v2/gbfs.json", "v2/mi/system_information.json"):
        assert await read(client, f"/gbfs/lakeport/{path}") == await read(client, f"/gbfs/{path}")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/gbfs/atlantis/v3/gbfs.json", "unknown_city"),
        ("/gbfs/v3/nothing.json", "unknown_feed"),
        ("/gbfs/v3/vehicle_status", "unknown_feed"),
        ("/gbfs/v3/manifest.json", "unknown_feed"),
        ("/gbfs/v3/vehicle_availability.json", "unknown_feed"),
        ("/gbfs/v2/fr/vehicle_types.json", "unknown_feed"),
        ("/gbfs/v2/vehicle_types.json", "unknown_feed"),
    ],
)
async def test_what_is_not_published_is_not_found(client: httpx.AsyncClient, path: str, code: str) -> None:
    assert refusal(await client.get(path)) == (404, code)


async def test_who_has_the_file_already_is_told_so_without_it(client: httpx.AsyncClient) -> None:
    first = await client.get(VEHICLES)
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag.removeprefix("W/")}', "*"):
        again = await client.get(VEHICLES, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await client.get(VEHICLES, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_files_are_compressed_once_for_who_can_read_that(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", VEHICLES, headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    plain = await client.get(VEHICLES, headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["etag"] == plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


async def test_head_answers_like_get_without_the_body(client: httpx.AsyncClient) -> None:
    for encoding in ("identity", "gzip"):
        head, get = [await client.request(m, VEHICLES, headers={"Accept-Encoding": encoding}) for m in ("HEAD", "GET")]
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "cache-control"):
            assert head.headers[name] == get.headers[name]


async def test_parameters_that_nobody_knows_are_ignored(client: httpx.AsyncClient) -> None:
    """Readers add them so that nothing between keeps an old copy."""
    assert await read(client, f"{VEHICLES}?t=1750000000&lang=fr") == await read(client, VEHICLES)


async def test_pages_of_other_sites_may_read_the_feed(client: httpx.AsyncClient) -> None:
    slow, status = await client.get(STATIONS), await client.get(VEHICLES)
    assert slow.headers["access-control-allow-origin"] == "*"
    assert (slow.headers["cache-control"], status.headers["cache-control"]) == ("public, max-age=600", "no-cache")


async def test_a_change_is_told_within_two_seconds(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    before = await client.get(VEHICLES)
    await set_all(sessions, Vehicle, state="non_operational")
    clock.advance(timedelta(seconds=2))
    after = await client.get(VEHICLES)
    assert after.headers["etag"] != before.headers["etag"]
    assert all(each["is_disabled"] for each in after.json()["data"]["vehicles"])


async def test_nothing_is_made_again_while_nothing_changes(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    before = await client.get(VEHICLES)
    await set_all(sessions, VehicleStatus, range_m=VehicleStatus.range_m - 1, heard_at=clock.now())
    await set_all(sessions, VehicleStatus, range_m=VehicleStatus.range_m + 1, charge_percent=99.0)
    clock.advance(timedelta(seconds=59))
    assert (await client.get(VEHICLES)).headers["etag"] == before.headers["etag"]


async def test_a_status_that_does_not_change_is_confirmed_every_minute(
    client: httpx.AsyncClient, clock: FixedClock
) -> None:
    stations, before = await read(client, STATIONS), await read(client, VEHICLES)
    clock.advance(timedelta(minutes=1))
    after = await read(client, VEHICLES)
    assert (before["last_updated"], after["last_updated"]) == ("2026-06-15T08:00:00Z", "2026-06-15T08:01:00Z")
    assert after["data"] == before["data"]
    assert await read(client, STATIONS) == stations


async def test_a_slow_file_keeps_its_date_until_it_changes(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    types, plans = [f"/gbfs/v3/{name}.json" for name in ("vehicle_types", "system_pricing_plans")]
    before, priced = await read(client, types), await read(client, plans)
    clock.advance(timedelta(days=16))  # on the first of July the car's price changes
    await set_all(sessions, City, loaded_at=clock.now())
    after, repriced = await read(client, types), await read(client, plans)
    assert [each["plan_id"] for each in repriced["data"]["plans"]] == ["breeze-minute", "pebble-hour-2026"]
    assert repriced["last_updated"] > priced["last_updated"]
    assert after["data"] != before["data"]
    regions = "/gbfs/v3/system_regions.json"
    first = await read(client, regions)
    clock.advance(timedelta(hours=1))
    await set_all(sessions, City, loaded_at=clock.now())
    assert await read(client, regions) == first


async def test_a_system_without_any_price_publishes_empty_lists(client: httpx.AsyncClient, sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(delete(Tariff))
    assert (await read(client, VEHICLES))["data"] == {"vehicles": []}
    assert (await read(client, "/gbfs/v3/system_pricing_plans.json"))["data"] == {"plans": []}


async def test_nobody_is_refused_for_asking_often(client: httpx.AsyncClient, public_ids: PublicIds) -> None:
    (moped,) = await public_ids("B-001")
    answers = [await client.get(VEHICLES) for _ in range(100)]
    assert {answer.status_code for answer in answers} == {200}
    assert str(moped) in answers[-1].text
