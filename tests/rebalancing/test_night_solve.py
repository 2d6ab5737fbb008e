from collections import Counter
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rebalancing.generator import Size, generate
from mobility.rebalancing.optimiser.night import optimistic, ways
from mobility.rebalancing.optimiser.night.bound import LowerBound
from mobility.rebalancing.optimiser.night.check import violations
from mobility.rebalancing.optimiser.night.instance import Lock, Night
from mobility.rebalancing.optimiser.night.locks import keep_locks
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.optimiser.night.solve import Limits, Progress, greedy, nothing, rounds, solve
from mobility.rebalancing.optimiser.night.walk import Walk
from tests.support.hand_nights import hand_night, places
from tests.support.night_model import Model
from tests.support.nights import TINY, night, optimum, with_cars, without_cars

SHORT = Limits(work=100)
STATION = Size(stations=1, mopeds=5, cars=2, vans=1, bookings=0)
sizes = st.builds(
    Size,
    stations=st.integers(1, 8),
    mopeds=st.integers(0, 20),
    cars=st.integers(0, 6),
    vans=st.integers(0, 3),
    relocators=st.integers(0, 1),
    bookings=st.integers(0, 3),
    side_km=st.just(3.0),
)


def missed(plan: NightPlan) -> int:
    return sum(each.what == "booking" for each in plan.unserved)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), sizes)
def test_a_plan_keeps_every_rule_and_is_no_worse_than_greedy_nor_than_nobody(seed: int, size: Size) -> None:
    made = night(seed, size)
    plan, fast, home = solve(made, SHORT), greedy(made), nothing(made)
    for each in (plan, fast, home):
        assert violations(made, each) == []
    assert plan.bound_cents <= plan.cost_cents
    assert (missed(plan), plan.cost_cents) <= (missed(fast), fast.cost_cents + 1e-6)
    assert missed(fast) <= missed(home)
    assert missed(plan) < missed(home) or plan.cost_cents <= home.cost_cents + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_a_tiny_night_has_the_plan_that_trying_everything_finds(seed: int) -> None:
    made = without_cars(seed)
    plan, best = solve(made, Limits(work=300)), optimum(made)
    assert plan.cost_cents == pytest.approx(best)
    assert plan.bound_cents <= best + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_a_tiny_night_with_cars_has_the_plan_that_a_constraint_program_proves_best(seed: int) -> None:
    made = with_cars(seed, battery_cents=100.0 * (seed % 3))
    plan, best = solve(made, Limits(work=400)), Model(made).best_cents()
    assert plan.cost_cents == pytest.approx(best, abs=0.5)  # energy is bought in whole watt-hours
    assert plan.bound_cents <= best + 0.5
    assert violations(made, plan) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_seed_makes_the_same_plan(workers: int) -> None:
    made, limits = night(3), Limits(seed=5, workers=workers, work=300)
    assert solve(made, limits).tours == solve(made, limits).tours


def test_a_cancelled_solve_answers_at_once() -> None:
    made, told = night(1), []
    plan = solve(made, Limits(work=10**9), progress=told.append, cancelled=lambda: True)
    assert told == []
    assert violations(made, plan) == []


def test_progress_only_gets_better() -> None:
    told: list[Progress] = []
    solve(night(2), Limits(work=1_000), progress=told.append)
    costs = [each.cost_cents for each in told]
    assert costs == sorted(costs, reverse=True)
    assert [each.done for each in told] == [step / 10 for step in range(10)]


def test_a_solve_by_the_clock_ends_when_its_seconds_are_over() -> None:
    ticks = count()
    made = night(4)
    assert violations(made, solve(made, Limits(seconds=20), now=lambda: float(next(ticks)))) == []
    assert next(ticks) <= 25


def test_rounds_by_the_clock_become_short_where_steps_are_slow_and_leave_time_for_the_end() -> None:
    slow = count(step=5.0)
    assert [steps for _, steps in rounds(Limits(seconds=60), 0.0, 20.0, lambda: next(slow))] == [10, 1, 1, 1]
    fast = count(step=1 / 64)
    assert [steps for _, steps in rounds(Limits(seconds=8 / 64), 0.0, 0.0, lambda: next(fast))] == [10, 64, 100, 100]


EMPTY = {
    "no vehicles": Size(stations=4, mopeds=0, cars=0, vans=1, bookings=0),
    "no crews": replace(TINY, vans=0),
    "one station": STATION,
}


