from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.money import Money
from mobility.booking import queries, service
from mobility.booking.events import RentalEnded, RentalStarted
from mobility.booking.rules.refusals import RideEnded, RideNotEnded, UnknownRental
from mobility.booking.service.bills import PricedRide
from mobility.booking.service.rides import Held, time_spent
from mobility.booking.service.soundness import violations
from mobility.booking.tables import Hold, Rental
from mobility.city.rules.parking import NoParkingHere, NotAtAStation, OutOfServiceZone, StationFull
from mobility.city.service import load_city, read_city_file
from mobility.db.tables import OutboxMessage
from mobility.fleet.service import add_vehicles, load_types
from mobility.geo import LonLat, PositionSwapped
from mobility.payments.queries import find_payment
from mobility.pricing.service import load_tariffs
from tests.support.fleets import lakeport
from tests.support.rides import BETHUNE, LIGHTHOUSE, MARKET, WHARF, Story, add_rider

LAKE = LonLat(175.06, -40.0)


async def topics(story: Story) -> list[str]:
    """What was told to others of rentals, oldest first."""
    wanted = select(OutboxMessage.topic).where(OutboxMessage.topic.startswith("booking."))
    return list(await story.session.scalars(wanted.order_by(OutboxMessage.id)))


async def test_unlocking_the_held_vehicle_starts_the_ride(story: Story) -> None:
    kept = (await story.hold("B-001")).hold
    rental = await story.start(kept)
    status = await story.status("B-001")
    hold = await story.session.get_one(Hold, kept.id, populate_existing=True)
    assert (rental.state, rental.started_at, rental.tariff_id) == ("riding", story.clock.now(), hold.tariff_id)
    assert (rental.start_lon, rental.start_lat) == (status.lon, status.lat)
    assert hold.state == "used"
    assert (await story.vehicle("B-001")).state == "on_trip"
    assert (await story.log("B-001"))[-1].rental_id == rental.id
    assert await topics(story) == [RentalStarted.topic]
    assert await violations(story.session) == []


async def test_a_ride_ends_though_its_class_has_left_the_city_file_meanwhile(story: Story) -> None:
    rental = await story.ride("B-001")
    city_file = lakeport()
    cars = tuple(type_ for type_ in city_file.vehicle_types if type_.mode == "car-share")
    smaller = msgspec.structs.replace(city_file, vehicle_types=cars)
    await load_city(story.session, story.clock, smaller)
    await load_types(story.session, story.clock, smaller)
    story.passes(minutes=3)
    assert (await story.end(rental, LIGHTHOUSE)).state == "ended"


async def test_a_moped_ends_where_it_stands_and_gets_another_name(story: Story) -> None:
    known_as = (await story.vehicle("B-001")).public_id
    rental = await story.ride("B-001")
    story.passes(minutes=12, seconds=1)
    ended = await story.end(rental, LIGHTHOUSE)
    vehicle, status = await story.vehicle("B-001"), await story.status("B-001")
    assert (ended.state, ended.ended_at, ended.end_station_id) == ("ended", story.clock.now(), None)
    assert (status.lon, status.lat, vehicle.state) == (LIGHTHOUSE.lon, LIGHTHOUSE.lat, "available")
    assert vehicle.public_id != known_as
    assert ended.vehicle_public_id == known_as
    assert await topics(story) == [RentalStarted.topic, RentalEnded.topic]
    assert await violations(story.session) == []


async def test_the_end_prices_and_charges_the_ride_with_the_vat_of_the_day(story: Story) -> None:
    rental = await story.ride("B-001")
    story.passes(minutes=12, seconds=1)
    await story.end(rental, LIGHTHOUSE)
    payment = await find_payment(story.session, rental.id)
    assert payment is not None
    assert (payment.account_id, payment.amount_cents, payment.currency) == (story.rider.account_id, 520, "NZD")
    receipt = await service.receipt(story.session, account_id=story.rider.account_id, rental_id=rental.id)
    assert receipt.bill.total == Money(520, "NZD")
    assert [(line.label, line.quantity, line.cents) for line in receipt.bill.lines] == [("time", 13, 520)]
    assert (receipt.vat_percent, receipt.vat.net_cents, receipt.vat.vat_cents) == (Decimal(15), 452, 68)


