"""A night's plan from the evening to the morning: asked for, solved, published, edited, disturbed."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import numpy as np
import pytest
from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.city.service import load_city
from mobility.db.live import BEGINNING, Live
from mobility.db.session import Sessions, transaction
from mobility.fleet.events import VehicleStateChanged
from mobility.fleet.rules.live_map import stream
from mobility.fleet.tables import Vehicle
from mobility.geo.streets.build import build
from mobility.geo.streets.extract import read_extract
from mobility.geo.streets.network import save
from mobility.geo.streets.paces import DRIVE, WALK
from mobility.geo.streets.shelf import Streets, file_of
from mobility.rebalancing.optimiser.night.file import loads
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.service import nights, plans, restrictions, roster, solving
from mobility.rebalancing.service.restrictions import Asked
from mobility.rebalancing.subscribers import go_around
from mobility.rebalancing.tables import Night, NightPlan, NightTask
from mobility.rebalancing.tasks import forget_instances, solve_nights, watch_nights
from tests.support.fleets import lakeport, load_fleet
from tests.support.night_work import MARKET, Piece, SwapsOnly, drain, id_of, write_plan
from tests.support.osm import Sheet
from tests.support.riders import person

EVENING = timedelta(minutes=10)  # the city plans at 20:00, when the tests' clock stands


class Desk:
    """A city's nights as its worker and its operators move them."""

    def __init__(self, sessions: Sessions, clock: FixedClock, live: Live) -> None:
        self.sessions, self.clock, self.live, self.solver = sessions, clock, live, SwapsOnly()
        self.streets = Streets(None)

    async def watch(self) -> int:
        return await watch_nights(self.sessions, self.clock)

    async def solve(self) -> int:
        return await solve_nights(self.sessions, self.clock, self.live, self.solver, self.streets)

    async def plans(self) -> Sequence[NightPlan]:
        async with self.sessions() as session:
            return (await session.scalars(select(NightPlan).order_by(NightPlan.version))).all()

    async def tasks(self) -> Sequence[NightTask]:
        async with self.sessions() as session:
            return (await session.scalars(select(NightTask).order_by(NightTask.starts_at))).all()

    async def ask(self, **wish: Any) -> NightPlan:
        async with transaction(self.sessions) as session:
            night = await nights.open_night(session, self.clock, "lakeport")
            return await plans.ask(session, self.clock, night, plans.Wish(because="asked", **wish))

    async def publish(self, plan: NightPlan) -> NightPlan:
        async with transaction(self.sessions) as session:
            return await plans.publish(session, self.clock, plan.id, operator_id=None)

    async def restrict(self, **asked: Any) -> None:
        async with transaction(self.sessions) as session:
            night = await nights.open_night(session, self.clock, "lakeport")
            await restrictions.restrict(session, self.clock, night.id, Asked(**asked), operator_id=None)

    async def document(self, version: int = -1) -> PlanDocument:
        return msgspec.convert((await self.plans())[version].document, PlanDocument)

    async def swapped(self, version: int = -1) -> list[str]:
        return [each.plate for _, task in (await self.document(version)).tasks() for each in task.vehicles]


@pytest.fixture
def sessions(connection: AsyncConnection) -> Sessions:
    """Transactions within one that is rolled back: nothing here needs two at once."""
    return async_sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")


@pytest.fixture
async def desk(sessions: Sessions, clock: FixedClock, live: Live) -> Desk:
    async with transaction(sessions) as session:
        await load_fleet(session, clock)
        await drain(session, "B-001", "B-002")
    return Desk(sessions, clock, live)


async def refused(call: Any) -> str:
    with pytest.raises(Problem) as refusal:
        await call
    return refusal.value.code


