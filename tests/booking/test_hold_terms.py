"""How a city lets its vehicles be held: for how long, for what, by whom again and from how far."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from mobility.booking import service
from mobility.booking.rules.holds import (
    ExtensionTooLong,
    HoldLockedOut,
    HoldNotExtendable,
    PositionNeeded,
    TooFarToHold,
)
from mobility.booking.rules.refusals import HoldCancelled, HoldExpired, UnknownHold
from mobility.booking.service.holding import Wish
from mobility.booking.service.quotes import Asked, quote
from mobility.booking.service.rides import Held
from mobility.booking.tables import Hold
from mobility.booking.tasks import expire_holds
from mobility.city.rules.city_file import Holding
from mobility.city.service import load_city
from mobility.geo import LonLat
from mobility.invoicing.tables import Document
from mobility.payments.tables import Payment
from tests.support.fleets import lakeport
from tests.support.rides import LIGHTHOUSE, MARKET, Story

PAID = {"free_minutes": 10, "extension_minutes_max": 30, "extension_rate_cents": 20}


async def terms(story: Story, **changed: Any) -> None:
    """Lakeport says so of the holds of all its vehicles."""
    city = lakeport()
    types = tuple(replace(each, hold=Holding(**changed)) for each in city.vehicle_types)
    await load_city(story.session, story.clock, replace(city, vehicle_types=types))


async def extend(story: Story, hold_id: UUID, minutes: int) -> Held:
    return await service.extend(
        story.session, story.clock, account_id=story.rider.account_id, hold_id=hold_id, minutes=minutes
    )


async def charged(story: Story, reference_id: UUID) -> list[tuple[str, int]]:
    payments = await story.session.scalars(select(Payment).where(Payment.reference_id == reference_id))
    return [(payment.kind, payment.amount_cents) for payment in payments]


async def hold_from(story: Story, plate: str, position: LonLat | None) -> Held:
    public_id = (await story.vehicle(plate)).public_id
    wish = Wish(account_id=story.rider.account_id, public_id=public_id, position=position)
    held = await service.hold(story.session, story.clock, wish)
    assert isinstance(held, Held)
    return held


async def place(story: Story, plate: str, position: LonLat) -> None:
    status = await story.status(plate)
    status.lon, status.lat = position.lon, position.lat
    await story.session.flush()


async def where(story: Story, plate: str) -> LonLat:
    status = await story.status(plate)
    return LonLat(status.lon, status.lat)


async def test_a_hold_is_free_for_as_long_as_the_city_says(story: Story) -> None:
    await terms(story, free_minutes=7)
    held = await story.hold("B-001")
    assert held.hold.expires_at - held.hold.created_at == timedelta(minutes=7)
    assert held.extension is None


async def test_a_hold_is_extended_up_to_the_limit_for_a_price_per_minute(story: Story) -> None:
    await terms(story, **PAID)
    held = await story.hold("B-001")
    assert held.extension is not None
    assert (held.extension.minutes_left, held.extension.rate.cents) == (30, 20)
    longer = await extend(story, held.hold.id, 20)
    assert longer.hold.expires_at == held.hold.free_until + timedelta(minutes=20)
    assert longer.extension is not None
    assert longer.extension.minutes_left == 10
    with pytest.raises(ExtensionTooLong) as refused:
        await extend(story, held.hold.id, 11)
    assert refused.value.facts == {"minutes_left": 10}


async def test_where_the_city_says_nothing_a_hold_is_not_extended(story: Story) -> None:
    held = await story.hold("B-001")
    with pytest.raises(HoldNotExtendable):
        await extend(story, held.hold.id, 1)


async def test_only_a_hold_of_ones_own_that_still_holds_is_extended(story: Story) -> None:
    await terms(story, **PAID)
    held = await story.hold("B-001")
    with pytest.raises(UnknownHold):
        await extend(await story.someone_else(), held.hold.id, 5)
    story.passes(minutes=10)
    with pytest.raises(HoldExpired):
        await extend(story, held.hold.id, 5)
    kept = await story.session.get_one(Hold, held.hold.id)
    await story.cancel(kept)
    with pytest.raises(HoldExpired):
        await extend(story, held.hold.id, 5)
    again = await story.hold("B-001")
    await story.cancel(await story.session.get_one(Hold, again.hold.id))
    with pytest.raises(HoldCancelled):
        await extend(story, again.hold.id, 5)


async def test_a_hold_that_was_extended_and_not_ridden_costs_each_minute_begun_after_the_free_ones(
    story: Story,
) -> None:
    await terms(story, **PAID)
    held = await story.hold("B-001")
    await extend(story, held.hold.id, 20)
    story.passes(minutes=12, seconds=1)
    await story.cancel(await story.session.get_one(Hold, held.hold.id))
    assert await charged(story, held.hold.id) == [("hold", 60)]
    receipt = await story.session.scalar(select(Document).where(Document.reference_id == held.hold.id))
    assert receipt is not None
    assert receipt.total_cents == 60


async def test_a_hold_given_back_within_the_free_minutes_costs_nothing_though_it_was_extended(story: Story) -> None:
    await terms(story, **PAID)
    held = await story.hold("B-001")
    await extend(story, held.hold.id, 20)
    story.passes(minutes=10)
    await story.cancel(await story.session.get_one(Hold, held.hold.id))
    assert await charged(story, held.hold.id) == []


async def test_an_extended_hold_that_runs_out_costs_the_minutes_that_were_asked_for_however_late_it_is_swept(
    story: Story,
) -> None:
    await terms(story, **PAID)
    held = await story.hold("B-001")
    await extend(story, held.hold.id, 20)
    story.passes(minutes=45)
    assert await expire_holds(story.session, story.clock) == 1
    assert await charged(story, held.hold.id) == [("hold", 400)]


async def test_a_hold_that_was_extended_and_ridden_is_a_line_of_the_quote_of_the_ride_and_of_its_receipt(
    story: Story,
) -> None:
    await terms(story, **PAID)
    held = await story.hold("B-001")
    await extend(story, held.hold.id, 20)
    story.passes(minutes=13)
    rider = story.rider.account_id
    told = await quote(story.session, story.clock, held.vehicle.public_id, Asked(minutes=5), account_id=rider)
    strangers = await quote(story.session, story.clock, held.vehicle.public_id, Asked(minutes=5))
    rental = await story.start(await story.session.get_one(Hold, held.hold.id))
    story.passes(minutes=5)
    ended = await story.end(rental, LIGHTHOUSE)
    assert [(line.label, line.quantity, line.cents) for line in told.bill.lines][-1] == ("hold", 3, 60)
    assert ended.lines is not None
    assert ended.lines[-1]["label"] == "hold"
    assert ended.total_cents == told.bill.total.cents == strangers.bill.total.cents + 60
    assert await charged(story, held.hold.id) == []


async def test_a_withdrawn_vehicle_costs_nothing_however_long_it_was_kept(story: Story) -> None:
    await terms(story, **PAID)
    held = await story.hold("B-001")
    await extend(story, held.hold.id, 20)
    story.passes(minutes=15)
    await story.report("B-001", "comms_lost")
    assert await expire_holds(story.session, story.clock) == 1
    assert await charged(story, held.hold.id) == []


async def test_who_lets_a_hold_run_out_waits_before_holding_that_vehicle_again_and_is_told_until_when(
    story: Story,
) -> None:
    await terms(story, lockout_minutes=20)
    await story.hold("B-001")
    story.passes(minutes=15)
    with pytest.raises(HoldLockedOut) as refused:
        await story.hold("B-001")
    assert refused.value.facts["until"] == "2026-06-15T08:35:00+00:00"
    assert refused.value.sentence("en").endswith("you can reserve again at 20:35.")  # on Lakeport's clocks
    other = await story.someone_else()
    await other.cancel(await story.session.get_one(Hold, (await other.hold("B-001")).hold.id))
    story.passes(minutes=20)
    assert (await story.hold("B-001")).hold.state == "active"


async def test_who_gives_a_vehicle_back_unused_waits_too_but_not_after_a_slip_of_the_thumb(story: Story) -> None:
    await terms(story, lockout_minutes=20)
    for minutes, locked_out in ((1, False), (1.1, True)):
        held = await story.hold("B-001")
        story.passes(minutes=minutes)
        await story.cancel(await story.session.get_one(Hold, held.hold.id))
        if locked_out:
            with pytest.raises(HoldLockedOut):
                await story.hold("B-001")


async def test_vehicles_nearby_are_locked_out_too_where_the_city_says_so_and_those_farther_away_are_not(
    story: Story,
) -> None:
    await terms(story, lockout_minutes=20, lockout_radius_m=500)
    await place(story, "B-001", MARKET)
    await place(story, "B-002", LonLat(MARKET.lon + 0.004, MARKET.lat))  # 340 m
    await place(story, "B-003", LonLat(MARKET.lon - 0.008, MARKET.lat))  # 680 m
    await story.hold("B-001")
    story.passes(minutes=15)
    with pytest.raises(HoldLockedOut):
        await story.hold("B-002")
    assert (await story.hold("B-003")).hold.state == "active"


async def test_who_rode_holds_the_same_vehicle_again_at_once(story: Story) -> None:
    await terms(story, lockout_minutes=20, lockout_radius_m=5_000)
    await story.end(await story.ride("B-001"), LIGHTHOUSE)
    assert (await story.hold("B-001")).hold.state == "active"


async def test_where_the_city_asks_for_it_a_vehicle_is_held_from_nearby_only(story: Story) -> None:
    await terms(story, walk_minutes_max=5)
    here = await where(story, "B-001")
    with pytest.raises(PositionNeeded):
        await hold_from(story, "B-001", None)
    with pytest.raises(TooFarToHold) as refused:
        await hold_from(story, "B-001", LonLat(here.lon + 0.01, here.lat))
    assert refused.value.facts == {"walk_minutes": 14, "walk_minutes_max": 5}
    assert (await hold_from(story, "B-001", LonLat(here.lon + 0.001, here.lat))).hold.state == "active"
