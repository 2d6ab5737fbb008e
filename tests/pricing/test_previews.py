from datetime import UTC, datetime, timedelta

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from tests.booking.conftest import PublicIds
from tests.pricing.drafting import Office
from tests.support.rides import LIGHTHOUSE, Phone
from tests.support.strangers import rows

BREEZE = {
    "price_cents": 100,
    "per_km_pricing": [],
    "time_factors": [],
    "end_fees": [],
    "packages": [],
    "minimum_cents": 0,
}


async def test_a_draft_is_priced_beside_the_tariff_in_force(office: Office) -> None:
    draft = await office.draft()
    preview = (await office.get(f"tariff-drafts/{draft}/preview")).json()
    assert (preview["in_force"]["code"], preview["draft"]["plan"]["code"]) == ("breeze-minute", "breeze-km")
    typical = {(each["minutes"], each["km"], each["starts"]): each for each in preview["typical"]}
    quarter = typical[15, 4, "10:00"]
    assert (quarter["old"]["cents"], quarter["new"]["cents"]) == (600, 100 + 450 + 100)
    assert preview["past"] | {"bands": []} == {
        "rides": 0,
        "old": {"cents": 0, "currency": "NZD"},
        "new": {"cents": 0, "currency": "NZD"},
        "change": {"cents": 0, "currency": "NZD"},
        "dearer": 0,
        "cheaper": 0,
        "median_change": None,
        "bands": [],
    }


async def test_the_latest_rides_are_priced_anew_and_nothing_of_it_is_kept(
    office: Office, clock: FixedClock, phone: Phone, public_ids: PublicIds, sessions: Sessions
) -> None:
    for minutes in (5, 10, 20, 60):
        (public_id,) = await public_ids("B-001")
        rental = await phone.ride(public_id)
        clock.advance(timedelta(minutes=minutes))
        position = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
        await phone.post(f"/v1/rentals/{rental['id']}/end", {"position": position})
    draft = await office.draft(**BREEZE)  # 1 $ and 30 c a minute instead of 40 c
    before = await rows(sessions)
    past = (await office.get(f"tariff-drafts/{draft}/preview")).json()["past"]
    assert (past["rides"], past["old"]["cents"], past["new"]["cents"]) == (4, 95 * 40, 4 * 100 + 95 * 30)
    assert (past["dearer"], past["cheaper"], past["median_change"]["cents"]) == (1, 2, -100)
    assert past["bands"] == [
        {"from_cents": -500, "until_cents": -200, "rides": 1},
        {"from_cents": -100, "until_cents": -50, "rides": 1},
        {"from_cents": 50, "until_cents": 100, "rides": 1},
    ]
    assert await rows(sessions) == before
    few = (await office.get(f"tariff-drafts/{draft}/preview", rides=1)).json()["past"]
    assert (few["rides"], few["old"]["cents"]) == (1, 2_400)


async def test_a_class_without_a_price_yet_has_nothing_to_compare_with(office: Office, clock: FixedClock) -> None:
    draft = await office.draft()
    clock.instant = datetime(2024, 6, 1, tzinfo=UTC)
    preview = (await office.get(f"tariff-drafts/{draft}/preview")).json()
    assert (preview["in_force"], preview["past"], preview["typical"][0]["old"]) == (None, None, None)