async def test_every_evening_a_plan_is_asked_for_once_and_solved(desk: Desk) -> None:
    desk.clock.advance(-EVENING)
    assert await desk.watch() == 0
    desk.clock.advance(EVENING)
    assert [await desk.watch(), await desk.watch()] == [1, 0]
    assert await desk.solve() == 1
    (plan,) = await desk.plans()
    assert (plan.state, plan.because, plan.cost_cents, plan.bound_cents) == ("draft", "evening", 1_400, 1_300)
    assert await desk.swapped() == ["B-001", "B-002"]


async def test_what_is_solved_can_be_replayed_from_its_file_until_it_is_forgotten(desk: Desk) -> None:
    await desk.ask()
    await desk.solve()
    async with transaction(desk.sessions) as session:
        kept = (await session.scalars(select(NightPlan.instance))).one()
        assert loads(kept).mopeds.names == desk.solver.asked[0].mopeds.names
        desk.clock.advance(timedelta(days=31))
        assert await forget_instances(session, desk.clock, kept_days=30) == 1


async def test_crews_go_along_the_citys_streets_where_they_are_known(desk: Desk, tmp_path: Path) -> None:
    await desk.ask()
    await desk.solve()
    round_the_bay = Sheet(175.0, -40.0).node(1, 0, 0).node(2, 0, -20).node(3, 10, -20).node(4, 10, 0)
    extract = read_extract(round_the_bay.way(10, [1, 2, 3, 4]).write(tmp_path))
    for profile in (WALK, DRIVE):
        save(build(extract, profile, source="made up"), file_of(tmp_path, "lakeport", profile.name))
    desk.streets = Streets(tmp_path)
    await desk.ask()
    await desk.solve()
    straight, over = desk.solver.asked
    assert [(await desk.document(version)).roads.basis for version in (0, 1)] == ["straight_line", "mixed"]
    assert (await desk.document()).roads.detour_factor == 1.3
    wharf, market = (over.places.names.index(name) for name in ("wharf", "market"))
    assert np.all(over.travel_min[:, wharf, market] > straight.travel_min[:, wharf, market])
    assert over.car_drive_min[wharf, market] > straight.car_drive_min[wharf, market]
    assert np.all(np.diagonal(over.travel_min, axis1=1, axis2=2) == 0)


async def test_how_far_a_plan_is_is_told_live(desk: Desk, valkey: Redis) -> None:
    await desk.ask()
    await desk.solve()
    async for batch in desk.live.missed(stream("lakeport"), after=BEGINNING, until="+"):
        news = [msgspec.json.decode(each.data) for each in batch]
        told = [(each["state"], each["cost_cents"]) for each in news if each.get("kind") == "night_plan"]
        assert told == [("solving", 1_500)]


async def test_a_night_that_cannot_be_built_says_why(desk: Desk) -> None:
    async with transaction(desk.sessions) as session:
        await load_city(session, desk.clock, msgspec.structs.replace(lakeport(), demand=None))
    await desk.ask()
    await desk.solve()
    (plan,) = await desk.plans()
    assert plan.state == "failed"
    assert "demand" in (plan.failure or "")


async def test_one_plan_of_a_night_is_solved_at_a_time(desk: Desk) -> None:
    await desk.ask()
    assert await refused(desk.ask()) == "plan_being_solved"


async def test_a_plan_that_waits_can_be_cancelled_and_one_that_is_solved_cannot(desk: Desk) -> None:
    waiting = await desk.ask()
    async with transaction(desk.sessions) as session:
        assert (await plans.cancel(session, desk.clock, waiting.id)).state == "cancelled"
        assert await refused(plans.cancel(session, desk.clock, waiting.id)) == "plan_not_being_solved"


async def test_a_worker_that_dies_leaves_the_published_plan_and_another_worker_solves_on(desk: Desk) -> None:
    await desk.ask()
    await desk.solve()
    published = await desk.publish((await desk.plans())[0])
    await desk.ask()
    async with transaction(desk.sessions) as session:  # a worker takes it, and is never heard of again
        assert await solving.lease(session, desk.clock) is not None
    assert await desk.solve() == 0
    assert [plan.state for plan in await desk.plans()] == ["published", "solving"]
    desk.clock.advance(solving.LEASE + timedelta(seconds=1))
    assert await desk.solve() == 1
    again = (await desk.plans())[1]
    assert (again.state, again.attempts) == ("draft", 2)
    assert (await desk.plans())[0].id == published.id


