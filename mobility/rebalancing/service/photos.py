"""Pictures that crews take of their work: a closed gate, a broken charger."""

import asyncio
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from mobility.base.clock import Clock
from mobility.fleet.rules.photos import UnknownPhoto, redraw
from mobility.fleet.service.photos import DRAWING
from mobility.rebalancing.rules.refusals import NightPhotosTooMany, NotOnThisCrew, UnknownNightTask
from mobility.rebalancing.tables import Night, NightCrewMember, NightPhoto, NightTask
from mobility.riders.rules.access import Caller

PHOTOS_MAX = 3


async def add_photo(
    session: AsyncSession, clock: Clock, task_id: UUID, photo_id: UUID, *, account_id: UUID, upload: bytes
) -> NightPhoto:
    """Redraw an upload and keep it with its task; the same id again changes nothing.

    Raises
    ------
    UnknownNightTask, NotOnThisCrew, NightPhotosTooMany, PhotoUnreadable, PhotoTooManyPixels, PhotoAnimated
    """
    task = await session.get(NightTask, task_id)
    if task is None:
        raise UnknownNightTask
    if await session.get(NightCrewMember, (task.night_id, account_id)) is None:
        raise NotOnThisCrew
    kept = await session.get(NightPhoto, photo_id)
    if kept is not None:
        return kept
    picture = await asyncio.get_running_loop().run_in_executor(DRAWING, redraw, upload)
    # One upload of a task after the other: two at once stop at the limit together.
    await session.execute(select(NightTask.id).where(NightTask.id == task_id).with_for_update(key_share=True))
    taken = select(func.count()).where(NightPhoto.task_id == task_id)
    if (await session.execute(taken)).scalar_one() >= PHOTOS_MAX:
        raise NightPhotosTooMany(photos_max=PHOTOS_MAX)
    photo = NightPhoto(id=photo_id, task_id=task_id, account_id=account_id, received_at=clock.now(), jpeg=picture.jpeg)
    session.add(photo)
    await session.flush()
    return photo


async def get_photo(session: AsyncSession, photo_id: UUID, caller: Caller) -> bytes:
    """The picture, for the city's crews and operators; raises `UnknownPhoto` for others too."""
    found = select(NightPhoto, Night.city_id).join(NightTask, NightTask.id == NightPhoto.task_id)
    found = found.join(Night, Night.id == NightTask.night_id).where(NightPhoto.id == photo_id)
    row = (await session.execute(found.options(undefer(NightPhoto.jpeg)))).one_or_none()
    if row is None or not (caller.has("operator", row.city_id) or caller.has("crew", row.city_id)):
        raise UnknownPhoto
    jpeg: bytes = row[0].jpeg
    return jpeg
