from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.booking.optimiser.chains import plan_of
from mobility.booking.optimiser.check import violations
from mobility.booking.optimiser.greedy import greedy
from mobility.booking.optimiser.instance import Battery, Car, Instance, Nearby, Wish, options_of
from mobility.booking.optimiser.plan import Reassignment
from mobility.booking.optimiser.reassignment import garage_of, reassign
from mobility.booking.rules.charge import Rates
from tests.support.reassignments import A, B, car, every_plan, hours, hurt_value, town, unhurt, wish

PLACES = st.sampled_from([A, B])
HALVES = st.integers(1, 12).map(lambda number: number / 2)


@st.composite
def wishes(draw: st.DrawFn, number: int) -> Wish:
    start = draw(HALVES)
    promise = hours(start, start + draw(st.sampled_from([0.5, 1, 2])), draw(PLACES), draw(PLACES))
    nearby = (Nearby(B if promise.start_station_id == A else A, 3),) if draw(st.booleans()) else ()
    classes = ("car", "van") if draw(st.booleans()) else ("car",)
    return wish(number, promise, by_class=draw(st.booleans()), nearby=nearby, classes=classes)


@st.composite
def cars(draw: st.DrawFn, number: int) -> Car:
    """With up to two promises in a chain."""
    place, kept, free = draw(PLACES), [], 0.0
    first = place
    for _ in range(draw(st.integers(0, 2))):
        start = free + draw(st.sampled_from([0.5, 1.5, 3]))
        end, to = start + draw(st.sampled_from([0.5, 1])), draw(PLACES)
        kept.append(hours(start, end, place, to))
        place, free = to, end + 0.25
    kind, charge = draw(st.sampled_from(["car", "car", "van"])), draw(st.sampled_from([20.0, 60.0, 100.0]))
    return car(number, *kept, place=first, type_code=kind, charge_percent=charge)


@st.composite
def towns(draw: st.DrawFn) -> Instance:
    use = draw(st.sampled_from([0.0, 20.0]))
    battery = Battery(Rates(use_percent=use, charging_percent={A: draw(st.sampled_from([0.0, 10.0]))}), 15)
    hurt = [draw(wishes(number)) for number in range(draw(st.integers(1, 4)))]
    return town(hurt, [draw(cars(number)) for number in range(draw(st.integers(1, 3)))], battery)


def baseline_is_charged(instance: Instance) -> bool:
    garage = garage_of(instance)
    return all(garage.flat_at(each, each.kept) is None for each in instance.cars)


@settings(max_examples=40, deadline=None)
@given(towns())
def test_no_plan_of_any_kind_is_better(instance: Instance) -> None:
    plan = reassign(instance)
    assert violations(instance, plan) == []
    if baseline_is_charged(instance):
        assert plan.is_proven
        assert plan.value == max(each.value for each in every_plan(instance))


@settings(max_examples=40, deadline=None)
@given(towns())
def test_the_same_town_gives_the_same_plan_never_worse_than_one_after_the_other(instance: Instance) -> None:
    plan, garage = reassign(instance), garage_of(instance)
    assert reassign(instance) == plan
    one_after_the_other = plan_of(garage, greedy(garage, options_of(instance, garage.gaps)))
    assert violations(instance, one_after_the_other) == []
    assert plan.value >= one_after_the_other.value


@settings(max_examples=40, deadline=None)
@given(towns(), st.data())
def test_where_others_give_way_as_many_are_served_as_can_be(instance: Instance, data: st.DataObject) -> None:
    free = car(9)
    promise = hours(start := data.draw(HALVES), start + 1)
    resting = unhurt(wish(99, promise), free)
    together = town([*instance.wishes, resting], [*instance.cars, free], instance.batteries["car"])
    plan = reassign(together)
    assert violations(together, plan) == []
    if baseline_is_charged(together):
        most = max(hurt_value(together, each)[0] for each in every_plan(together))
        assert hurt_value(together, plan)[0] == most


def test_nobody_appears_or_disappears() -> None:
    instance = town([wish(number, hours(number, number + 1)) for number in range(1, 6)], [car(1)])
    plan = reassign(instance)
    assert set(plan.served) <= {UUID(int=number) for number in range(1, 6)}
    assert isinstance(plan, Reassignment)