async def test_a_plan_can_be_stopped_while_its_night_is_made_ready(desk: Desk) -> None:
    asked = await desk.ask()
    async with transaction(desk.sessions) as session:
        leased = await solving.lease(session, desk.clock)
        assert leased is not None
    async with transaction(desk.sessions) as session:
        assert (await plans.cancel(session, desk.clock, asked.id)).cancelled_at == desk.clock.now()
    async with transaction(desk.sessions) as session:
        assert await solving.prepare(session, desk.clock, leased, Streets(None)) is not None


async def test_a_worker_that_took_too_long_to_make_a_night_ready_leaves_it_to_the_next(desk: Desk) -> None:
    await desk.ask()
    async with transaction(desk.sessions) as session:
        leased = await solving.lease(session, desk.clock)
        assert leased is not None
    desk.clock.advance(solving.LEASE + timedelta(seconds=1))
    await desk.solve()
    async with transaction(desk.sessions) as session:
        assert await solving.prepare(session, desk.clock, leased, Streets(None)) is None


async def test_a_night_that_takes_down_every_worker_is_given_up(desk: Desk) -> None:
    await desk.ask()
    for _ in range(solving.ATTEMPTS_MAX):
        async with transaction(desk.sessions) as session:
            assert await solving.lease(session, desk.clock) is not None
        desk.clock.advance(solving.LEASE + timedelta(seconds=1))
    assert await desk.solve() == 0
    (plan,) = await desk.plans()
    assert (plan.state, plan.failure) == ("failed", "solver_lost")


async def test_an_answer_that_comes_after_the_lease_counts_for_nothing(desk: Desk) -> None:
    await desk.ask()
    async with transaction(desk.sessions) as session:
        leased = await solving.lease(session, desk.clock)
        assert leased is not None
        job = await solving.prepare(session, desk.clock, leased, Streets(None))
        assert job is not None
    desk.clock.advance(solving.LEASE + timedelta(seconds=1))
    await desk.solve()
    async with transaction(desk.sessions) as session:
        await session.get_one(NightPlan, leased.plan_id)
        late = SwapsOnly(violations=["a task of nobody"])
        await solving.keep(session, desk.clock, job, late.answer(job.night))
    (plan,) = await desk.plans()
    assert (plan.state, (await desk.document()).violations) == ("draft", [])


async def test_only_one_plan_is_in_force_and_only_a_draft_can_be_published(desk: Desk) -> None:
    for _ in range(2):
        await desk.ask()
        await desk.solve()
    first, second = await desk.plans()
    await desk.publish(second)
    assert await refused(desk.publish(first)) == "plan_outdated"
    assert await refused(desk.publish(second)) == "plan_not_draft"
    await desk.ask()
    await desk.solve()
    await desk.publish((await desk.plans())[2])
    assert [plan.state for plan in await desk.plans()] == ["draft", "superseded", "published"]


async def test_a_plan_that_breaks_a_rule_is_not_published(desk: Desk) -> None:
    desk.solver.violations = ["crew early carries 4 mopeds in 3 places"]
    await desk.ask()
    await desk.solve()
    assert await refused(desk.publish((await desk.plans())[0])) == "plan_violated"


async def test_a_night_that_is_over_changes_no_more(desk: Desk) -> None:
    plan = await desk.ask()
    await desk.solve()
    desk.clock.advance(timedelta(hours=12))
    assert await refused(desk.publish(plan)) == "night_over"


async def test_a_draft_that_nobody_published_goes_out_when_work_begins(desk: Desk) -> None:
    await desk.ask()
    await desk.solve()
    assert await desk.watch() == 0
    desk.clock.advance(timedelta(hours=1))
    assert await desk.watch() == 1
    assert (await desk.plans())[0].state == "published"
    assert [task.state for task in await desk.tasks()] == ["planned", "planned"]


