"""Each rule alone, on towns small enough to check by hand."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from mobility.booking.optimiser.check import violations
from mobility.booking.optimiser.instance import (
    BETTER_CLASS,
    BROKEN_PROMISE,
    MOVED_UNHURT,
    NEARBY,
    OTHER_VEHICLE,
    SHIFTED,
    Battery,
    Instance,
    Nearby,
)
from mobility.booking.optimiser.plan import Reassignment, unserved
from mobility.booking.optimiser.reassignment import reassign
from mobility.booking.rules.charge import Rates
from tests.support.reassignments import HOUR, NOW, A, B, C, car, hours, town, unhurt, wish

ONE, TWO = UUID(int=1), UUID(int=2)
LATER = timedelta(minutes=15)


def solved(instance: Instance) -> Reassignment:
    plan = reassign(instance)
    assert violations(instance, plan) == []
    return plan


def test_a_booking_goes_to_another_car_of_its_class_at_its_station() -> None:
    elsewhere, here = car(1, place=B), car(2)
    served = solved(town([wish(1, hours(2, 3))], [elsewhere, here])).served[ONE]
    assert (served.vehicle_id, served.cost) == (here.id, OTHER_VEHICLE)


def test_it_stays_with_its_own_vehicle_if_that_is_back_in_time() -> None:
    back = car(1, free_from=NOW + 2 * HOUR)
    before, after = (wish(n, hours(n, n + 0.5), vehicle_id=back.id) for n in (1, 2))
    plan = solved(town([before, after], [back, car(2)]))
    assert {i: (each.vehicle_id, each.cost) for i, each in plan.served.items()} == {
        ONE: (car(2).id, OTHER_VEHICLE),
        TWO: (back.id, 0),
    }


def test_buffers_are_kept_to_the_minute() -> None:
    assert unserved(town([], []), solved(town([], []))) == []
    fits = town([wish(1, hours(2, 3))], [car(1, hours(0.5, 1.75), hours(3.25, 4))])
    assert ONE in solved(fits).served
    for kept in ((hours(0.5, 1.76), hours(3.25, 4)), (hours(0.5, 1.75), hours(3.24, 4))):
        assert solved(town([wish(1, hours(2, 3))], [car(1, *kept)])).served == {}


def test_a_car_is_where_it_is_booked_next() -> None:
    one_way = wish(1, hours(2, 3, A, B))
    assert solved(town([one_way], [car(1, hours(5, 6, A, A))])).served == {}
    astray = car(1, hours(5, 6, B, A), place=A)
    assert solved(town([wish(1, hours(2, 3))], [astray])).served == {}
    assert ONE in solved(town([one_way], [car(1)])).served


def test_two_one_way_bookings_serve_each_other() -> None:
    there, back = wish(1, hours(2, 3, A, B)), wish(2, hours(4, 5, B, A))
    plan = solved(town([there, back], [car(1, hours(6, 7))]))
    assert set(plan.served) == {ONE, TWO}
    assert solved(town([back], [car(1, hours(6, 7))])).served == {}


def test_a_battery_that_would_not_last_is_not_taken() -> None:
    thirsty = Battery(Rates(use_percent=30.0, charging_percent={}), 15)
    wishes = [wish(1, hours(1, 3)), wish(2, hours(4, 5))]
    served = solved(town(wishes, [car(1, charge_percent=70)], thirsty)).served
    assert len(served) == 1
    assert len(solved(town(wishes, [car(1, charge_percent=75)], thirsty)).served) == 2
    charging = replace(thirsty, rates=Rates(use_percent=30.0, charging_percent={A: 10.0}))
    assert len(solved(town(wishes, [car(1, charge_percent=70)], charging)).served) == 2


def test_later_bookings_of_the_car_keep_their_charge() -> None:
    thirsty = Battery(Rates(use_percent=30.0, charging_percent={}), 15)
    assert solved(town([wish(1, hours(1, 3))], [car(1, hours(5, 6), charge_percent=70)], thirsty)).served == {}


def test_a_car_whose_battery_is_too_low_already_takes_no_more_and_loses_nothing() -> None:
    thirsty = Battery(Rates(use_percent=0.0, charging_percent={}), 15)
    weak = car(1, hours(5, 6), charge_percent=5)
    assert solved(town([wish(1, hours(1, 2))], [weak], thirsty)).served == {}
    strong = car(2)
    assert solved(town([wish(1, hours(1, 2))], [weak, strong], thirsty)).served[ONE].vehicle_id == strong.id


def test_same_class_then_better_class_then_a_walk_then_another_time() -> None:
    flexible = wish(1, hours(2, 3), classes=("car", "van"), nearby=(Nearby(B, 4),), shifts=(LATER, -LATER))
    same, van, near = car(1), car(2, type_code="van"), car(3, place=B)
    late = car(4, hours(0, 2))
    costs = []
    for cars in ([same, van, near, late], [van, near, late], [near, late], [late]):
        served = solved(town([flexible], cars)).served[ONE]
        assert served.vehicle_id == cars[0].id
        costs.append(served.cost)
    assert costs == [
        OTHER_VEHICLE,
        BETTER_CLASS + OTHER_VEHICLE,
        NEARBY + 4 + OTHER_VEHICLE,
        SHIFTED + 15 + OTHER_VEHICLE,
    ]


def test_a_round_trip_from_nearby_ends_there_and_a_one_way_where_it_was_to_end() -> None:
    for to, ends in ((A, B), (C, C)):
        there = wish(1, hours(2, 3, A, to), nearby=(Nearby(B, 4),))
        promise = solved(town([there], [car(1, place=B)])).served[ONE].promise
        assert (promise.start_station_id, promise.end_station_id) == (B, ends)


def test_nobody_is_moved_in_time_or_walks_without_having_said_so() -> None:
    assert solved(town([wish(1, hours(2, 3))], [car(1, place=B), car(2, hours(0, 2))])).served == {}


def test_who_was_promised_that_very_vehicle_is_changed_last() -> None:
    promised, any_ = wish(1, hours(2, 3), by_class=False), wish(2, hours(2, 3))
    own = car(9, free_from=NOW + HOUR)
    promised, any_ = replace(promised, vehicle_id=own.id), replace(any_, vehicle_id=own.id)
    plan = solved(town([promised, any_], [own, car(1)]))
    assert (plan.served[ONE].vehicle_id, plan.served[TWO].vehicle_id) == (own.id, car(1).id)
    assert solved(town([promised], [car(1)])).served[ONE].cost == BROKEN_PROMISE


def test_a_booking_of_a_class_gives_way_where_that_serves_one_more() -> None:
    here, there = car(1), car(2, hours(0, 4), place=A)
    resting = unhurt(wish(2, hours(5, 6)), here)
    long = wish(1, hours(2, 7))
    plan = solved(town([long, resting], [here, there]))
    assert (plan.served[ONE].vehicle_id, plan.served[TWO].vehicle_id) == (here.id, there.id)
    assert plan.served[TWO].cost == MOVED_UNHURT


def test_a_vehicle_that_was_promised_by_its_name_never_gives_way() -> None:
    here, there = car(1), car(2, hours(0, 4))
    resting = unhurt(wish(2, hours(5, 6)), here, by_class=False)
    assert solved(town([wish(1, hours(2, 7)), resting], [here, there])).served == {}


def test_nobody_who_is_served_is_left_standing_for_somebody_else() -> None:
    here = car(1)
    resting = unhurt(wish(2, hours(5, 6)), here)
    plan = solved(town([wish(1, hours(2, 7)), resting], [here]))
    assert set(plan.served) <= {TWO}


def test_what_nothing_can_be_found_for_is_named() -> None:
    instance = town([wish(1, hours(2, 3)), wish(2, hours(2, 3))], [car(1)])
    assert len(unserved(instance, solved(instance))) == 1


def test_a_booking_that_would_have_begun_is_not_moved_into_the_past() -> None:
    assert solved(town([wish(1, hours(-0.5, 1))], [car(1)])).served == {}


@pytest.mark.parametrize(
    ("rule", "spoilt"),
    [
        ("class", {"type_code": "van"}),
        ("chain", {"place": B}),
        ("overlap", {"kept": (hours(2, 4),)}),
        ("not_free_yet", {"free_from": NOW + 2.5 * HOUR}),
        ("charge", {"charge_percent": 10.0}),
    ],
)
def test_the_check_finds_what_is_wrong_with_a_car(rule: str, spoilt: dict[str, object]) -> None:
    good = town([wish(1, hours(2, 3))], [car(1)])
    plan = reassign(good)
    bad = replace(good, cars=(replace(good.cars[0], **spoilt),))  # type: ignore[arg-type]
    assert rule in {each.rule for each in violations(bad, plan)}


@pytest.mark.parametrize(
    ("rule", "promise"),
    [
        ("time", hours(2.25, 3.25)),
        ("length", hours(2, 3.5)),
        ("length", hours(2, 3, buffer=0)),
        ("start", hours(2, 3, B, B)),
        ("end", hours(2, 3, A, B)),
    ],
)
def test_the_check_finds_what_is_wrong_with_a_promise(rule: str, promise: object) -> None:
    good = town([wish(1, hours(2, 3))], [car(1)])
    served = reassign(good).served[ONE]
    bad = Reassignment({ONE: replace(served, promise=promise)})  # type: ignore[arg-type]
    assert rule in {each.rule for each in violations(good, bad)}


def test_the_check_finds_strangers_and_broken_promises_of_the_unhurt() -> None:
    good = town([wish(1, hours(2, 3))], [car(1), car(2)])
    served = reassign(good).served[ONE]
    assert [each.rule for each in violations(good, Reassignment({TWO: served}))] == ["unknown"]
    gone = Reassignment({ONE: replace(served, vehicle_id=TWO)})
    assert [each.rule for each in violations(good, gone)] == ["unknown_vehicle"]
    resting = unhurt(wish(1, hours(2, 3)), good.cars[1], by_class=False)
    moved = violations(replace(good, wishes=(resting,)), Reassignment({ONE: served}))
    assert "promised_vehicle" in {each.rule for each in moved}
