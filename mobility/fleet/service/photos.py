"""Photos of damage: taken in, shown to whom they concern, forgotten in time."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from secrets import token_hex
from uuid import UUID

from sqlalchemy import delete, func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet.ports import PhotoStore
from mobility.fleet.rules.damages import CLOSED, DamageClosed
from mobility.fleet.rules.photos import PHOTOS_MAX, PhotosTooMany, UnknownPhoto, redraw
from mobility.fleet.service.damages import get_report
from mobility.fleet.tables import Damage, DamagePhoto, DamageReport, ParkingPhoto
from mobility.riders.rules.access import Caller

# Off the event loop, and two at once: each may take 200 MB for a second.
DRAWING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="photos")
DROP_AT_ONCE = 500


async def add_photo(
    session: AsyncSession, clock: Clock, store: PhotoStore, report_id: UUID, *, reporter_id: UUID, upload: bytes
) -> DamagePhoto:
    """Redraw an upload and keep it with its reporter's report.

    Raises
    ------
    UnknownDamageReport, DamageClosed, PhotosTooMany, PhotoUnreadable, PhotoTooManyPixels, PhotoAnimated,
    PhotoStoreUnavailable
    """
    await _refuse_full(session, report_id, reporter_id)
    picture = await asyncio.get_running_loop().run_in_executor(DRAWING, redraw, upload)
    name = token_hex(16)
    # Before its row: see `PhotoStore`.
    await store.put(name, picture.jpeg)
    # Only now: nothing is locked while a picture is drawn and travels. Two uploads at once stop at the limit together.
    await session.execute(select(DamageReport.id).where(DamageReport.id == report_id).with_for_update(key_share=True))
    await _refuse_full(session, report_id, reporter_id)
    photo = DamagePhoto(
        report_id=report_id,
        name=name,
        taken_in_at=clock.now(),
        width_px=picture.width_px,
        height_px=picture.height_px,
        size_bytes=len(picture.jpeg),
    )
    session.add(photo)
    await session.flush()
    return photo


async def find_name(session: AsyncSession, photo_id: UUID, caller: Caller) -> str:
    """Where the picture lies, for its reporter and the operators of its city; raises `UnknownPhoto` for others too."""
    found = await session.execute(
        select(DamagePhoto.name, DamageReport.reporter_id, Damage.city_id)
        .join(DamageReport, DamageReport.id == DamagePhoto.report_id)
        .join(Damage, Damage.id == DamageReport.damage_id)
        .where(DamagePhoto.id == photo_id)
    )
    row = found.one_or_none()
    if row is None or not (row.reporter_id == caller.account_id or caller.has("operator", row.city_id)):
        raise UnknownPhoto
    name: str = row.name
    return name


async def forget_closed(session: AsyncSession, clock: Clock, keep: timedelta) -> int:
    """Drop the photos of damage closed longer ago than `keep`, and who reported it; how many reports.

    The pictures themselves go with the next sweep: see `tasks.sweep_photos`.
    """
    old = (
        select(DamageReport.id)
        .join(Damage, Damage.id == DamageReport.damage_id)
        .outerjoin(DamagePhoto, DamagePhoto.report_id == DamageReport.id)
        .where(Damage.closed_at < clock.now() - keep)
        .where(DamageReport.reporter_id.is_not(None) | DamagePhoto.id.is_not(None))
        .limit(DROP_AT_ONCE)
        .with_for_update(of=DamageReport, key_share=True, skip_locked=True)
    )
    report_ids = set(await session.scalars(old))
    await session.execute(delete(DamagePhoto).where(DamagePhoto.report_id.in_(report_ids)))
    unlinked = update(DamageReport).where(DamageReport.id.in_(report_ids)).values(reporter_id=None, rental_id=None)
    await session.execute(unlinked)
    return len(report_ids)


async def list_orphans(session: AsyncSession, names: Sequence[str]) -> list[str]:
    """Those of the names that no row names: of uploads refused or cut off, and of photos dropped."""
    kept = (select(table.name).where(table.name.in_(names)) for table in (DamagePhoto, ParkingPhoto))
    known = set(await session.scalars(union_all(*kept)))
    return [name for name in names if name not in known]


async def _refuse_full(session: AsyncSession, report_id: UUID, reporter_id: UUID) -> None:
    report = await get_report(session, report_id, reporter_id)
    if report.damage.state in CLOSED:
        raise DamageClosed(state=report.damage.state)
    taken = select(func.count()).where(DamagePhoto.report_id == report_id)
    if (await session.execute(taken)).scalar_one() >= PHOTOS_MAX:
        raise PhotosTooMany(photos_max=PHOTOS_MAX)