@pytest.mark.parametrize("size", EMPTY.values(), ids=EMPTY.keys())
def test_a_night_with_hardly_anything_has_a_plan(size: Size) -> None:
    made = night(0, size)
    assert violations(made, solve(made, SHORT)) == []


def test_where_nobody_asks_for_a_vehicle_everybody_stays_at_home() -> None:
    flat = {"moped_cents": np.zeros((4, 13)), "car_cents": np.zeros((4, 5)), "chargers": np.zeros(4)}
    made = night(0, replace(TINY, bookings=0), places=flat) if not plugged(0) else None
    made = made or night(0, replace(TINY, bookings=0), places=flat | {"chargers": np.full(4, 9)})
    idle = replace(made.cars, worth_cents_per_kwh=np.zeros((3, 3)))
    assert solve(replace(made, cars=idle), SHORT).tours == ()


def plugged(seed: int) -> bool:
    return bool(night(seed).cars.plugged.any())


def test_full_batteries_need_no_swap() -> None:
    made = night(0, mopeds={"charge_percent": np.full(10, 100)})
    assert not any(task.kind == "swap" for _, task in solve(made, SHORT).tasks())


def test_the_lowest_charges_are_swapped_where_nothing_but_the_batteries_is_worth_it() -> None:
    none = np.zeros((3, 5))
    given = replace(hand_night().mopeds, battery_cents=1_000.0)
    made = hand_night(mopeds=given, places=replace(places(), moped_cents=none, car_cents=none[:, :3]))
    one = replace(made, vans=replace(made.vans, battery_places=np.array([1])))
    for each, swapped, worth in ((made, (0, 1), 1_850), (one, (0,), 950)):
        plan = solve(each, SHORT)
        assert [task.vehicles for _, task in plan.tasks() if task.kind == "swap"] == [swapped]
        assert plan.costs.charge_worth - plan.costs.energy >= worth
        assert violations(each, plan) == []
    dear = replace(made, mopeds=replace(given, battery_cents=100.0))
    assert not any(task.kind == "swap" for _, task in solve(dear, SHORT).tasks())


def test_crews_that_are_dear_stay_at_home() -> None:
    made = night(0, replace(TINY, bookings=0), crews={"cents_per_min": np.full(1, 10_000.0)})
    assert solve(made, SHORT).tours == ()


def test_a_shift_too_short_for_any_place_is_told() -> None:
    plan = solve(night(0, replace(TINY, bookings=0), crews={"shift_min": np.array([[0, 2]])}), SHORT)
    assert plan.tours == ()
    assert [(each.what, each.reason) for each in plan.unserved] == [("crew", "shift_too_short")]


def booked(**changed: object) -> Night:
    """Car 0 is wanted at another place with a charger."""
    made = night(0, replace(TINY, bookings=0))
    target = next(p for p in range(4) if p != made.cars.place[0])
    booking = {"names": ("b",), "car": [0], "place": [target], "by_min": [480], "charge_wh": [3_000]}
    places = {"chargers": np.full(4, 4), "car_bays": np.full(4, 4)}
    cars = {"charge_wh": np.full(3, 2_500), "plugged": np.zeros(3, bool)}
    return night(0, replace(TINY, bookings=0), bookings=booking, places=places, cars=cars, **changed)


def test_a_booked_car_is_driven_to_its_place_and_charged_there() -> None:
    made = booked()
    plan = solve(made, SHORT)
    assert plan.unserved == ()
    kinds = [task.kind for _, task in plan.tasks() if task.kind in ("drive", "plug") and task.vehicles == (0,)]
    assert kinds == ["drive", "plug"]


def test_a_booking_that_cannot_be_honoured_is_told_with_its_reason() -> None:
    skills = night(0).crews.skills.copy()
    skills[:, 3] = False
    no_way = np.full((4, 4), 10_000)
    shift, bays = np.array([[0, 2]]), {"car_bays": np.zeros(4)}
    wanted = {
        "no_crew": booked(crews={"skills": skills}),
        "no_way": booked(car_drive_min=no_way),
        "too_late": booked(crews={"shift_min": shift}),
        "no_bay": replace(booked(), places=replace(booked().places, **bays)),
        "vehicle_excluded": replace(booked(), cars=replace(booked().cars, excluded=np.ones(3, bool))),
    }
    for reason, made in wanted.items():
        plan = solve(made, SHORT)
        assert [each.reason for each in plan.unserved if each.what == "booking"] == [reason]
        assert violations(made, plan) == []