async def test_what_is_told_of_an_ended_ride_is_its_price_and_neither_rider_nor_place(story: Story) -> None:
    rental = await story.ride("B-001")
    story.passes(minutes=10)
    await story.end(rental, LIGHTHOUSE)
    told = await story.session.scalar(
        select(OutboxMessage.payload).where(
            OutboxMessage.topic == RentalEnded.topic, OutboxMessage.subject == str(rental.id)
        )
    )
    assert msgspec.convert(told, RentalEnded) == RentalEnded(
        rental_id=rental.id, city_id="lakeport", at=story.clock.now(), total=Money(400, "NZD")
    )


async def test_a_ride_that_costs_nothing_is_not_charged(story: Story) -> None:
    rental = await story.ride("B-001")
    await story.end(rental, LIGHTHOUSE)
    assert await find_payment(story.session, rental.id) is None
    receipt = await service.receipt(story.session, account_id=story.rider.account_id, rental_id=rental.id)
    assert (receipt.bill.lines, receipt.bill.total, receipt.ride.payment) == ((), Money(0, "NZD"), None)


async def test_a_car_stops_in_a_pause_and_its_pause_has_a_price_of_its_own(story: Story) -> None:
    story.clock.instant = datetime(2026, 7, 1, 0, tzinfo=UTC)  # noon in Lakeport; the tariff of July prices pauses
    rental = await story.ride("P-001")
    story.passes(minutes=59)
    await story.pause(rental)
    assert (await story.vehicle("P-001")).state == "stopped"
    story.passes(minutes=30)
    await story.resume(rental)
    assert (await story.vehicle("P-001")).state == "on_trip"
    story.passes(minutes=1)
    await story.end(rental, MARKET)
    ride = await queries.get_ride(story.session, rental.id, story.rider.account_id)
    priced = await service.priced(story.session, story.clock, ride)
    assert priced.due.total == Money(200 + 1300 + 30 * 5, "NZD")


async def test_a_paused_moped_stays_on_its_trip(story: Story) -> None:
    rental = await story.ride("B-001")
    await story.pause(rental)
    assert (await story.vehicle("B-001")).state == "on_trip"
    assert rental.state == "paused"


async def test_pausing_twice_or_resuming_twice_changes_nothing(story: Story) -> None:
    rental = await story.ride("P-001")
    await story.resume(rental)
    await story.pause(rental)
    story.passes(minutes=5)
    await story.pause(rental)
    story.passes(minutes=5)
    await story.resume(rental)
    await story.resume(rental)
    assert time_spent(rental, story.clock.now()).paused.total_seconds() == 600
    assert len(rental.pauses) == 1


async def test_a_ride_may_be_paused_and_resumed_at_one_instant(story: Story) -> None:
    rental = await story.ride("P-001")
    for _ in range(2):
        await story.pause(rental)
        await story.resume(rental)
    await story.end(rental, MARKET)
    assert rental.state == "ended"


async def test_a_paused_ride_may_be_ended(story: Story) -> None:
    rental = await story.ride("P-001")
    story.passes(minutes=5)
    await story.pause(rental)
    story.passes(minutes=5)
    await story.end(rental, MARKET)
    assert [event.event for event in await story.log("P-001")][-2:] == ["trip_stop", "trip_end"]
    assert rental.pauses[-1].ended_at == story.clock.now()


@pytest.mark.parametrize(
    ("plate", "at", "refusal"),
    [
        ("B-001", LAKE, OutOfServiceZone),
        ("B-001", WHARF, NoParkingHere),
        ("P-001", LAKE, OutOfServiceZone),
        ("P-001", LIGHTHOUSE, NotAtAStation),
    ],
)
async def test_a_refused_end_leaves_the_ride_running(
    story: Story, plate: str, at: LonLat, refusal: type[Exception]
) -> None:
    rental = await story.ride(plate)
    with pytest.raises(refusal):
        await story.end(rental, at)
    again = await story.session.get_one(Rental, rental.id, populate_existing=True)
    assert (again.state, again.ended_at, (await story.vehicle(plate)).state) == ("riding", None, "on_trip")


