"""`mobility plan` on saved nights, which ask no database, and on a city's."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from mobility.base.clock import SystemClock
from mobility.cli import cli
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.rebalancing.optimiser.instance import InstanceInvalid
from mobility.rebalancing.optimiser.night import file, plan_file
from mobility.rebalancing.optimiser.night.plan import Costs, NightPlan, Task, Tour, Unserved
from mobility.rebalancing.service import plans
from mobility.rebalancing.tables import Night
from tests.support.hand_nights import hand_night
from tests.support.night_work import Piece, write_plan

COSTS = Costs(moped_loss=1.5, car_loss=2, crew=3, energy=4, charge_worth=5)


def say(*words: object, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["plan", *map(str, words)], env=environment)


@pytest.fixture
def of_city(town: list[NewVehicle], database_url: str) -> dict[str, str]:
    """Where the command finds Lakeport."""
    return {"DATABASE_URL": database_url, "REDIS_URL": "redis://127.0.0.1:1", "COLUMNS": "200"}


@pytest.fixture
async def published(of_city: dict[str, str], sessions: Sessions) -> None:
    """A plan in force, and a later one that waits for a worker."""
    clock = SystemClock()
    async with transaction(sessions) as session:
        plan = await write_plan(session, clock, Piece("swap", ["B-001"]))
        await plans.publish(session, clock, plan.id, operator_id=None)
        await plans.ask(session, clock, await session.get_one(Night, plan.night_id), plans.Wish(because="asked"))


def test_the_solver_is_made_ready_by_a_command() -> None:
    assert say("compile").exit_code == 0


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


def test_a_citys_coming_night_is_solved_and_nothing_is_stored(of_city: dict[str, str]) -> None:
    answer = say("solve", "lakeport", "--seconds", 0.1, "--json", **of_city)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["violations"] == []
    shown = say("show", "lakeport", **of_city)
    assert (shown.exit_code, "no solved plan" in shown.output) == (2, True)


def test_a_citys_plan_in_force_is_shown_by_its_own_clocks_while_another_is_solved_here_and_by_a_worker(
    of_city: dict[str, str], published: None
) -> None:
    shown = say("show", "lakeport", **of_city)
    assert shown.exit_code == 0, shown.output
    for words in ("version 1, published", "early", "21:30", "1.2 trips more"):
        assert words in shown.output
    (tour, *_) = json.loads(say("show", "lakeport", "--json", **of_city).stdout)["tours"]
    assert tour["tasks"][0]["vehicles"][0]["plate"] == "B-001"
    assert say("solve", "lakeport", "--seconds", 0.1, **of_city).exit_code == 0


def test_a_city_that_is_not_served_has_no_night(of_city: dict[str, str]) -> None:
    for words in (["solve", "atlantis"], ["show", "atlantis"]):
        answer = say(*words, **of_city)
        assert (answer.exit_code, "not served" in answer.output) == (2, True), answer.output