async def test_a_vehicle_that_is_left_out_is_not_planned(desk: Desk) -> None:
    async with desk.sessions() as session:
        left_out = await id_of(session, "B-001")
    await desk.ask()
    await desk.restrict(kind="vehicle", target=str(left_out))
    await desk.solve()
    assert await desk.swapped() == ["B-002"]
    assert await refused(desk.restrict(kind="vehicle", target=str(left_out))) == "restriction_stands"


async def test_a_closed_station_an_absent_crew_and_a_fixed_task_reach_the_solver(desk: Desk) -> None:
    await desk.ask()
    await desk.solve()
    (_, first), *_ = (await desk.document()).tasks()
    await desk.restrict(kind="task", target=str(first.id))
    await desk.restrict(kind="station", target="terminal")
    await desk.restrict(kind="crew", target="drivers")
    await desk.ask()
    await desk.solve()
    night = desk.solver.asked[-1]
    assert night.crews.names == ("early",)
    terminal = night.places.names.index("terminal")
    assert night.places.closed_min[terminal, 0].tolist() == [0, night.morning_min]
    assert [(lock.kind, lock.vehicles) for lock in night.locks] == [("swap", (0,))]
    assert [task.locked for _, task in (await desk.document()).tasks()] == [True, False]


async def test_a_task_that_is_dragged_keeps_its_place_among_the_others(desk: Desk) -> None:
    await desk.ask()
    await desk.solve()
    (_, first), _ = (await desk.document()).tasks()
    await desk.restrict(kind="task", target=str(first.id), crew_code="early", position=1)
    await desk.ask()
    await desk.solve()
    assert [lock.vehicles for lock in desk.solver.asked[-1].locks] == [(1,), (0,)]
    await desk.restrict(kind="task", target=str(first.id), crew_code="early", position=0)
    await desk.ask()
    await desk.solve()
    assert [lock.vehicles for lock in desk.solver.asked[-1].locks] == [(0,), (1,)]


async def test_what_is_not_there_is_not_restricted(desk: Desk) -> None:
    assert await refused(desk.restrict(kind="vehicle", target=str(uuid4()))) == "unknown_vehicle"
    assert await refused(desk.restrict(kind="vehicle", target="B-001")) == "unknown_vehicle"
    assert await refused(desk.restrict(kind="station", target="moon")) == "unknown_place"
    assert await refused(desk.restrict(kind="crew", target="moon")) == "unknown_crew"
    assert await refused(desk.restrict(kind="task", target=str(uuid4()))) == "unknown_night_task"
    assert await refused(desk.restrict(kind="task", target="x", crew_code="moon")) == "unknown_crew"
    async with transaction(desk.sessions) as session:
        assert await refused(restrictions.get_restriction(session, uuid4())) == "unknown_restriction"
        assert await refused(nights.night_of(session, uuid4())) == "unknown_night"
        assert await refused(plans.get_plan(session, uuid4())) == "unknown_night_plan"


async def test_a_task_that_is_begun_cannot_be_moved(desk: Desk) -> None:
    await desk.ask()
    await desk.solve()
    await desk.publish((await desk.plans())[0])
    async with transaction(desk.sessions) as session:
        task = (await session.scalars(select(NightTask).limit(1))).one()
        task.state, task.started_at = "started", desk.clock.now()
    assert await refused(desk.restrict(kind="task", target=str(task.id))) == "task_not_movable"


async def test_a_restriction_that_is_lifted_binds_no_more(desk: Desk) -> None:
    await desk.restrict(kind="crew", target="early")
    async with transaction(desk.sessions) as session:
        night = (await session.scalars(select(Night))).one()
        (made,) = await restrictions.list_restrictions(session, night.id)
        for _ in range(2):
            await restrictions.lift(session, desk.clock, made.id)
    await desk.ask()
    await desk.solve()
    assert "early" in desk.solver.asked[-1].crews.names


