from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.city_file import CityFile
from mobility.city.service import UnknownCity, get_city
from mobility.fleet.routes.given import PAGE_DEFAULT, READING, City, Limit
from mobility.fleet.rules.damages import DamageClosed, DamageState, UnknownDamage
from mobility.fleet.rules.off_road import VehicleInUse
from mobility.fleet.rules.upkeep import OdometerImplausible, UnknownWorkOrder, WorkOrderClosed
from mobility.fleet.schemas.damages import (
    DamageClosing,
    DamageConfirmation,
    DamageList,
    DamageView,
    WorkDone,
    WorkOrderList,
    WorkOrderView,
)
from mobility.fleet.service import damage_lists, damages, workshop
from mobility.fleet.service.work_orders import get_order
from mobility.fleet.tables import Damage
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest

DECIDING = [*READING, CrossSiteRequest, UnknownDamage, DamageClosed]
WORKING = [*READING, CrossSiteRequest, UnknownWorkOrder, WorkOrderClosed]

DamageId = Annotated[UUID, PathParameter(description="Id of a damage")]
OrderId = Annotated[UUID, PathParameter(description="Id of a work order")]
After = Annotated[UUID | None, QueryParameter(description="`next` of the page before")]
OnlyVehicle = Annotated[UUID | None, QueryParameter(description="Only of the vehicle with this lasting id")]
OrderStateName = Literal["open", "in_progress", "done", "cancelled"]


@get(
    "/v1/cities/{city:str}/damages",
    guards=[has_role("operator")],
    summary="List a city's damage",
    tags=["damage"],
    operation_id="list_damages",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_city_damages(
    session: NamedDependency[AsyncSession],
    city: City,
    state_name: Annotated[
        DamageState | None,
        QueryParameter(name="state", description="Only damage in this state; without it all that is not closed"),
    ] = None,
    vehicle_id: OnlyVehicle = None,
    limit: Limit = PAGE_DEFAULT,
    after: After = None,
) -> DamageList:
    """The latest first, each with what was said of it."""
    await get_city(session, city)
    found = await damage_lists.list_damages(
        session, city, state=state_name, vehicle_id=vehicle_id, after=after, limit=limit + 1
    )
    page = [DamageView.of(told.damage, told.vehicle, told.reports) for told in found[:limit]]
    return DamageList(items=page, next=page[-1].id if len(found) > limit else None)


@post(
    "/v1/damages/{damage_id:uuid}/confirm",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Confirm a damage and order its repair",
    tags=["damage"],
    operation_id="confirm_damage",
    opt={"problems": DECIDING},
)
async def confirm_damage(
    data: JSONBody[DamageConfirmation],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    damage_id: DamageId,
) -> DamageView:
    """May be repeated with another `severity`: a critical one keeps the vehicle off the road, any other does not."""
    await _refuse_other_citys(session, caller, damage_id)
    damage = await damages.confirm(
        session, clock, damage_id, operator_id=caller.account_id, severity=data.severity, note=data.note
    )
    return await _view(session, damage)


@post(
    "/v1/damages/{damage_id:uuid}/dismiss",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Find a damage to be none",
    tags=["damage"],
    operation_id="dismiss_damage",
    opt={"problems": DECIDING},
)
async def dismiss_damage(
    data: JSONBody[DamageClosing],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    damage_id: DamageId,
) -> DamageView:
    """Calls its work order off; the vehicle is back in service if nothing else holds it."""
    await _refuse_other_citys(session, caller, damage_id)
    damage = await damages.dismiss(session, clock, damage_id, operator_id=caller.account_id, note=data.note)
    return await _view(session, damage)


@post(
    "/v1/damages/{damage_id:uuid}/repair",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Tell a damage repaired",
    tags=["damage"],
    operation_id="repair_damage",
    opt={"problems": DECIDING},
)
async def repair_damage(
    data: JSONBody[DamageClosing],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    damage_id: DamageId,
) -> DamageView:
    """Finishes its work order; the vehicle is back in service if nothing else holds it."""
    await _refuse_other_citys(session, caller, damage_id)
    damage = await damages.repair(session, clock, damage_id, by=caller.account_id, note=data.note)
    return await _view(session, damage)


@get(
    "/v1/cities/{city:str}/work-orders",
    guards=[has_role("operator", "crew")],
    summary="List a city's work orders",
    tags=["damage"],
    operation_id="list_work_orders",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_work_orders(
    session: NamedDependency[AsyncSession],
    city: City,
    state_name: Annotated[
        OrderStateName | None,
        QueryParameter(name="state", description="Only orders in this state; without it all that are to be done"),
    ] = None,
    vehicle_id: OnlyVehicle = None,
    limit: Limit = PAGE_DEFAULT,
    after: After = None,
) -> WorkOrderList:
    """The latest first."""
    file = (await get_city(session, city)).file
    found = await damage_lists.list_orders(
        session, city, state=state_name, vehicle_id=vehicle_id, after=after, limit=limit + 1
    )
    page = [WorkOrderView.of(*row, file.maintenance) for row in found[:limit]]
    return WorkOrderList(items=page, next=page[-1].id if len(found) > limit else None)


@post(
    "/v1/work-orders/{order_id:uuid}/start",
    guards=[has_role("operator", "crew")],
    status_code=HTTP_200_OK,
    summary="Set to work on a vehicle",
    tags=["damage"],
    operation_id="start_work",
    opt={"problems": [*WORKING, VehicleInUse]},
)
async def start_work(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    order_id: OrderId,
) -> WorkOrderView:
    """The vehicle is out of service until the order is finished."""
    file = await _file_of(session, caller, order_id)
    await workshop.start(session, clock, order_id, by=caller.account_id)
    return WorkOrderView.of(*await damage_lists.tell_order(session, order_id), file.maintenance)


@post(
    "/v1/work-orders/{order_id:uuid}/finish",
    guards=[has_role("operator", "crew")],
    status_code=HTTP_200_OK,
    summary="Finish the work on a vehicle",
    tags=["damage"],
    operation_id="finish_work",
    opt={"problems": [*WORKING, DamageClosed, OdometerImplausible]},
)
async def finish_work(
    data: JSONBody[WorkDone],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    order_id: OrderId,
) -> WorkOrderView:
    """A damage it was for is repaired; the vehicle is back in service if nothing else holds it."""
    file = await _file_of(session, caller, order_id)
    await workshop.finish(session, clock, order_id, by=caller.account_id, odometer_m=data.odometer_m, note=data.note)
    return WorkOrderView.of(*await damage_lists.tell_order(session, order_id), file.maintenance)


ROUTES: list[ControllerRouterHandler] = [
    list_city_damages,
    confirm_damage,
    dismiss_damage,
    repair_damage,
    list_work_orders,
    start_work,
    finish_work,
]


async def _refuse_other_citys(session: AsyncSession, caller: Caller, damage_id: UUID) -> None:
    caller.require("operator", (await damages.get_damage(session, damage_id)).city_id)


async def _view(session: AsyncSession, damage: Damage) -> DamageView:
    told = await damage_lists.tell_damage(session, damage)
    return DamageView.of(told.damage, told.vehicle, told.reports)


async def _file_of(session: AsyncSession, caller: Caller, order_id: UUID) -> CityFile:
    """The file of the order's city, where the caller must be at home."""
    city_id = (await get_order(session, order_id)).city_id
    caller.require_any(("operator", "crew"), city_id)
    return (await get_city(session, city_id)).file