def test_a_tour_is_not_late_for_a_booking_that_nobody_has_time_for() -> None:
    made = booked()
    [tour] = solve(made, SHORT).tours
    target, charge = made.bookings.place[0], made.bookings.charge_wh[0]
    two = replace(
        made.bookings,
        names=("b", "c"),
        car=np.array([0, next(car for car in (1, 2) if made.cars.place[car] != target)]),
        place=np.full(2, target),
        by_min=np.full(2, 480),
        charge_wh=np.full(2, charge),
    )
    short = replace(made.crews, shift_min=np.array([[0, tour.travel_min + tour.service_min]]))
    walk = Walk(keep_locks(replace(made, bookings=two, crews=short)), seed=0)
    dear = walk.state.excess_price[0]
    walk.run(1.0, 300)
    assert walk.state.excess_price[0] < dear  # of a late minute; it would have had to rise to what a booking is worth


def test_a_site_without_power_leaves_a_booking_short_of_charge() -> None:
    made = booked()
    at_place = replace(made.bookings, place=made.cars.place[:1])
    weak = replace(made.places, site_cap_w=np.zeros_like(made.places.site_cap_w))
    made = replace(
        made, bookings=at_place, places=weak, cars=replace(made.cars, plugged=np.array([True, False, False]))
    )
    plan = solve(made, SHORT)
    assert [(each.what, each.reason) for each in plan.unserved] == [("booking", "power_cap")]
    assert violations(made, plan) == []


def test_an_excluded_vehicle_is_in_no_task() -> None:
    made = night(0, mopeds={"excluded": np.ones(10, bool)}, cars={"excluded": np.ones(3, bool)})
    assert Counter(task.kind for _, task in solve(made, SHORT).tasks()) == {}


def test_mopeds_on_board_are_unloaded() -> None:
    at = night(0).mopeds.place.copy()
    at[0] = -1
    charge = np.full(10, 80)
    made = night(0)
    mopeds = replace(made.mopeds, place=at, charge_percent=charge)
    made = replace_together(made, mopeds=mopeds, crews=replace(made.crews, on_board=((0,),)))
    plan = solve(made, SHORT)
    assert [task.vehicles for _, task in plan.tasks() if task.kind == "unload" and 0 in task.vehicles]
    assert violations(made, plan) == []


def replace_together(made: Night, **parts: object) -> Night:
    return replace(made, **parts)  # type: ignore[arg-type]


def test_a_locked_task_is_done_whatever_it_costs_and_locks_keep_their_order() -> None:
    made = night(0, replace(TINY, bookings=0), crews={"cents_per_min": np.full(1, 10_000.0)})
    flat = np.flatnonzero(~made.mopeds.usable)
    first = int(flat[0])
    other = next(int(moped) for moped in flat if made.mopeds.place[moped] != made.mopeds.place[first])
    locks = tuple(
        Lock(crew=0, kind="swap", place=int(made.mopeds.place[moped]), vehicles=(moped,)) for moped in (other, first)
    )
    plan = solve(replace(made, locks=locks), SHORT)
    assert [task.vehicles for _, task in plan.tasks() if task.kind == "swap"] == [(other,), (first,)]
    assert violations(replace(made, locks=locks), plan) == []


def test_a_lock_that_cannot_be_kept_is_told_with_its_reason() -> None:
    made = night(0, replace(TINY, bookings=0))
    usable, flat = int(np.flatnonzero(made.mopeds.usable)[0]), int(np.flatnonzero(~made.mopeds.usable)[0])
    at = made.mopeds.place
    excluded = np.arange(10) == flat
    swap = Lock(crew=0, kind="swap", place=int(at[flat]), vehicles=(flat,))
    cases = {
        "vehicle_elsewhere": replace(made, locks=(replace(swap, place=int(at[usable]), vehicles=(usable,)),)),
        "vehicle_excluded": replace(made, locks=(swap,), mopeds=replace(made.mopeds, excluded=excluded)),
        "no_crew": replace(made, locks=(swap,), crews=replace(made.crews, may_drive=np.zeros((1, 1), bool))),
        "no_room": replace(made, locks=(swap,), vans=replace(made.vans, battery_places=np.zeros(1))),
        "too_late": replace(made, locks=(swap,), crews=replace(made.crews, shift_min=np.array([[0, 4]]))),
    }
    for reason, each in cases.items():
        plan = solve(each, SHORT)
        assert [(told.what, told.reason) for told in plan.unserved if told.what == "lock"] == [("lock", reason)]
        assert violations(each, plan) == []