async def test_a_moped_that_is_rented_meanwhile_has_the_rest_planned_anew_and_little_changed(desk: Desk) -> None:
    await desk.ask()
    await desk.solve()
    await desk.publish((await desk.plans())[0])
    desk.clock.advance(timedelta(minutes=65))
    async with transaction(desk.sessions) as session:
        moped = await session.get_one(Vehicle, await id_of(session, "B-001"))
        told = VehicleStateChanged(
            vehicle_id=moped.id, city_id="lakeport", seq=9, state="reserved", at=desk.clock.now()
        )
        for _ in range(2):
            await go_around(session, desk.clock, told)
    assert [await desk.watch(), await desk.watch()] == [1, 0]
    await desk.solve()
    first, second = await desk.plans()
    assert (first.state, second.state, second.because) == ("superseded", "published", "disturbance")
    document = await desk.document()
    assert await desk.swapped() == ["B-002"]
    assert [change.change for change in document.changes] == ["retimed", "removed"]
    assert [lock.vehicles for lock in desk.solver.asked[-1].locks] == [(1,)]
    assert {task.state for task in await desk.tasks()} == {"planned", "withdrawn"}


async def test_a_vehicle_that_a_crew_picked_up_disturbs_nothing(desk: Desk) -> None:
    await desk.restrict(kind="crew", target="drivers")
    async with transaction(desk.sessions) as session:
        moped = await session.get_one(Vehicle, await id_of(session, "B-001"))
        told = VehicleStateChanged(vehicle_id=moped.id, city_id="lakeport", seq=9, state="on_trip", at=desk.clock.now())
        await go_around(session, desk.clock, told)
        night = (await session.scalars(select(Night))).one()
        assert [each.kind for each in await restrictions.list_restrictions(session, night.id)] == ["crew"]


async def test_a_plan_of_the_middle_of_the_night_begins_where_crews_are(desk: Desk) -> None:
    async with transaction(desk.sessions) as session:
        pieces = Piece("swap", ["B-001"]), Piece("load", ["B-003"], at_min=50), Piece("break", [], at_min=70)
        plan = await write_plan(session, desk.clock, *pieces)
        await plans.publish(session, desk.clock, plan.id, operator_id=None)
        desk.clock.advance(timedelta(hours=2))
        for task in (await session.scalars(select(NightTask))).all():
            task.state, task.started_at = "started", desk.clock.now()
            if task.kind != "load":
                task.state, task.closed_at = "done", desk.clock.now()
    await desk.ask()
    await desk.solve()
    night = desk.solver.asked[-1]
    early = night.crews.names.index("early")
    assert night.mopeds.charge_percent[night.mopeds.names.index("B-001")] == 100
    assert night.crews.on_board[early] == (night.mopeds.names.index("B-003"),)
    assert (night.crews.break_min[early], night.crews.batteries_used[early]) == (0, 1)
    assert night.places.names[night.crews.start[early]] == MARKET.code
    assert night.crews.shift_min[early].tolist() == [0, 180]


async def test_who_works_tonight_is_of_the_citys_staff_and_in_a_crew_of_its_file(desk: Desk, clock: FixedClock) -> None:
    async with transaction(desk.sessions) as session:
        night = await nights.open_night(session, clock, "lakeport")
        stranger = await person(session, clock, "stranger@example.nz")
        for members, code in (({stranger.id: "early"}, "assignee_not_crew"), ({stranger.id: "moon"}, "unknown_crew")):
            assert await refused(roster.set_roster(session, clock, night.id, members)) == code


async def test_a_city_whose_file_says_nothing_of_the_night_has_no_plan(
    session: AsyncSession, clock: FixedClock
) -> None:
    await load_city(session, clock, msgspec.structs.replace(lakeport(), night=None))
    assert await refused(nights.open_night(session, clock, "lakeport")) == "night_not_described"
