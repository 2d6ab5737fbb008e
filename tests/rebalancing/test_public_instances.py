"""The checker that strangers use: each rule of docs/instances.md broken alone, on a night worked out by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.rebalancing import instances
from benchmarks.rebalancing.checker import check
from benchmarks.rebalancing.checker.charging import charge
from benchmarks.rebalancing.checker.state import State
from benchmarks.rebalancing.generator import generate
from benchmarks.rebalancing.instances import NIGHTS, better, highest, main
from benchmarks.rebalancing.plan_file import plain, rounded, write_plan
from mobility.rebalancing.optimiser.explain.edits import Streets
from mobility.rebalancing.optimiser.night.file import dumps, load, save
from mobility.rebalancing.optimiser.night.finish import finished
from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan, Task
from mobility.rebalancing.optimiser.night.solve import greedy
from tests.support.hand_nights import HOME, SQUARE, STATION, bookings, crew, hand_night, idle_tour, places, task

Change = Callable[[dict[str, Any]], None]
TASKS = (
    task("swap", HOME, [0, 1]),
    task("load", SQUARE, [2, 3]),
    task("plug", SQUARE, [0]),
    task("unload", STATION, [2, 3]),
)


def planned(night: Night, *tasks: Task) -> NightPlan:
    return finished(night, [Streets(night).timed(idle_tour(), list(tasks))])


def problems(night: Night, plan: NightPlan, change: Change = lambda _: None) -> list[str]:
    document = json.loads(json.dumps(plain(plan)))
    change(document)
    return check(json.loads(dumps(night)), document).problems


def test_a_plan_that_keeps_every_rule_has_no_problems_and_its_cost() -> None:
    night = hand_night()
    plan = planned(night, *TASKS)
    answer = check(json.loads(dumps(night)), json.loads(json.dumps(plain(plan))))
    assert (answer.cost_cents, answer.problems) == (640 + 60 - 300 + 400, [])  # the station wants a car
    assert plan.cost_cents == answer.cost_cents


def test_batteries_left_in_mopeds_are_worth_what_they_put_in() -> None:
    night = hand_night(mopeds=replace(hand_night().mopeds, battery_cents=200.0))
    plan = planned(night, *TASKS)
    answer = check(json.loads(dumps(night)), json.loads(json.dumps(plain(plan))))
    assert plan.cost_cents == answer.cost_cents == 640 + 60 - 300 + 400 - 2 * (95 + 90)


def in_tour(**values: Any) -> Change:
    return lambda plan: plan["tours"][0].update(values)


def in_task(number: int, **values: Any) -> Change:
    return lambda plan: plan["tours"][0]["tasks"][number].update(values)


def in_power(quarter: int, watts: int) -> Change:
    return lambda plan: plan["power_w"][0].__setitem__(quarter, watts)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (in_tour(leaves_min=-1), "outside its shift"),
        (in_tour(returns_min=241), "outside its shift"),
        (in_tour(returns_min=63), "cannot be back"),
        (in_tour(travel_min=45), "46 minutes on the way"),
        (in_tour(van=-1), "no van"),
        (lambda plan: plan["tours"].append(plan["tours"][0]), "crew 0 has 2 tours"),
        (in_task(0, starts_min=11, ends_min=17), "it is there at 12"),
        (in_task(0, ends_min=19), "needs 6 minutes"),
        (in_task(1, vehicles=[2, 0]), "moped 0 is not at place"),
        (in_task(3, vehicles=[2, 1]), "not on the van"),
        (in_task(3, vehicles=[2]), "comes back with 1 mopeds"),
        (in_power(3, 4_004), "draws 1001 Wh of 1000 Wh"),
        (in_power(1, 400), "draws 100 Wh of 0 Wh"),
        (in_power(30, 400), "holds 10100 Wh"),
        (lambda plan: plan["costs"].update(crew=639.9), "crew is 640.00 cents"),
    ],
)
def test_a_broken_rule_is_found(change: Change, words: str) -> None:
    night = hand_night()
    found = problems(night, planned(night, *TASKS), change)
    assert any(words in problem for problem in found), found


def closed(place: int, begin: int, end: int) -> np.ndarray:
    hours = np.zeros((3, 1, 2), np.int64)
    hours[place] = [[begin, end]]
    return hours


NIGHT = hand_night()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"places": replace(places(), closed_min=closed(HOME, 17, 20))}, "closed from 17"),
        ({"places": replace(places(), quiet_min=closed(STATION, 0, 51))}, "closed from 0"),
        ({"places": replace(places(), moped_docks=np.array([4, 4, 1]))}, "2 mopeds stand at place 2"),
        ({"places": replace(places(), chargers=np.zeros(3))}, "1 cars are on the chargers"),
        ({"places": replace(places(), site_cap_w=np.full((3, 32), 3_000))}, "draws 4000 W of 3000 W"),
        ({"vans": replace(NIGHT.vans, battery_places=np.array([1]))}, "-1 full batteries"),
        ({"vans": replace(NIGHT.vans, moped_places=np.array([1]))}, "2 mopeds"),
        ({"crews": crew(skills=[[False, True, True, True]])}, "not learnt to swap"),
        ({"crews": crew(may_drive=[[False]])}, "may not drive van 0"),
        ({"crews": crew(break_min=[20], break_window_min=[[30, 40]])}, "no break between 30 and 40"),
        ({"mopeds": replace(NIGHT.mopeds, excluded=np.array([True, False, False, False]))}, "left out"),
        ({"mopeds": replace(NIGHT.mopeds, usable_percent=85)}, "or flat"),
        ({"cars": replace(NIGHT.cars, plugged=np.array([True]))}, "plugged in already"),
        ({"bookings": bookings((HOME, 240, 0))}, "booking 0 is not honoured"),
        ({"bookings": bookings((SQUARE, 60, 9_000))}, "booking 0 is not honoured"),
    ],
)
def test_a_plan_for_another_night_is_found_out(given: dict[str, Any], words: str) -> None:
    found = problems(hand_night(**given), planned(NIGHT, *TASKS))
    assert any(words in problem for problem in found), found


def test_a_booking_that_is_said_to_be_missed_is_no_problem() -> None:
    night = hand_night(bookings=bookings((SQUARE, 60, 9_000)))
    assert problems(night, planned(night, *TASKS)) == []


def test_a_driven_car_uses_its_charge_and_takes_a_bay() -> None:
    driven = [task("drive", SQUARE, [0], STATION)]
    assert problems(NIGHT, planned(NIGHT, *driven)) == []
    full = hand_night(places=replace(places(), car_bays=np.array([2, 2, 0])))
    assert problems(full, planned(NIGHT, *driven)) == ["1 cars stand at place 2"]
    thirsty = hand_night(cars=replace(NIGHT.cars, wh_per_min=np.array([600])))
    assert "car 0 holds -800 Wh at the end of quarter 0" in problems(thirsty, planned(NIGHT, *driven))


def test_a_car_on_two_chargers_within_a_quarter_draws_from_both() -> None:
    everywhere = replace(places(), charger_w=np.full(3, 4_000), site_cap_w=np.full((3, 32), 400))
    state = State(json.loads(dumps(hand_night(places=everywhere))))
    state.cars[0].stays += [(SQUARE, 0, 181), (STATION, 183, state.end_min)]
    power_w = np.zeros((1, 32), np.int64)
    power_w[0, 12] = 650  # of the 266 W that a minute at the square makes of 4 kW, and 400 W of the station
    assert list(charge(state, power_w)) == []
    power_w[0, 12] = 700
    assert list(charge(state, power_w)) == ["place 2 draws 434 W of 400 W in quarter 12"]


def test_the_same_night_is_written_by_the_same_name_and_another_is_told_apart(tmp_path: Path, capsys) -> None:
    assert main(["write", str(tmp_path), "tiny-0"]) == 0
    size, seed = NIGHTS["tiny-0"]
    assert (tmp_path / "tiny-0.json").read_bytes() == dumps(rounded(generate(seed, size)))
    assert main(["write", str(tmp_path), "giant-0"]) == 2
    assert "there is no night giant-0" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["tiny-0", "tiny-1", "small-0"])
def test_the_checker_finds_no_fault_with_the_product_s_plans_and_the_same_cost(name: str) -> None:
    size, seed = NIGHTS[name]
    night = rounded(generate(seed, size))
    plan = greedy(night)
    answer = check(json.loads(dumps(night)), json.loads(json.dumps(plain(plan))))
    assert answer.problems == []
    assert answer.cost_cents == pytest.approx(plan.cost_cents)


def test_the_command_ends_with_status_1_when_a_plan_breaks_a_rule(tmp_path: Path, capsys) -> None:
    night, plan = tmp_path / "night.json", tmp_path / "plan.json"
    save(night, NIGHT)
    write_plan(plan, planned(NIGHT, *TASKS))
    assert main(["check", str(night), str(plan)]) == 0
    assert capsys.readouterr().out == "cost 800.0 cents\n"
    save(night, hand_night(crews=crew(may_drive=[[False]])))
    assert main(["check", str(night), str(plan)]) == 1
    assert "crew 0 may not drive van 0" in capsys.readouterr().out
    assert main(["check", str(night), str(tmp_path / "nowhere.json")]) == 2


def test_bookings_come_before_money_in_what_is_best() -> None:
    first = better({}, "tiny-0", missed=1, cost=100.0, by="us")
    assert (first["missed"], first["best"], first["by"]) == ("1", "100.0", "us")
    assert better(first, "tiny-0", missed=1, cost=100.0, by="them") == first
    assert better(first, "tiny-0", missed=2, cost=50.0, by="them")["best"] == "100.0"
    improved = better(first, "tiny-0", missed=0, cost=150.0, by="them")
    assert (improved["best"], improved["by"]) == ("150.0", "them")


def test_the_highest_bound_is_kept() -> None:
    assert highest("", None) == ""
    assert highest("", 3.04) == "3.0"
    assert highest("5.0", 3.0) == highest("5.0", None) == "5.0"


def test_a_plan_is_entered_when_it_keeps_the_rules(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(instances, "TABLE", tmp_path / "nights.csv")
    main(["write", str(tmp_path), "tiny-0"])
    plan = greedy(load(tmp_path / "tiny-0.json"))
    write_plan(tmp_path / "tiny-0.plan.json", plan)
    assert main(["enter", str(tmp_path), "tiny-0", "--by", "somebody"]) == 0
    assert instances.read_table()["tiny-0"]["by"] == "somebody"
    assert instances.read_table()["tiny-0"]["best"] == f"{plan.cost_cents:.1f}"
    write_plan(tmp_path / "tiny-0.plan.json", replace(plan, costs=replace(plan.costs, crew=0.0, energy=-1.0)))
    assert main(["enter", str(tmp_path), "tiny-0", "--by", "somebody"]) == 2
    assert "cents, not" in capsys.readouterr().err