def test_a_moped_that_nobody_loads_is_not_unloaded() -> None:
    made = night(0, replace(TINY, bookings=0))
    moped = int(np.flatnonzero(made.mopeds.usable)[0])
    elsewhere = int((made.mopeds.place[moped] + 1) % 4)
    locked = replace(made, locks=(Lock(crew=0, kind="unload", place=elsewhere, vehicles=(moped,)),))
    plan = solve(locked, SHORT)
    assert [(each.what, each.reason) for each in plan.unserved] == [("lock", "vehicle_elsewhere")]
    assert violations(locked, plan) == []


def test_quiet_hours_keep_vans_away_but_not_bicycles() -> None:
    quiet = np.tile([0, 480], (4, 1, 1))
    made = night(0, replace(TINY, bookings=0, relocators=1), places={"quiet_min": quiet})
    plan = solve(made, SHORT)
    assert violations(made, plan) == []
    assert {tour.van for tour in plan.tours} <= {-1}


def test_a_bound_is_found_where_a_place_is_near_to_all_and_not_all_are_near_to_it() -> None:
    model = keep_locks(generate(0, Size(stations=30, mopeds=80, cars=20, vans=2, relocators=2, bookings=2))).model
    assert np.isfinite(LowerBound(model, (), first_seconds=600, seconds_left=lambda: 0).cents)


def bound_of(made: Night) -> float:
    return LowerBound(keep_locks(made).model, (), first_seconds=600, seconds_left=lambda: 600).cents


def test_the_bound_lets_a_crew_go_on_from_where_it_is() -> None:
    made = without_cars(0)
    travel = made.travel_min.copy()
    travel[:, 3, :3] = 200  # from the depot, where the crew is no longer
    there = replace(made, travel_min=travel, crews=replace(made.crews, start=np.zeros(1, np.int64)))
    plan = solve(there, SHORT)
    assert plan.tours
    assert bound_of(there) <= plan.cost_cents


def test_the_bound_of_a_large_city_is_looser_and_still_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    made = night(1, Size(stations=9, mopeds=20, cars=8, vans=2, bookings=0, side_km=4.0))
    exact, plan = bound_of(made), solve(made, SHORT)
    for module, name, value in ((optimistic, "TARGETS_MAX", 0), (optimistic, "APART", 1), (ways, "MANY_PLACES", 0)):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(ways, "NEAR_MANY", 2)
    assert bound_of(made) <= exact + 1e-3
    assert exact <= plan.cost_cents + 1e-3


LITTLE = Size(stations=6, mopeds=16, cars=4, vans=2, bookings=1, side_km=3.0)


def locked(plan: NightPlan, rented: int) -> tuple[Lock, ...]:
    """What stands of a plan, as the service locks it, when a moped is rented."""
    left = [
        (tour.crew, task, task.vehicles if task.kind in ("plug", "drive") else tuple(set(task.vehicles) - {rented}))
        for tour, task in plan.tasks()
        if task.kind != "break"
    ]
    return tuple(
        Lock(crew=crew, kind=task.kind, place=task.place, vehicles=vehicles, to_place=task.to_place)
        for crew, task, vehicles in left
        if vehicles
    )


@pytest.mark.parametrize("seed", range(6))
def test_after_a_disturbance_every_task_that_it_does_not_touch_stays_with_its_crew_in_its_order(seed: int) -> None:
    made = night(seed, LITTLE)
    before = solve(made, Limits(work=300))
    rented = next(task.vehicles[0] for _, task in before.tasks() if task.kind in ("swap", "load"))
    locks = locked(before, rented)
    disturbed = replace(made.mopeds, excluded=np.isin(np.arange(len(made.mopeds.names)), rented))
    after = solve(replace(made, locks=locks, mopeds=disturbed), SHORT)
    assert [each for each in after.unserved if each.what == "lock"] == []
    assert violations(replace(made, locks=locks, mopeds=disturbed), after) == []  # who does each lock, in which order
