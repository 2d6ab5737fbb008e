"""What crews say of their tasks, late, twice and out of order, and what becomes of the vehicles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.city.tables import Station
from mobility.db.tables import OutboxMessage
from mobility.rebalancing.rules.work import StepKind
from mobility.rebalancing.service import photos, plans, roster
from mobility.rebalancing.service.crew_work import Step, find_shift, take_steps
from mobility.rebalancing.tables import NightStep, NightTask
from mobility.riders.rules.access import Caller
from mobility.riders.service import grant_role
from tests.support.fleets import Street, load_fleet
from tests.support.night_work import MARKET, WHARF, Piece, write_plan
from tests.support.photos import photo
from tests.support.riders import person

NINE = timedelta(hours=1)  # the night begins an hour after the tests' clock


@dataclass
class Crew:
    """A crew member's phone."""

    session: AsyncSession
    clock: FixedClock
    account_id: UUID

    def step(self, task: NightTask, kind: StepKind, at: datetime | None = None, **said: object) -> Step:
        return Step(id=uuid4(), task_id=task.id, kind=kind, at=at or self.clock.now(), **said)  # type: ignore[arg-type]

    async def send(self, *steps: Step) -> list[str]:
        """What became of each: applied, known, or the code of the refusal."""
        taken = await take_steps(self.session, self.clock, self.account_id, steps)
        return [each.refusal.code if each.refusal else each.outcome for each in taken]

    async def say(self, task: NightTask, kind: StepKind, at: datetime | None = None, **said: object) -> str:
        return (await self.send(self.step(task, kind, at, **said)))[0]


@pytest.fixture
async def street(session: AsyncSession, clock: FixedClock) -> Street:
    return Street(session, clock, await load_fleet(session, clock))


@pytest.fixture
async def crew(session: AsyncSession, clock: FixedClock, street: Street) -> Crew:
    return Crew(session, clock, await member(session, clock, "crew@example.nz"))


async def member(session: AsyncSession, clock: FixedClock, email: str) -> UUID:
    account = await person(session, clock, email)
    await grant_role(session, clock, account.id, "crew", "lakeport")
    return account.id


async def publish(crew: Crew, *pieces: Piece, crew_code: str = "early") -> Sequence[NightTask]:
    """The pieces as tonight's published plan, an hour after the night began."""
    plan = await write_plan(crew.session, crew.clock, *pieces)
    await plans.publish(crew.session, crew.clock, plan.id, operator_id=None)
    await roster.set_roster(crew.session, crew.clock, plan.night_id, {crew.account_id: crew_code})
    crew.clock.advance(2 * NINE)
    shift = await find_shift(crew.session, crew.clock, crew.account_id)
    assert shift is not None
    return shift.tasks


async def test_a_swap_holds_the_moped_and_gives_it_back_charged(crew: Crew, street: Street) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    assert await crew.say(task, "start") == "applied"
    assert (await street.vehicle("B-001")).state == "non_operational"
    assert await crew.say(task, "done", charge_percent=100) == "applied"
    assert (await street.vehicle("B-001")).state == "available"
    log = [(each.event, each.reason, each.actor_id) for each in await street.log("B-001")][-2:]
    by = crew.account_id
    assert log == [("maintenance", "night_plan", by), ("battery_charged", "night_plan", by)]


async def test_mopeds_are_picked_up_and_dropped_off_elsewhere(crew: Crew, street: Street) -> None:
    load, unload = await publish(
        crew, Piece("load", ["B-001", "B-002"]), Piece("unload", ["B-001", "B-002"], WHARF, at_min=60)
    )
    assert await crew.send(*(crew.step(load, kind) for kind in ("start", "done"))) == ["applied", "applied"]
    assert (await street.vehicle("B-001")).state == "removed"
    assert await crew.say(unload, "done") == "applied"
    moped, status = await street.vehicle("B-002"), await street.status("B-002")
    assert (moped.state, status.lon, status.lat) == ("available", WHARF.position.lon, WHARF.position.lat)


async def test_a_car_that_is_driven_stands_at_its_new_station_and_its_bookings_wait_for_it(
    crew: Crew, street: Street, session: AsyncSession
) -> None:
    drive = Piece("drive", ["P-001"], WHARF, crew="drivers", to_place=MARKET)
    (task,) = await publish(crew, drive, crew_code="drivers")
    await crew.say(task, "start")
    gone = select(OutboxMessage.payload).where(OutboxMessage.topic == "vehicle_taken_out_of_service")
    assert (await session.scalars(gone)).one()["until"] == (
        crew.clock.now() + timedelta(minutes=30)
    ).isoformat().replace("+00:00", "Z")
    assert await crew.say(task, "done") == "applied"
    car = await street.vehicle("P-001")
    market = await session.scalar(select(Station.id).where(Station.code == "market"))
    assert (car.state, car.station_id) == ("available", market)


async def test_what_is_said_twice_counts_once(crew: Crew, session: AsyncSession) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    step = crew.step(task, "done")
    assert await crew.send(step) == ["applied"]
    assert await crew.send(step, step) == ["known", "known"]
    assert len((await session.scalars(select(NightStep))).all()) == 1


async def test_steps_count_in_the_order_in_which_they_happened_and_what_comes_late_changes_nothing(
    crew: Crew, session: AsyncSession
) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    at = crew.clock.now() - timedelta(minutes=20)
    steps = [crew.step(task, "done", at + timedelta(minutes=5)), crew.step(task, "start", at)]
    assert await crew.send(*steps) == ["applied", "applied"]
    assert (task.started_at, task.closed_at) == (at, at + timedelta(minutes=5))
    assert await crew.say(task, "start", at) == "known"
    assert task.state == "done"


