from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.cli.loading import load
from mobility.db.session import Sessions, transaction
from tests.booking.conftest import PublicIds
from tests.pricing.drafting import PLAN, Office
from tests.support.fleets import lakeport
from tests.support.rides import LIGHTHOUSE, Phone, refusal

# Midnight of 2026-06-17 in Lakeport, which is in winter and 12 hours ahead.
WEDNESDAY = datetime(2026, 6, 16, 12, tzinfo=UTC)


async def prices(client: httpx.AsyncClient) -> dict[str, str]:
    found = (await client.get("/v1/cities/lakeport/tariffs")).json()
    return {type_code: each["tariff"]["code"] for type_code, each in found.items()}


async def test_a_published_tariff_is_in_force_from_midnight_on_and_what_was_sold_keeps_its_price(
    office: Office, clock: FixedClock, phone: Phone, public_ids: PublicIds
) -> None:
    published = await office.publish("2026-06-17")
    assert (published["state"], published["starts_at"]) == ("announced", "2026-06-16T12:00:00Z")
    clock.instant = WEDNESDAY - timedelta(minutes=135)  # before closing time
    assert (await prices(phone.client))["breeze"] == "breeze-minute"
    (public_id,) = await public_ids("B-001")
    rental = await phone.ride(public_id)
    clock.instant = WEDNESDAY + timedelta(minutes=5)
    assert (await prices(phone.client))["breeze"] == "breeze-km"
    assert (await office.states()) == {
        "breeze-km 1": "in_force",
        "pebble-hour-2026 1": "announced",
        "pebble-hour-2025 1": "in_force",
        "breeze-minute 1": "replaced",
    }
    ended = await phone.post(f"/v1/rentals/{rental['id']}/end", {"position": _json(LIGHTHOUSE)})
    assert ended.json()["price_so_far"]["total"]["cents"] == 140 * 40


async def test_gbfs_feeds_sell_what_is_in_force_and_say_the_rest_in_words(office: Office, clock: FixedClock) -> None:
    await office.publish("2026-06-17", free_minutes=5)
    clock.instant = WEDNESDAY
    answer = (await office.client.get("/gbfs/lakeport/v3/system_pricing_plans.json")).json()
    plan = next(each for each in answer["data"]["plans"] if each["plan_id"] == "breeze-km")
    assert (plan["price"], plan["per_min_pricing"], plan["per_km_pricing"]) == (
        1.0,
        [{"start": 5, "rate": 0.3, "interval": 1}],
        [{"start": 2, "rate": 0.5, "interval": 1}],
    )
    (english,) = [each["text"] for each in plan["description"] if each["language"] == "en"]
    assert english.splitlines() == [
        "By the kilometre",
        "Pause: NZD\u00a00.10 a minute.",
        "At most NZD\u00a060.00 per 24 hours, kilometres and supplements aside.",
        "Minimum price: NZD\u00a03.00.",
        "Booked ahead: NZD\u00a02.00.",
        "We 20:10-22:00: 150 % of the price of time.",
        "In the old town: +NZD\u00a01.20.",
        "Far out: +NZD\u00a07.00.",
        "Package Half a day: NZD\u00a030.00 for 720 minutes and 20 km, applied where it is cheaper.",
    ]


async def test_a_draft_may_be_written_anew_and_thrown_away(office: Office) -> None:
    draft = await office.draft()
    changed = await office.put(f"tariff-drafts/{draft}", PLAN | {"price_cents": 150})
    assert (changed.status_code, changed.json()["plan"]["price_cents"]) == (200, 150)
    assert [each["id"] for each in (await office.get("tariff-drafts")).json()["items"]] == [draft]
    assert (await office.delete(f"tariff-drafts/{draft}")).status_code == 204
    assert (await office.get("tariff-drafts")).json() == {"items": [], "next": None}


async def test_lists_are_read_page_by_page(office: Office) -> None:
    drafts = [await office.draft() for _ in range(3)]
    first = (await office.get("tariff-drafts", limit=2)).json()
    assert [each["id"] for each in first["items"]] == drafts[:0:-1]
    assert [d["id"] for d in (await office.get("tariff-drafts", after=first["next"])).json()["items"]] == drafts[:1]
    some = (await office.get("tariff-versions", limit=2)).json()
    assert len((await office.get("tariff-versions", after=some["next"])).json()["items"]) == 1


