import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.payments import service as payments
from mobility.pricing.tables import PromisedReward, Promotion, Voucher
from mobility.pricing.tasks import grant_rewards
from tests.booking.conftest import PublicIds, Riders
from tests.pricing.drafting import Office
from tests.pricing.test_passes import ride
from tests.support.fleets import signed_in
from tests.support.rides import Phone, refusal

SUMMER = {"starts_at": "2026-06-01T00:00:00Z", "ends_at": "2026-09-01T00:00:00Z"}
CITY = "/v1/cities/lakeport"


@pytest.fixture
async def offer(office: Office) -> Any:
    async def offered(code: str, **terms: Any) -> httpx.Response:
        return await post(office, f"{CITY}/promotions", {"code": code, **SUMMER, **terms})

    return offered


async def post(office: Office, path: str, body: Any) -> httpx.Response:
    return await office.client.post(path, json=body, headers=office.headers | {"Idempotency-Key": uuid4().hex})


async def use(phone: Phone, code: str) -> httpx.Response:
    return await phone.post("/v1/me/codes", {"city": "lakeport", "code": code})


async def test_a_promotion_is_taken_off_of_so_many_rides(
    phone: Phone, clock: FixedClock, public_ids: PublicIds, offer: Any
) -> None:
    assert (await offer("WELCOME", percent_off=50, rides_each=2)).status_code == 201
    assert (await use(phone, " wel-come ")).json() == {
        "kind": "promotion",
        "credit": None,
        "percent_off": 50,
        "amount_off": None,
        "rides": 2,
    }
    told = [await ride(phone, clock, public_ids, 10) for _ in range(3)]
    assert told == [[("Time, pauses included", 400), ("Promo code · WELCOME", -200)]] * 2 + [
        [("Time, pauses included", 400)]
    ]


async def test_a_promotion_ends_when_an_operator_says_so(
    office: Office, phone: Phone, clock: FixedClock, public_ids: PublicIds, offer: Any
) -> None:
    made = (await offer("WELCOME", cents_off=300)).json()
    await use(phone, "WELCOME")
    stopped = await office.client.delete(f"{CITY}/promotions/{made['id']}", headers=office.headers)
    assert stopped.json()["ends_at"] == "2026-06-15T08:00:00Z"
    assert await ride(phone, clock, public_ids, 10) == [("Time, pauses included", 400)]
    listed = (await office.client.get(f"{CITY}/promotions", headers=office.headers)).json()["items"]
    assert [(each["code"], each["riders"]) for each in listed] == [("WELCOME", 1)]