async def test_what_cannot_be_done_says_why_and_gives_back_what_was_held(crew: Crew, street: Street) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    assert await crew.say(task, "cannot") == "reason_missing"
    await crew.say(task, "start")
    assert await crew.say(task, "cannot", reason="no_access", note="The gate is shut") == "applied"
    assert ((await street.vehicle("B-001")).state, task.state, task.reason) == ("available", "cannot", "no_access")
    assert await crew.say(task, "done") == "work_closed"


async def test_what_the_crew_did_not_take_out_it_does_not_give_back(crew: Crew, street: Street) -> None:
    await street.report("B-001", "maintenance")
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    await crew.say(task, "start")
    await crew.say(task, "cannot", reason="damaged")
    assert (await street.vehicle("B-001")).state == "non_operational"


async def test_a_moped_that_somebody_rides_is_left_out_of_its_task(crew: Crew, street: Street) -> None:
    (task,) = await publish(crew, Piece("load", ["B-001", "B-002"]))
    await street.reserve("B-001")
    (taken,) = await take_steps(crew.session, crew.clock, crew.account_id, [crew.step(task, "start")])
    assert (taken.outcome, taken.left_out) == ("applied", [street.id("B-001")])
    assert (await street.vehicle("B-001")).state == "reserved"
    assert await crew.say(task, "done", vehicle_ids=[street.id("B-002")]) == "applied"
    assert ((await street.vehicle("B-002")).state, (await street.vehicle("B-001")).state) == ("removed", "reserved")


async def test_a_task_all_of_whose_vehicles_are_ridden_cannot_be_begun(crew: Crew, street: Street) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    await street.reserve("B-001")
    assert await crew.say(task, "start") == "vehicle_in_use"
    assert task.state == "planned"


async def test_a_scan_tells_the_right_vehicle_from_a_wrong_one(crew: Crew, street: Street) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    assert await crew.say(task, "scan", vehicle=" b-001 ") == "applied"
    assert await crew.say(task, "scan", vehicle="B-002") == "wrong_vehicle"
    assert await crew.say(task, "done", vehicle_ids=[street.id("B-002")]) == "wrong_vehicle"


async def test_another_crews_task_and_one_that_is_not_there_are_refused(crew: Crew, clock: FixedClock) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    other = Crew(crew.session, clock, await member(crew.session, clock, "other@example.nz"))
    assert await other.say(task, "start") == "not_on_this_crew"
    nothing = Step(id=uuid4(), task_id=uuid4(), kind="start", at=clock.now())
    assert await crew.send(nothing) == ["unknown_night_task"]


async def test_a_phone_whose_clock_is_ahead_is_told_so(crew: Crew) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    assert await crew.say(task, "start", crew.clock.now() + timedelta(minutes=6)) == "step_from_the_future"


async def test_a_newer_plan_keeps_what_is_begun_and_withdraws_the_rest(crew: Crew, session: AsyncSession) -> None:
    begun, dropped, kept = await publish(
        crew, Piece("swap", ["B-001"]), Piece("swap", ["B-002"], at_min=60), Piece("swap", ["B-003"], at_min=90)
    )
    await crew.say(begun, "start")
    newer = await write_plan(session, crew.clock, Piece("swap", ["B-003"], at_min=150))
    await plans.publish(session, crew.clock, newer.id, operator_id=None)
    shift = await find_shift(session, crew.clock, crew.account_id)
    assert shift is not None
    assert [(task.id, task.state) for task in shift.tasks] == [(begun.id, "started"), (kept.id, "planned")]
    assert kept.starts_at == newer.starts_at + timedelta(minutes=90)
    assert await crew.say(dropped, "start") == "work_closed"


async def test_a_crew_that_set_to_a_withdrawn_task_before_it_could_know_goes_on_with_it(
    crew: Crew, session: AsyncSession
) -> None:
    (dropped,) = await publish(crew, Piece("swap", ["B-002"]))
    offline_since = crew.clock.now()
    crew.clock.advance(timedelta(minutes=5))
    newer = await write_plan(session, crew.clock)
    await plans.publish(session, crew.clock, newer.id, operator_id=None)
    await session.refresh(dropped)
    assert await crew.say(dropped, "start", offline_since) == "applied"
    assert dropped.state == "started"


async def test_who_is_in_no_crew_has_no_work(crew: Crew) -> None:
    assert await find_shift(crew.session, crew.clock, crew.account_id) is None


async def test_a_task_has_three_photos_at_most_and_each_once(crew: Crew, session: AsyncSession) -> None:
    (task,) = await publish(crew, Piece("swap", ["B-001"]))
    ids = [uuid4() for _ in range(3)]
    for photo_id in [*ids, ids[0]]:
        await photos.add_photo(session, crew.clock, task.id, photo_id, account_id=crew.account_id, upload=photo())
    desk = Caller(uuid4(), frozenset({("operator", "lakeport")}), "fr")
    assert (await photos.get_photo(session, ids[0], desk)).startswith(b"\xff\xd8")
    asked = {"account_id": crew.account_id, "upload": photo()}
    with pytest.raises(Problem) as full:
        await photos.add_photo(session, crew.clock, task.id, uuid4(), **asked)
    with pytest.raises(Problem) as nowhere:
        await photos.add_photo(session, crew.clock, uuid4(), uuid4(), **asked)
    assert (full.value.code, nowhere.value.code) == ("night_photos_too_many", "unknown_night_task")