async def test_a_station_is_full_when_every_bay_has_a_car(story: Story) -> None:
    for plate in ("P-001", "P-002"):
        other = await story.someone_else()
        await other.end(await other.ride(plate), MARKET)
    assert (await story.vehicle("P-001")).station_id == await story.station("market")
    rental = await story.ride("P-003")
    with pytest.raises(StationFull) as refused:
        await story.end(rental, MARKET)
    assert refused.value.facts["nearest"]["code"] == "wharf"


async def test_the_bay_of_a_car_that_left_is_free(story: Story) -> None:
    stories = [await story.someone_else() for _ in range(2)]
    for plate, other in zip(("P-001", "P-002"), stories, strict=True):
        await other.end(await other.ride(plate), MARKET)
    await stories[0].ride("P-001")
    last = await story.end(await story.ride("P-003"), MARKET)
    assert last.end_station_id == await story.station("market")


async def test_a_car_may_come_back_to_the_bay_it_left(story: Story) -> None:
    ended = await story.end(await story.ride("P-001"), WHARF)
    assert (ended.start_station_id, ended.end_station_id) == (await story.station("wharf"),) * 2


async def test_a_ride_ends_once(story: Story) -> None:
    rental = await story.ride("B-001")
    await story.end(rental, LIGHTHOUSE)
    for again in (story.end(rental, LIGHTHOUSE), story.pause(rental), story.resume(rental)):
        with pytest.raises(RideEnded):
            await again


async def test_a_ride_ends_although_its_vehicle_was_out_of_sight(story: Story) -> None:
    rental = await story.ride("P-001")
    await story.report("P-001", "comms_lost")
    await story.end(rental, MARKET)
    assert (await story.vehicle("P-001")).state == "available"


async def test_a_ride_of_somebody_else_does_not_exist(story: Story) -> None:
    rental = await story.ride("B-001")
    other = await story.someone_else()
    for attempt in (other.end(rental, LIGHTHOUSE), other.pause(rental), other.resume(rental)):
        with pytest.raises(UnknownRental):
            await attempt
    with pytest.raises(UnknownRental):
        await service.receipt(story.session, account_id=other.rider.account_id, rental_id=rental.id)


async def test_there_is_no_receipt_before_the_end(story: Story) -> None:
    rental = await story.ride("B-001")
    with pytest.raises(RideNotEnded):
        await service.receipt(story.session, account_id=story.rider.account_id, rental_id=rental.id)


async def test_the_app_opens_on_what_the_rider_is_in_the_middle_of(story: Story) -> None:
    async def current() -> object:
        return await service.find_current(story.session, story.clock, story.rider.account_id)

    assert await current() is None
    held = await story.hold("B-001")
    assert isinstance(now_held := await current(), Held)
    assert now_held.hold.id == held.hold.id
    rental = await story.start(held.hold)
    assert isinstance(riding := await current(), PricedRide)
    assert riding.ride.rental.id == rental.id
    await story.end(rental, LIGHTHOUSE)
    assert await current() is None


async def test_a_hold_that_ran_out_is_nothing_any_more(story: Story) -> None:
    await story.hold("B-001")
    story.passes(minutes=15)
    assert await service.find_current(story.session, story.clock, story.rider.account_id) is None


async def test_rides_are_listed_newest_first_page_by_page(story: Story) -> None:
    plates = ("B-001", "B-002", "B-003")
    taken = [(await story.end(await story.ride(plate), LIGHTHOUSE)).id for plate in plates]
    account_id = story.rider.account_id
    first = await queries.list_rides(story.session, account_id, limit=2, after=None)
    rest = await queries.list_rides(story.session, account_id, limit=2, after=first[-1].rental.id)
    assert [ride.rental.id for ride in [*first, *rest]] == taken[::-1]


async def test_exchanged_coordinates_do_not_end_a_ride(session: AsyncSession, clock: FixedClock) -> None:
    bethune = read_city_file(BETHUNE)
    await load_city(session, clock, bethune)
    await load_types(session, clock, bethune)
    await load_tariffs(session, clock, bethune)
    vehicles = {new.plate: new for new in await add_vehicles(session, clock, bethune)}
    rider = add_rider(session, clock)
    await session.flush()
    story = Story(session, clock, vehicles, rider)
    rental = await story.ride(next(iter(vehicles)))
    with pytest.raises(PositionSwapped):
        await story.end(rental, LonLat(bethune.centre.lat, bethune.centre.lon))
    assert rental.state == "riding"
