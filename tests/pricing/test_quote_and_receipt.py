"""A receipt is what the quote's rule says of the real ride, to the cent; through the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat
from tests.booking.conftest import PublicIds
from tests.pricing.drafting import Office
from tests.support.rides import LIGHTHOUSE, MARKET, Phone, refusal

# Wednesday, 20:00 in Lakeport: ten minutes before the evening's factor.
EIGHT = datetime(2026, 6, 17, 8, tzinfo=UTC)


async def drive(sessions: Sessions, metres: int) -> None:
    async with transaction(sessions) as session:
        vehicle = Vehicle.plate == "B-001"
        driven = update(VehicleStatus).values(odometer_m=VehicleStatus.odometer_m + metres)
        await session.execute(driven.where(VehicleStatus.vehicle_id == Vehicle.id, vehicle))


@pytest.mark.parametrize("minutes", [3, 12, 60, 300])
@pytest.mark.parametrize(("km", "end"), [(0, MARKET), (7.4, LIGHTHOUSE), (31, LIGHTHOUSE)])
async def test_the_receipt_is_the_quote_of_the_real_ride(
    office: Office,
    sessions: Sessions,
    clock: FixedClock,
    phone: Phone,
    public_ids: PublicIds,
    minutes: int,
    km: float,
    end: LonLat,
) -> None:
    await office.publish("2026-06-17")
    clock.instant = EIGHT
    (public_id,) = await public_ids("B-001")
    asked = {"vehicle_id": str(public_id), "minutes": minutes, "km": km, "end": {"lon": end.lon, "lat": end.lat}}
    quote = (await phone.post("/v1/quotes", asked)).json()
    rental = await phone.ride(public_id)
    clock.advance(timedelta(minutes=minutes))
    await drive(sessions, round(km * 1_000))
    so_far = (await phone.get(f"/v1/rentals/{rental['id']}")).json()["price_so_far"]
    ended = await phone.post(f"/v1/rentals/{rental['id']}/end", {"position": asked["end"]})
    assert ended.status_code == 200, ended.text
    receipt = (await phone.get(f"/v1/rentals/{rental['id']}/receipt")).json()
    assert (quote["tariff_code"], quote["lines"], quote["total"]) == ("breeze-km", receipt["lines"], receipt["total"])
    assert so_far["total"]["cents"] <= receipt["total"]["cents"]


async def lines(phone: Phone, public_id: object, **asked: Any) -> dict[str, int]:
    answer = await phone.post("/v1/quotes", {"vehicle_id": str(public_id), **asked})
    return {line["label"]: line["amount"]["cents"] for line in answer.json()["lines"]}


async def test_a_quote_names_every_line_in_words(
    office: Office, clock: FixedClock, phone: Phone, public_ids: PublicIds
) -> None:
    await office.publish("2026-06-17")
    (public_id,) = await public_ids("B-001")
    far = {"lon": 175.3, "lat": -40.3}
    assert await lines(
        phone, public_id, minutes=12, km=3.2, starts_at="2026-06-17T20:00:00", booked_ahead=True, end=far
    ) == {
        "Start": 100,
        "Riding": 300,
        "Riding · 150 %": 90,
        "Distance": 100,
        "Booked ahead": 200,
        "Where it ended · Far out": 700,
    }
    assert await lines(phone, public_id, minutes=1, starts_at="2026-06-17T08:00:00+12:00") == {
        "Start": 100,
        "Riding": 30,
        "Up to the minimum price": 170,
    }
    assert await lines(phone, public_id, minutes=600, km=30, starts_at="2026-06-18T08:00:00") == {
        "Package · Half a day": 3_000,
        "Distance": 500,
    }


async def test_a_quote_goes_by_the_tariff_that_will_be_in_force(phone: Phone, public_ids: PublicIds) -> None:
    (car,) = await public_ids("P-001")
    assert await lines(phone, car, minutes=60, starts_at="2026-06-30T23:59:00") == {
        "Start": 200,
        "Time, pauses included": 1_200,
    }
    assert await lines(phone, car, minutes=60, starts_at="2026-07-01T00:00:00") == {"Start": 200, "Riding": 1_300}


async def test_a_quote_for_a_year_too_far_or_a_place_swapped_is_refused(phone: Phone, public_ids: PublicIds) -> None:
    (public_id,) = await public_ids("B-001")
    asked = {"vehicle_id": str(public_id), "minutes": 10}
    assert refusal(await phone.post("/v1/quotes", asked | {"starts_at": "2029-01-01T00:00:00"})) == (
        422,
        "time_too_far",
    )
    swapped = {"lon": -40.0, "lat": 175.0}
    assert refusal(await phone.post("/v1/quotes", asked | {"end": swapped})) == (422, "position_out_of_range")
