from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet import queries
from mobility.fleet.routes.given import PAGE_DEFAULT, READING, Limit, VehicleId
from mobility.fleet.rules.commands import (
    Command,
    CommandArguments,
    CommandTooSoon,
    CommandUnderWay,
    UnknownCommand,
    VehicleMoving,
)
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.schemas import CommandList, CommandRequest, CommandView
from mobility.fleet.service import orders
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest

CommandId = Annotated[UUID, PathParameter(description="Id of a command to this vehicle")]


@post(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/commands",
    guards=[has_role("operator")],
    summary="Tell a vehicle what to do",
    tags=["fleet"],
    operation_id="send_vehicle_command",
    opt={
        "idempotent": True,
        "problems": [
            *READING,
            CrossSiteRequest,
            UnknownVehicle,
            CommandArguments,
            VehicleMoving,
            CommandUnderWay,
            CommandTooSoon,
        ],
    },
)
async def send_vehicle_command(
    data: JSONBody[CommandRequest],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    vehicle_id: VehicleId,
) -> CommandView:
    """The answer says that the command is on its way (`sent`). Its one final answer follows within seconds or, for a
    vehicle out of reach, at `expires_at`: read the command again, or watch the live stream.

    A vehicle that moves, or that is ridden and has not said lately that it stands, is not locked, immobilised or
    rebooted.
    """
    vehicle = await queries.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    command = Command(data.command, data.arguments)
    sent = await orders.order(session, clock, vehicle_id, command, operator_id=caller.account_id, reason=data.reason)
    return CommandView.of(sent)


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/commands",
    guards=[has_role("operator")],
    summary="List what a vehicle was told to do",
    tags=["fleet"],
    operation_id="list_vehicle_commands",
    opt={"problems": [*READING, UnknownVehicle]},
)
async def list_vehicle_commands(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    vehicle_id: VehicleId,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> CommandList:
    """The latest first, whoever sent it. Which rider did is told by the rental, not here."""
    vehicle = await queries.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    found = await orders.list_commands(session, vehicle_id, after=after, limit=limit + 1)
    page = [CommandView.of(command) for command in found[:limit]]
    return CommandList(items=page, next=page[-1].id if len(found) > limit else None)


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/commands/{command_id:uuid}",
    guards=[has_role("operator")],
    summary="Read a command and its answer",
    tags=["fleet"],
    operation_id="get_vehicle_command",
    opt={"problems": [*READING, UnknownVehicle, UnknownCommand]},
)
async def get_vehicle_command(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    vehicle_id: VehicleId,
    command_id: CommandId,
) -> CommandView:
    vehicle = await queries.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    return CommandView.of(await orders.get_command(session, vehicle_id, command_id))


ROUTES: list[ControllerRouterHandler] = [send_vehicle_command, list_vehicle_commands, get_vehicle_command]