async def test_of_a_crowd_as_many_get_an_offer_as_there_are_places(
    client: httpx.AsyncClient, riders: Riders, sessions: Sessions, offer: Any, town: list[NewVehicle]
) -> None:
    await offer("FIRSTFIVE", percent_off=50, riders_max=5)
    answers = await asyncio.gather(*(use(Phone(client, person), "FIRSTFIVE") for person in await riders(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"promotion_used_up"}
    async with sessions() as session:
        assert await session.scalar(select(Promotion.riders)) == 5


async def test_codes_are_refused_with_the_reason(
    phone: Phone, clock: FixedClock, public_ids: PublicIds, offer: Any
) -> None:
    await offer("LATER", percent_off=10, starts_at="2026-07-01T00:00:00Z")
    await offer("NEWCOMER", percent_off=10, new_riders_only=True)
    await offer("ONCE", percent_off=10)
    assert refusal(await use(phone, "NOTHING")) == (404, "unknown_benefit_code")
    assert refusal(await use(phone, "LATER")) == (409, "benefit_code_over")
    assert (await use(phone, "ONCE")).status_code == 200
    assert refusal(await use(phone, "ONCE")) == (409, "benefit_code_used")
    await ride(phone, clock, public_ids, 10)
    assert refusal(await use(phone, "NEWCOMER")) == (409, "only_for_new_riders")


async def test_an_offer_that_contradicts_itself_is_refused(offer: Any) -> None:
    assert refusal(await offer("BOTH", percent_off=10, cents_off=10)) == (422, "unclear_discount")
    assert refusal(await offer("NONE")) == (422, "unclear_discount")
    assert refusal(await offer("BACK", percent_off=10, ends_at="2026-05-01T00:00:00Z")) == (422, "period_empty")
    await offer("TWICE", percent_off=10)
    assert refusal(await offer("TWICE", percent_off=20)) == (409, "promotion_code_taken")


async def test_an_offer_of_another_city_cannot_be_stopped(office: Office) -> None:
    path = f"{CITY}/promotions/01890a5d-ac96-774b-bcce-b302099a8057"
    assert refusal(await office.client.delete(path, headers=office.headers)) == (404, "unknown_promotion")


async def test_whoever_guesses_codes_is_stopped(phone: Phone) -> None:
    answers = [await use(phone, f"GUESS{number}") for number in range(21)]
    assert refusal(answers[-1]) == (429, "too_many_codes")
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_a_voucher_is_credit_for_whoever_types_it_first(
    office: Office, phone: Phone, other: Phone, sessions: Sessions
) -> None:
    terms = {"count": 2, "cents": 1_000, "good_until": "2026-12-31T00:00:00Z"}
    printed = (await post(office, f"{CITY}/vouchers", terms)).json()["codes"]
    async with sessions() as session:
        hashes = (await session.scalars(select(Voucher.code_hash))).all()
    assert len(hashes) == len(set(printed)) == 2
    redeemed = await asyncio.gather(use(phone, printed[0].lower()), use(other, printed[0]))
    assert sorted(answer.status_code for answer in redeemed) == [200, 409]
    async with sessions() as session:
        owed = [(await payments.credit_of(session, each.person.account_id, "NZD")).cents for each in (phone, other)]
    assert sorted(owed) == [0, 1_000]
    (batch,) = (await office.client.get(f"{CITY}/vouchers", headers=office.headers)).json()["items"]
    assert (batch["count"], batch["redeemed"], batch["worth"]["cents"]) == (2, 1, 1_000)


async def test_a_voucher_that_has_expired_is_worth_nothing(office: Office, phone: Phone, clock: FixedClock) -> None:
    terms = {"count": 1, "cents": 1_000, "good_until": "2026-06-15T09:00:00Z"}
    (code,) = (await post(office, f"{CITY}/vouchers", terms)).json()["codes"]
    clock.advance(timedelta(hours=1))
    assert refusal(await use(phone, code)) == (409, "benefit_code_over")
    assert refusal(await post(office, f"{CITY}/vouchers", terms)) == (422, "period_empty")


async def test_a_reduced_fare_is_granted_by_the_city_and_hidden_from_operators(
    client: httpx.AsyncClient,
    office: Office,
    phone: Phone,
    sessions: Sessions,
    clock: FixedClock,
    public_ids: PublicIds,
) -> None:
    desk = await signed_in(sessions, clock, "desk@example.org", role="city", city="lakeport")
    keyed = desk | {"Idempotency-Key": "one"}
    body = {"email": f"{phone.person.account_id}@example.org", "code": "lake-card", "ends_at": "2026-12-31T00:00:00Z"}
    granted = (await client.post(f"{CITY}/entitlements", json=body, headers=keyed)).json()
    assert await ride(phone, clock, public_ids, 10) == [("Time, pauses included", 400), ("Reduced fare", -160)]
    (own,) = (await phone.get("/v1/me/benefits")).json()["reduced_fares"]
    assert (own["name"], own["percent_off"]) == ("Lake card", 40)
    assert refusal(await client.get(f"{CITY}/entitlements", headers=office.headers)) == (403, "role_missing")
    listed = (await client.get(f"{CITY}/entitlements", headers=desk)).json()["items"]
    assert [each["id"] for each in listed] == [granted["id"]]
    await client.delete(f"{CITY}/entitlements/{granted['id']}", headers=desk)
    assert await ride(phone, clock, public_ids, 10) == [("Time, pauses included", 400)]


async def test_a_fare_is_granted_to_people_and_by_names_that_exist(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    desk = await signed_in(sessions, clock, "desk@example.org", role="city", city="lakeport")
    body = {"email": "nobody@example.org", "code": "lake-card", "ends_at": "2026-12-31T00:00:00Z"}

    async def asked(key: str, **changed: str) -> tuple[int, str]:
        headers = desk | {"Idempotency-Key": key}
        return refusal(await client.post(f"{CITY}/entitlements", json=body | changed, headers=headers))

    assert await asked("one") == (404, "unknown_rider")
    assert await asked("two", code="gold-card") == (404, "unknown_reduced_fare")
    nobodys = f"{CITY}/entitlements/01890a5d-ac96-774b-bcce-b302099a8057"
    assert refusal(await client.delete(nobodys, headers=desk)) == (404, "unknown_entitlement")


@pytest.mark.parametrize(
    ("charge", "plugged_after_min", "cents"), [(35.0, 10, 200), (35.0, 25, 0), (60.0, 10, 0), (35.0, None, 0)]
)
async def test_who_plugs_an_empty_car_in_is_rewarded(
    phone: Phone,
    sessions: Sessions,
    clock: FixedClock,
    public_ids: PublicIds,
    charge: float,
    plugged_after_min: int | None,
    cents: int,
) -> None:
    (public_id,) = await public_ids("P-001")
    rental = await phone.ride(public_id)
    await says(sessions, charge_percent=charge)
    clock.advance(timedelta(minutes=10))
    wharf = {"position": {"lon": 175.0, "lat": -40.0}}
    assert (await phone.post(f"/v1/rentals/{rental['id']}/end", wharf)).status_code == 200
    for minute in range(30):
        clock.advance(timedelta(minutes=1))
        if minute == plugged_after_min:
            await says(sessions, charging=True, reported_at=clock.now())
        async with transaction(sessions) as session:
            await grant_rewards(session, clock)
    async with sessions() as session:
        assert (await payments.credit_of(session, phone.person.account_id, "NZD")).cents == cents
        states = set(await session.scalars(select(PromisedReward.state)))
    assert states <= {"granted" if cents else "lapsed"}


async def says(sessions: Sessions, **values: Any) -> None:
    async with transaction(sessions) as session:
        of_car = VehicleStatus.vehicle_id == select(Vehicle.id).where(Vehicle.plate == "P-001").scalar_subquery()
        await session.execute(update(VehicleStatus).where(of_car).values(**values))
