"""One evening planned in every way, and what the report makes of many."""

import msgspec
import numpy as np
import pytest

from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.city.service import read_city_file
from mobility.rebalancing.optimiser.night.check import violations
from mobility.rebalancing.optimiser.night.solve import greedy, nothing
from mobility.simulation.backtest import trial as trial_of
from mobility.simulation.backtest.expectation import expected_losses, foreseen_losses, true_flows
from mobility.simulation.backtest.field import Field, NoNightWork, field_of
from mobility.simulation.backtest.picture import picture
from mobility.simulation.backtest.planning import crew_minutes, work_of
from mobility.simulation.backtest.reference import MONDAY
from mobility.simulation.backtest.report import as_object, rows
from mobility.simulation.backtest.trial import (
    WAYS,
    Day,
    Evenings,
    before,
    day_after,
    night_for,
    planned,
    trial,
    without_plan,
)
from tests.conftest import TOWN


def test_the_same_evening_gives_the_same_days_in_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_of, "solve", lambda night, _: greedy(night))  # its search has tests of its own
    evenings = Evenings(city=None, first_day=MONDAY, warm_up=2, nights=1, seconds=0.05, seed=3)

    days = trial((evenings, 0))

    assert tuple(days) == WAYS
    assert days["none"].crew_minutes == 0
    assert days["foresight"].cost_cents == min(day.cost_cents for day in days.values())
    asked = {day.lost + day.served for way, day in days.items() if way in ("none", "greedy")}
    assert max(asked) - min(asked) < 40  # some are still on the way, or gave up


def test_a_plan_becomes_work_on_vehicles_that_stand_where_it_says(reference_field: Field) -> None:
    run = before(reference_field, 1, 2)
    evening = run.evening()
    night = night_for(
        reference_field,
        evening,
        expected_losses(reference_field, evening, true_flows(reference_field, run.outcome(), 2)),
        9.0,
    )
    plan = greedy(night)

    work = work_of(reference_field, evening, plan)

    assert violations(night, plan) == []
    assert crew_minutes(plan) > 0
    assert len(work.vehicle) > 0
    assert np.array_equal(evening.place[work.vehicle], work.place)
    assert evening.is_free[work.vehicle].all()
    home = planned(reference_field, evening, night, nothing(night))
    done = planned(reference_field, evening, night, plan)
    assert home.promised == pytest.approx(0, abs=1e-6)
    assert done.promised > 1
    assert day_after(reference_field, run.fork(), done, 2).lost < day_after(reference_field, run.fork(), home, 2).lost


def test_foresight_loses_nothing_where_the_deepest_want_is_met(reference_field: Field) -> None:
    run = before(reference_field, 1, 1)
    evening = run.evening()

    mopeds, cars = foreseen_losses(reference_field, evening, without_plan(run, 1), 1)

    assert np.all(np.diff(mopeds, axis=1) <= 0)
    assert np.all(np.isfinite(cars[:, 0]))
    assert mopeds[:, 0].sum() > mopeds[:, 3].sum()


def test_a_city_without_night_work_has_no_nights_to_try() -> None:
    file = msgspec.structs.replace(read_city_file(TOWN), night=None)

    with pytest.raises(NoNightWork) as refused:
        field_of(PreparedCity(file, hash_of(file)), first_day=MONDAY, days=3, seed=0)

    assert refused.value.code == "simulation_no_night_work"


def test_the_report_says_which_share_of_the_gap_each_way_closes() -> None:
    nights = [night_of_costs(1_000 + day, 700 + day, 500 + day) for day in (0, 40, 80)]

    found = {row.way: row for row in rows(nights)}

    assert found["ours"].closed == pytest.approx(0.6)
    assert found["ours"].gained_cents.half_width == pytest.approx(0)
    assert found["none"].closed == 0
    assert as_object(list(found.values()), 3)["ways"]["foresight"]["gained_cents"]["mean"] == 500
    assert picture("title", list(found.values())).startswith("<svg")


def night_of_costs(none: int, ours: int, best: int) -> dict[str, Day]:
    costs = dict.fromkeys(WAYS, float(none)) | {"ours": float(ours), WAYS[-1]: float(best)}
    return {
        way: Day(lost=1, served=1, revenue_cents=1, crew_minutes=1, cost_cents=cost, promised=1.0, undone=0)
        for way, cost in costs.items()
    }
