"""From rows that were found to be right to the arrays of `points`."""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import numpy as np

from mobility.people.ground import Ground
from mobility.people.points import DemandPoints, Floats, Ints, Places, Source
from mobility.people.rows import Kind, PeopleRow, PlaceRow, Row, Share
from mobility.people.spreading import spread

KINDS: tuple[str, ...] = get_args(Kind)
UNKNOWN = float("nan")


def demand_points(
    rows: Sequence[Row], *, ages: tuple[int, ...], ground: Ground, sources: tuple[Source, ...], cell_m: float
) -> DemandPoints:
    """A point for each row with a position, and one for each cell of the others' outlines."""
    told = [msgspec.convert(dict(row.cells), PeopleRow, strict=False) for row in rows]
    homes = [_home(row, each, ground, cell_m) for row, each in zip(rows, told, strict=True)]
    of = np.repeat(np.arange(len(rows)), [len(position) for position, _ in homes])
    names = [ground.names.get(each.commune, each.commune) for each in told]
    communes = tuple(dict.fromkeys(names))
    commune = np.array([communes.index(name) for name in names], np.int64)
    return DemandPoints(
        ids=tuple(_ids(told, homes)),
        position=np.concatenate([position for position, _ in homes]),
        residents=np.concatenate([residents for _, residents in homes]),
        commune=commune[of],
        communes=communes,
        licensed_share=_known([each.licensed_share for each in told])[of],
        carless_share=_known([each.carless_share for each in told])[of],
        age_share=np.array([_ages(row, ages) for row in rows], np.float64).reshape(len(rows), len(ages))[of],
        ages=ages,
        spread=np.array([each.lon is None for each in told], np.bool_)[of],
        sources=_named(sources, [each.source for each in told]),
    )


def places_in(rows: Sequence[Row], *, sources: tuple[Source, ...]) -> Places:
    told = [msgspec.convert(dict(row.cells), PlaceRow, strict=False) for row in rows]
    return Places(
        ids=tuple(each.id for each in told),
        names=tuple(each.name for each in told),
        position=np.array([(each.lon, each.lat) for each in told], np.float64).reshape(-1, 2),
        kind=np.array([KINDS.index(each.kind) for each in told], np.int64),
        kinds=KINDS,
        weight=np.array([each.weight for each in told], np.float64),
        sources=_named(sources, [each.source for each in told]),
    )


def _home(row: Row, told: PeopleRow, ground: Ground, cell_m: float) -> tuple[Floats, Ints]:
    if told.lon is not None:
        return np.array([(told.lon, told.lat)], np.float64), np.array([told.residents], np.int64)
    return spread(row.outline or ground.outlines[told.commune], told.residents, cell_m=cell_m)


def _ids(told: Sequence[PeopleRow], homes: Sequence[tuple[Floats, Ints]]) -> list[str]:
    """The row's, numbered where it became several points."""
    return [
        each.id if each.lon is not None else f"{each.id}/{number}"
        for each, (position, _) in zip(told, homes, strict=True)
        for number in range(len(position))
    ]


def _known(shares: Sequence[float | None]) -> Floats:
    return np.array([UNKNOWN if share is None else share for share in shares], np.float64)


def _ages(row: Row, ages: Sequence[int]) -> list[float]:
    """What of the residents belongs to each band; they sum to 1."""
    told: list[Any] = [row.cells.get(f"age_{age}") for age in ages]
    if None in told:
        return [UNKNOWN] * len(ages)
    shares = msgspec.convert(told, list[Share], strict=False)
    return [share / sum(shares) for share in shares]


def _named(sources: Sequence[Source], codes: Sequence[str]) -> tuple[Source, ...]:
    return tuple(each for each in sources if each.code in codes)
