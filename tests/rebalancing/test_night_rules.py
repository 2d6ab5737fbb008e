"""When a night is, what a step leads to, and what a newer plan changes."""

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from mobility.fleet.rules.off_road import VehicleInUse
from mobility.geo import LonLat
from mobility.rebalancing.rules.changes import changes
from mobility.rebalancing.rules.nights import first_minute, hours_of, is_due, next_night
from mobility.rebalancing.rules.plan_document import (
    Charging,
    CostParts,
    CrewTour,
    PlanDocument,
    PlannedTask,
    Stop,
    Totals,
    task_id,
)
from mobility.rebalancing.rules.plan_map import plan_map
from mobility.rebalancing.rules.refusals import WorkClosed
from mobility.rebalancing.rules.work import STEPS, WorkState, decide, events_at
from mobility.rebalancing.rules.worth import steps_of
from tests.support.fleets import lakeport

NZ, PARIS = ZoneInfo("Pacific/Auckland"), ZoneInfo("Europe/Paris")
NIGHT = lakeport().night
assert NIGHT is not None
DAY = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 10, tzinfo=UTC)
STOP = Stop(code="wharf", name={"en": "Wharf"}, position=LonLat(175, -40))


def test_a_night_lasts_from_the_evening_to_the_next_morning() -> None:
    hours = hours_of(NIGHT, DAY, NZ)
    assert (hours.begins_at, hours.ends_at) == (
        datetime(2026, 6, 15, 9, tzinfo=UTC),
        datetime(2026, 6, 15, 17, tzinfo=UTC),
    )


def test_the_night_on_which_clocks_change_is_an_hour_longer_or_shorter() -> None:
    lengths = [hours_of(NIGHT, day, PARIS) for day in (date(2026, 10, 24), date(2027, 3, 27))]
    assert [(each.ends_at - each.begins_at) / timedelta(hours=1) for each in lengths] == [9, 7]


def test_until_the_morning_it_is_still_last_evenings_night() -> None:
    assert next_night(NIGHT, datetime(2026, 6, 15, 16, 59, tzinfo=UTC), NZ).day == DAY
    assert next_night(NIGHT, datetime(2026, 6, 15, 17, tzinfo=UTC), NZ).day == date(2026, 6, 16)


def test_a_plan_is_due_from_the_evenings_hour_until_work_ends() -> None:
    hours = hours_of(NIGHT, DAY, NZ)
    asked = [hours.begins_at - timedelta(minutes=61), hours.begins_at - timedelta(minutes=60), hours.ends_at]
    assert [is_due(NIGHT, hours, at, NZ) for at in asked] == [False, True, False]


def test_a_plan_of_the_middle_of_the_night_begins_with_the_quarter_hour() -> None:
    hours = hours_of(NIGHT, DAY, NZ)
    assert first_minute(hours, hours.begins_at - timedelta(hours=3)) == hours.begins_at
    assert first_minute(hours, hours.begins_at + timedelta(minutes=44)) == hours.begins_at + timedelta(minutes=30)


@pytest.mark.parametrize(("state", "step"), list(itertools.product(WorkState, ["start", "scan", "done", "cannot"])))
def test_every_step_from_every_state_leads_somewhere_or_is_refused(state: WorkState, step: str) -> None:
    how = {"at": AT, "closed_at": AT + timedelta(minutes=1), "now": AT}
    if (state, step) in STEPS:
        assert decide(state, step, **how) == STEPS[state, step]  # type: ignore[arg-type]
    else:
        with pytest.raises(WorkClosed):
            decide(state, step, **how)  # type: ignore[arg-type]


def test_a_vehicle_that_somebody_rides_is_not_touched() -> None:
    for state in ("reserved", "on_trip", "stopped"):
        with pytest.raises(VehicleInUse):
            events_at("start", "swap", mode="micromobility", state=state, is_held=False)


def test_the_same_work_has_the_same_id_whoever_does_it() -> None:
    night, of = uuid4(), {"place": "wharf", "to_place": ""}
    swaps = [task_id(night, crew=crew, kind="swap", vehicles=["b", "a"], **of) for crew in ("early", "late")]
    breaks = [task_id(night, crew=crew, kind="break", vehicles=[], **of) for crew in ("early", "late")]
    assert swaps[0] == swaps[1] == task_id(night, crew="x", kind="swap", vehicles=["a", "b"], **of)
    assert len({*swaps, *breaks}) == 3


def test_changes_are_told_task_by_task() -> None:
    same, late, other, gone, new = (task(minute) for minute in (0, 20, 40, 60, 80))
    before = document(("early", [same, late, other, gone]), ("late", []))
    moved = structs.replace(late, starts_at=late.starts_at + timedelta(minutes=10))
    after = document(("early", [same, moved, new]), ("late", [other]))
    assert [(each.task_id, each.change) for each in changes(before, after)] == [
        (late.id, "retimed"),
        (new.id, "added"),
        (other.id, "moved"),
        (gone.id, "removed"),
    ]


def test_a_plan_on_the_map_has_a_way_for_each_crew_that_goes_out_and_a_stop_for_each_task() -> None:
    drawn = plan_map(document(("early", [task(0), task(20)]), ("late", [])))
    kinds = [each["properties"]["kind"] for each in drawn["features"]]
    assert kinds == ["tour", "stop", "stop"]
    assert len(drawn["features"][0]["geometry"]["coordinates"]) == 4


def test_a_kilowatt_hour_more_is_worth_no_more_than_the_one_before() -> None:
    for vehicle_type in lakeport().vehicle_types:
        steps, worth = steps_of(vehicle_type, lost_trip_cents=500)
        assert sum(steps) == vehicle_type.battery_wh
        assert worth == sorted(worth, reverse=True)


def task(minute: int) -> PlannedTask:
    starts_at = AT + timedelta(minutes=minute)
    return PlannedTask(
        id=uuid4(),
        kind="swap",
        place=STOP,
        to_place=None,
        vehicles=[],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=5),
        load=0,
        batteries=0,
        locked=False,
        reason={},
        worth_cents=None,
    )


def document(*tours: tuple[str, list[PlannedTask]]) -> PlanDocument:
    return PlanDocument(
        tours=[
            CrewTour(
                crew=crew,
                name={"en": crew},
                van=None,
                depot=STOP,
                shift_begins_at=AT,
                shift_ends_at=AT,
                leaves_at=None,
                returns_at=None,
                travel_min=0,
                service_min=0,
                tasks=tasks,
            )
            for crew, tasks in tours
        ],
        charging=Charging(begins_at=AT, cents_per_kwh=[], sites=[]),
        not_done=[],
        totals=Totals(
            cost_cents=0,
            nothing_cents=None,
            bound_cents=None,
            parts=CostParts(moped_loss=0, car_loss=0, crew=0, energy=0, charge_worth=0),
        ),
        changes=[],
        violations=[],
    )
