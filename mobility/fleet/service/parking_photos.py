"""Photos of how vehicles were left: asked for at a ride's end, shown to its rider and the desk, forgotten in time."""

import asyncio
from datetime import timedelta
from secrets import token_hex
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet.ports import PhotoStore
from mobility.fleet.rules.parking_photos import TAKEN_WITHIN, Excuse, PhotoNotAsked, PhotoTakenIn, PhotoTooLate
from mobility.fleet.rules.photos import UnknownPhoto, redraw
from mobility.fleet.service.photos import DRAWING, DROP_AT_ONCE
from mobility.fleet.tables import ParkingPhoto
from mobility.riders.rules.access import Caller


async def ask(
    session: AsyncSession, clock: Clock, *, rental_id: UUID, rider_id: UUID, city_id: str, excuse: Excuse | None
) -> None:
    """Write down that a ride's rider was asked, and why they said they cannot, if they did."""
    asked = ParkingPhoto(rental_id=rental_id, rider_id=rider_id, city_id=city_id, asked_at=clock.now(), excuse=excuse)
    session.add(asked)
    await session.flush()


async def add(
    session: AsyncSession, clock: Clock, store: PhotoStore, rental_id: UUID, *, rider_id: UUID, upload: bytes
) -> ParkingPhoto:
    """Redraw an upload and keep it with its rider's ride.

    Raises
    ------
    PhotoNotAsked, PhotoTakenIn, PhotoTooLate, PhotoUnreadable, PhotoTooManyPixels, PhotoAnimated,
    PhotoStoreUnavailable
    """
    await _open_for(session, clock, rental_id, rider_id)
    picture = await asyncio.get_running_loop().run_in_executor(DRAWING, redraw, upload)
    name = token_hex(16)
    # Before its row: see `PhotoStore`.
    await store.put(name, picture.jpeg)
    # Only now: nothing is locked while a picture is drawn and travels. Of two uploads at once the second is refused.
    photo = await _open_for(session, clock, rental_id, rider_id, lock=True)
    photo.name, photo.taken_in_at = name, clock.now()
    await session.flush()
    return photo


async def find_name(session: AsyncSession, rental_id: UUID, caller: Caller) -> str:
    """Where the picture lies, for its rider and the operators of its city; raises `UnknownPhoto` for others too."""
    photo = await session.get(ParkingPhoto, rental_id)
    if photo is None or photo.name is None:
        raise UnknownPhoto
    if not (photo.rider_id == caller.account_id or caller.has("operator", photo.city_id)):
        raise UnknownPhoto
    return photo.name


async def forget_old(session: AsyncSession, clock: Clock, keep: timedelta) -> int:
    """Drop what was asked for longer ago than `keep`; how many. The pictures go with the next sweep."""
    old = select(ParkingPhoto.rental_id).where(ParkingPhoto.asked_at < clock.now() - keep).limit(DROP_AT_ONCE)
    dropped = delete(ParkingPhoto).where(ParkingPhoto.rental_id.in_(old.with_for_update(skip_locked=True)))
    return len((await session.scalars(dropped.returning(ParkingPhoto.rental_id))).all())


async def _open_for(
    session: AsyncSession, clock: Clock, rental_id: UUID, rider_id: UUID, *, lock: bool = False
) -> ParkingPhoto:
    """What still waits for its picture."""
    own = select(ParkingPhoto).where(ParkingPhoto.rental_id == rental_id, ParkingPhoto.rider_id == rider_id)
    photo = await session.scalar((own.with_for_update() if lock else own).execution_options(populate_existing=True))
    if photo is None:
        raise PhotoNotAsked
    if photo.name is not None:
        raise PhotoTakenIn
    if clock.now() - photo.asked_at > TAKEN_WITHIN:
        raise PhotoTooLate
    return photo
