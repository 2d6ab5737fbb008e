"""`mobility plan` on saved nights: no database is asked."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from mobility.cli import cli
from mobility.rebalancing.optimiser.instance import InstanceInvalid
from mobility.rebalancing.optimiser.night import file, plan_file
from mobility.rebalancing.optimiser.night.plan import Costs, NightPlan, Task, Tour, Unserved
from tests.support.hand_nights import hand_night

COSTS = Costs(moped_loss=1.5, car_loss=2, crew=3, energy=4, charge_worth=5)


def say(*words: object) -> Result:
    return CliRunner().invoke(cli, ["plan", *map(str, words)])


def test_a_plan_comes_back_from_its_file_unchanged() -> None:
    swap = Task(kind="swap", place=0, vehicles=(2, 1), starts_min=5, ends_min=9, moped_load=1, batteries=3)
    plan = NightPlan(
        tours=(Tour(crew=0, van=0, leaves_min=0, returns_min=20, travel_min=6, service_min=4, tasks=(swap,)),),
        plugged_from_min=np.array([-1, 0]),
        power_w=np.zeros((2, 3), np.int64),
        costs=COSTS,
        unserved=(Unserved(what="booking", index=1, reason="too_late"),),
    )
    again = plan_file.loads(plan_file.dumps(plan))
    assert (again.tours, again.costs, again.unserved) == (plan.tours, plan.costs, plan.unserved)
    assert again.bound_cents == float("-inf")
    assert again.plugged_from_min.tolist() == [-1, 0]
    assert again.power_w.shape == (2, 3)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"format": "mobility night plan 2"}', b"\xff"])
def test_a_file_that_is_no_plan_is_refused(text: bytes) -> None:
    with pytest.raises(InstanceInvalid):
        plan_file.loads(text)


def test_a_saved_night_is_solved_and_its_plan_checked(tmp_path: Path) -> None:
    night, plan = tmp_path / "night.json", tmp_path / "plan.json"
    file.save(night, hand_night())
    answer = say("solve", "--file", night, "--seconds", 0.1, "--save-plan", plan, "--json")
    said = json.loads(answer.stdout)
    assert answer.exit_code == 0, answer.output
    assert said["violations"] == []
    assert said["bound_cents"] <= said["cost_cents"] <= said["nothing_cents"]
    assert "keeps every rule" in say("check", night, plan).stdout

    document = json.loads(plan.read_bytes())
    document["costs"]["crew"] += 100
    plan.write_text(json.dumps(document))
    checked = say("check", night, plan)
    assert checked.exit_code == 1
    assert checked.stdout


def test_what_cannot_be_solved_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    broken = tmp_path / "night.json"
    broken.write_text("{}")
    asked = (["solve"], ["solve", "lakeport", "--file", broken], ["solve", "--file", broken], ["check", broken, broken])
    for words in asked:
        answer = say(*words)
        assert (answer.exit_code, "Traceback" in answer.output) == (2, False), answer.output
