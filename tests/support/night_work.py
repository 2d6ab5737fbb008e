"""Plans of a night written by hand; Lakeport's of 15 June 2026 is from 21:00 to 05:00 (09:00 to 17:00 UTC)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import numpy as np
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat
from mobility.rebalancing.optimiser.night.instance import Night as Instance
from mobility.rebalancing.optimiser.night.plan import Costs, NightPlan, Task, Tour
from mobility.rebalancing.ports import Progress, Solved
from mobility.rebalancing.rules.nights import first_minute
from mobility.rebalancing.rules.plan_document import (
    Charging,
    CostParts,
    CrewTour,
    Handled,
    PlanDocument,
    PlannedTask,
    Stop,
    TaskKind,
    Totals,
    task_id,
)
from mobility.rebalancing.service import nights
from mobility.rebalancing.tables import Night
from mobility.rebalancing.tables import NightPlan as Version

SHED = Stop(code="shed", name={"en": "Shed", "mi": "Wharau"}, position=LonLat(175.004, -40.004))
MARKET = Stop(code="market", name={"en": "Market", "mi": "Mākete"}, position=LonLat(175.01, -40.0))
WHARF = Stop(code="wharf", name={"en": "Wharf", "mi": "Wāpu"}, position=LonLat(175.0, -40.0))
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Piece:
    """A task in few words: a kind and plates, at a place, from a minute of the night on."""

    kind: TaskKind
    plates: Sequence[str]
    place: Stop = MARKET
    at_min: int = 30
    to_place: Stop | None = None
    crew: str = "early"


async def write_plan(
    session: AsyncSession, clock: Clock, *pieces: Piece, violations: Sequence[str] = (), city: str = "lakeport"
) -> Version:
    """A draft of these pieces for the night of now."""
    night = await nights.open_night(session, clock, city)
    document = await document_of(session, night, pieces, violations)
    last = await session.scalar(select(func.max(Version.version)).where(Version.night_id == night.id))
    plan = Version(
        night_id=night.id,
        version=(last or 0) + 1,
        state="draft",
        starts_at=first_minute(nights.hours_of(night), clock.now()),
        because="asked",
        asked_at=clock.now(),
        solve_seconds=1,
        seed=0,
        solved_at=clock.now(),
        cost_cents=document.totals.cost_cents,
        document=msgspec.to_builtins(document),
    )
    session.add(plan)
    await session.flush()
    return plan


async def document_of(
    session: AsyncSession, night: Night, pieces: Sequence[Piece], violations: Sequence[str] = ()
) -> PlanDocument:
    rows = {row.plate: row for row in await session.scalars(select(Vehicle).where(Vehicle.city_id == night.city_id))}
    crews = nights.described(await get_city(session, night.city_id)).crews
    tours = [_tour(night, crew.code, [each for each in pieces if each.crew == crew.code], rows) for crew in crews]
    parts = CostParts(moped_loss=900, car_loss=300, crew=200, energy=0, charge_worth=0)
    return PlanDocument(
        tours=tours,
        charging=Charging(begins_at=night.begins_at, cents_per_kwh=[], sites=[]),
        not_done=[],
        totals=Totals(cost_cents=1_400, nothing_cents=None, bound_cents=1_300, parts=parts),
        changes=[],
        violations=list(violations),
    )


def _tour(night: Night, crew: str, pieces: Sequence[Piece], rows: dict[str, Vehicle]) -> CrewTour:
    return CrewTour(
        crew=crew,
        name={"en": crew, "mi": crew},
        van="ute" if crew == "early" else None,
        depot=SHED,
        shift_begins_at=night.begins_at,
        shift_ends_at=night.begins_at + timedelta(hours=4),
        leaves_at=night.begins_at,
        returns_at=night.begins_at + timedelta(hours=2),
        travel_min=20,
        service_min=10,
        tasks=[_task(night, each, rows) for each in pieces],
    )


def _task(night: Night, piece: Piece, rows: dict[str, Vehicle]) -> PlannedTask:
    handled = [Handled(rows[plate].id, plate, 20) for plate in piece.plates]
    return PlannedTask(
        id=task_id(
            night.id,
            crew=piece.crew,
            kind=piece.kind,
            place=piece.place.code,
            to_place=piece.to_place.code if piece.to_place else "",
            vehicles=[str(each.id) for each in handled],
        ),
        kind=piece.kind,
        place=piece.place,
        to_place=piece.to_place,
        vehicles=handled,
        starts_at=night.begins_at + MINUTE * piece.at_min,
        ends_at=night.begins_at + MINUTE * (piece.at_min + 10),
        load=0,
        batteries=0,
        locked=False,
        reason={"en": "1.2 trips more"},
        worth_cents=600,
    )


@dataclass
class SwapsOnly:
    """A solver that has the first crew with a van swap what is low, in the order of plates; keeps what it was asked."""

    violations: Sequence[str] = ()
    asked: list[Instance] = field(default_factory=list)

    async def solve(
        self,
        night: Instance,
        *,
        seconds: float,
        seed: int,
        trip_cents: int,
        tell: Callable[[Progress], Awaitable[None]],
        is_cancelled: Callable[[], Awaitable[bool]],
    ) -> Solved:
        self.asked.append(night)
        await tell(Progress(0.1, 1_500.0))
        await is_cancelled()
        return self.answer(night)

    def answer(self, night: Instance) -> Solved:
        low = np.flatnonzero(~night.mopeds.usable & ~night.mopeds.excluded & (night.mopeds.place >= 0)).tolist()
        begins = int(night.crews.shift_min[0, 0]) + 10 if len(night.crews.names) else 0
        tasks = tuple(
            Task(
                kind="swap",
                place=int(night.mopeds.place[moped]),
                vehicles=(moped,),
                starts_min=begins + 10 * at,
                ends_min=begins + 10 * at + 5,
                batteries=5 - at,
            )
            for at, moped in enumerate(low)
        )
        tours = (Tour(crew=0, van=0, leaves_min=0, returns_min=200, travel_min=20, service_min=20, tasks=tasks),)
        cars, quarters = len(night.cars.names), night.quarters
        plan = NightPlan(
            tours=tours if tasks else (),
            plugged_from_min=np.full(cars, -1),
            power_w=np.zeros((cars, quarters), np.int64),
            costs=Costs(moped_loss=900, car_loss=300, crew=200, energy=0, charge_worth=0),
            bound_cents=1_300,
        )
        return Solved(plan=plan, violations=self.violations, seconds=0.1)


async def drain(session: AsyncSession, *plates: str, charge_percent: float = 20) -> None:
    """Batteries of these vehicles are low."""
    found = await session.scalars(select(Vehicle.id).where(Vehicle.plate.in_(plates)))
    for vehicle_id in found.all():
        (await session.get_one(VehicleStatus, vehicle_id)).charge_percent = charge_percent
    await session.flush()


async def id_of(session: AsyncSession, plate: str) -> UUID:
    return (await session.scalars(select(Vehicle.id).where(Vehicle.plate == plate))).one()


def at_minute(night: Night, minute: int) -> datetime:
    return night.begins_at + MINUTE * minute
