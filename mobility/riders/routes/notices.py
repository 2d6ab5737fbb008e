"""What reaches somebody, and where they go often."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.geo import PositionOutOfRange
from mobility.riders.guards import signed_in
from mobility.riders.routes.refusals import WRITING
from mobility.riders.rules.access import Caller, NotSignedIn
from mobility.riders.rules.devices import PushKeysUnreadable, PushOff, PushServiceUnknown
from mobility.riders.rules.saved_places import SavedPlacesTooMany
from mobility.riders.schemas.notices import (
    DeviceRequest,
    DeviceView,
    NoticeChoiceRequest,
    NoticesView,
    SavedPlaceList,
    SavedPlaceRequest,
    SavedPlaceView,
)
from mobility.riders.service import devices, places

Session = NamedDependency[AsyncSession]
Me = NamedDependency[Caller]
# Not `:uuid`: what is no id is a fault of the request, not an address that does not exist.
PlaceId = Annotated[UUID, PathParameter(description="Id of one of my places, as my page made it up")]
DeviceId = Annotated[UUID, PathParameter(description="Id of one of my browsers, as its page made it up")]


@get(
    "/v1/me/places",
    guards=[signed_in],
    summary="Where I go often",
    tags=["me"],
    operation_id="list_saved_places",
    opt={"problems": [NotSignedIn]},
)
async def list_saved_places(
    session: Session,
    caller: Me,
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="How many at most")] = 50,
) -> SavedPlaceList:
    found = await places.list_of(session, caller.account_id)
    return SavedPlaceList(items=[SavedPlaceView.of(each) for each in found[:limit]])


@put(
    "/v1/me/places/{place_id:str}",
    guards=[signed_in],
    summary="Save a place, or change it",
    tags=["me"],
    operation_id="save_place",
    opt={"problems": [*WRITING, SavedPlacesTooMany, PositionOutOfRange]},
)
async def save_place(
    place_id: PlaceId, data: JSONBody[SavedPlaceRequest], session: Session, clock: NamedDependency[Clock], caller: Me
) -> SavedPlaceView:
    """Saying it twice saves it once."""
    saved = await places.save(
        session, clock, caller.account_id, place_id, kind=data.kind, name=data.name, at=data.position
    )
    return SavedPlaceView.of(saved)


@delete(
    "/v1/me/places/{place_id:str}",
    guards=[signed_in],
    summary="Forget a place",
    tags=["me"],
    operation_id="forget_place",
    opt={"problems": WRITING},
)
async def forget_place(place_id: PlaceId, session: Session, caller: Me) -> None:
    """One that is not there is forgotten already."""
    await places.remove(session, caller.account_id, place_id)


@get(
    "/v1/me/notices",
    guards=[signed_in],
    summary="How I am told things",
    tags=["me"],
    operation_id="get_notices",
    opt={"problems": [NotSignedIn]},
)
async def get_notices(session: Session, caller: Me) -> NoticesView:
    return await _notices(session, caller)


@put(
    "/v1/me/notices",
    guards=[signed_in],
    summary="Choose which letters reach me, and where",
    tags=["me"],
    operation_id="choose_notices",
    opt={"problems": WRITING},
)
async def choose_notices(data: JSONBody[NoticeChoiceRequest], session: Session, caller: Me) -> NoticesView:
    """Codes for signing in go where they are asked for, whatever is chosen here."""
    await devices.choose(session, caller.account_id, letters=data.letters, first=data.first)
    return await _notices(session, caller)


@put(
    "/v1/me/devices/{device_id:str}",
    guards=[signed_in],
    summary="Show my messages in this browser",
    tags=["me"],
    operation_id="add_device",
    opt={"problems": [*WRITING, PushOff, PushServiceUnknown, PushKeysUnreadable]},
)
async def add_device(
    device_id: DeviceId,
    data: JSONBody[DeviceRequest],
    session: Session,
    clock: NamedDependency[Clock],
    caller: Me,
    push_services: NamedDependency[tuple[str, ...]],
) -> NoticesView:
    """By Web Push. Of more than five browsers the oldest gives way; one that is gone is forgotten by itself."""
    await devices.add(session, clock, caller.account_id, device_id, data.device, push_services)
    return await _notices(session, caller)


@delete(
    "/v1/me/devices/{device_id:str}",
    guards=[signed_in],
    summary="Show no more messages in this browser",
    tags=["me"],
    operation_id="remove_device",
    opt={"problems": WRITING},
)
async def remove_device(device_id: DeviceId, session: Session, caller: Me) -> None:
    """One that is not there is removed already."""
    await devices.remove(session, caller.account_id, device_id)


async def _notices(session: AsyncSession, caller: Caller) -> NoticesView:
    letters, first = await devices.choice_of(session, caller.account_id)
    known = [DeviceView.of(each) for each in await devices.list_of(session, caller.account_id)]
    return NoticesView(letters=letters, first=first, devices=known)