async def test_a_draft_published_twice_is_published_once(office: Office) -> None:
    draft = await office.draft()
    path, body = f"tariff-drafts/{draft}/publish", {"effective_from": "2026-06-17"}
    assert (await office.post(path, body)).status_code == 201
    assert refusal(await office.post(path, body)) == (404, "unknown_tariff_draft")
    assert (await office.states())["breeze-km 1"] == "announced"


async def test_another_draft_for_the_same_day_is_its_next_version(office: Office, clock: FixedClock) -> None:
    await office.publish("2026-06-17")
    assert (await office.publish("2026-06-17", price_cents=150))["version"] == 2
    clock.instant = WEDNESDAY
    assert (await office.states())["breeze-km 1"] == "replaced"


async def test_a_tariff_is_withdrawn_before_it_begins_and_not_after(office: Office, clock: FixedClock) -> None:
    first = await office.publish("2026-06-17")
    path = f"tariff-versions/{first['id']}/withdraw"
    assert (await office.post(path)).json()["state"] == "withdrawn"
    assert (await office.post(path)).json()["state"] == "withdrawn"
    second = await office.publish("2026-06-17")
    clock.instant = WEDNESDAY
    assert (await prices(office.client))["breeze"] == "breeze-km"
    assert refusal(await office.post(f"tariff-versions/{second['id']}/withdraw")) == (409, "tariff_begun")


async def test_what_the_city_file_says_is_withdrawn_there(
    office: Office, sessions: Sessions, clock: FixedClock
) -> None:
    items = (await office.get("tariff-versions")).json()["items"]
    announced = next(each for each in items if each["state"] == "announced")
    assert refusal(await office.post(f"tariff-versions/{announced['id']}/withdraw")) == (409, "tariff_of_city_file")
    await office.publish("2026-06-17")
    async with transaction(sessions) as session:
        await load(session, clock, lakeport())
    assert (await office.states())["breeze-km 1"] == "announced"


@pytest.mark.parametrize("day", ["2026-06-15", "2026-06-14"])
async def test_a_tariff_begins_tomorrow_at_the_earliest(office: Office, day: str) -> None:
    draft = await office.draft()
    answer = await office.post(f"tariff-drafts/{draft}/publish", {"effective_from": day})
    assert refusal(answer) == (409, "tariff_starts_too_early")


async def test_contradictions_are_refused_with_their_paths(office: Office) -> None:
    wrong = PLAN | {
        "code": "pebble-hour-2025",
        "currency": "EUR",
        "day_cap_cents": 250,
        "factor_percent_max": 120,
        "end_fees": [{"name": {"en": "Moon"}, "cents": 100, "zones": ["moon"]}],
    }
    answer = await office.post("tariff-drafts", wrong)
    assert refusal(answer) == (422, "tariff_refused")
    assert {(each["path"], each["code"]) for each in answer.json()["errors"]} == {
        ("code", "duplicate_code"),
        ("currency", "currency_differs"),
        ("day_cap_cents", "cap_below_price"),
        ("time_factors[0].percent", "factor_over_cap"),
        ("end_fees[0].name.mi", "missing_language"),
        ("end_fees[0].zones", "unknown_zone"),
    }


async def test_what_does_not_exist_is_refused(office: Office) -> None:
    nothing = uuid4()
    missing: list[tuple[Callable[..., Any], str, Any]] = [
        (office.get, f"tariff-drafts/{nothing}/preview", {}),
        (office.delete, f"tariff-drafts/{nothing}", {}),
    ]
    for ask, path, _ in missing:
        assert refusal(await ask(path)) == (404, "unknown_tariff_draft")
    assert refusal(await office.put(f"tariff-drafts/{nothing}", PLAN)) == (404, "unknown_tariff_draft")
    assert refusal(await office.post(f"tariff-versions/{nothing}/withdraw")) == (404, "unknown_tariff")


def _json(position: Any) -> dict[str, float]:
    return {"lon": position.lon, "lat": position.lat}
