from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.studio.rules.drawings import Sketch
from mobility.studio.rules.refusals import DrawingChanged, TooManyDrawings, UnknownDrawing
from mobility.studio.tables import StudioDrawing

DRAWINGS_MAX = 100


async def list_drawings(session: AsyncSession, city_id: str, limit: int) -> Sequence[StudioDrawing]:
    """The oldest first: a tab keeps its place."""
    found = select(StudioDrawing).where(StudioDrawing.city_id == city_id).order_by(StudioDrawing.id).limit(limit)
    return (await session.scalars(found)).all()


async def keep(
    session: AsyncSession, clock: Clock, *, city_id: str, name: str, sketch: Sketch, account_id: UUID
) -> StudioDrawing:
    """Raises `TooManyDrawings`."""
    count = select(func.count()).select_from(StudioDrawing).where(StudioDrawing.city_id == city_id)
    if (await session.scalar(count) or 0) >= DRAWINGS_MAX:
        raise TooManyDrawings(most=DRAWINGS_MAX)
    now = clock.now()
    drawing = StudioDrawing(
        city_id=city_id,
        name=name,
        sketch=msgspec.to_builtins(sketch),
        revision=1,
        made_by=account_id,
        made_at=now,
        changed_at=now,
    )
    session.add(drawing)
    await session.flush()
    return drawing


async def change(
    session: AsyncSession, clock: Clock, *, city_id: str, drawing_id: UUID, name: str, sketch: Sketch, revision: int
) -> StudioDrawing:
    """Raises `UnknownDrawing`, `DrawingChanged`."""
    drawing = await _lock(session, city_id, drawing_id)
    if drawing.revision != revision:
        raise DrawingChanged
    drawing.name, drawing.sketch = name, msgspec.to_builtins(sketch)
    drawing.revision, drawing.changed_at = revision + 1, clock.now()
    await session.flush()
    return drawing


async def discard(session: AsyncSession, *, city_id: str, drawing_id: UUID) -> None:
    """Raises `UnknownDrawing`."""
    await session.delete(await _lock(session, city_id, drawing_id))
    await session.flush()


async def _lock(session: AsyncSession, city_id: str, drawing_id: UUID) -> StudioDrawing:
    drawing = await session.get(StudioDrawing, drawing_id, with_for_update=True)
    if drawing is None or drawing.city_id != city_id:
        raise UnknownDrawing
    return drawing
