"""Whole columns to and from PostgreSQL in its binary forms, without a Python object for each value.

The forms are those of "COPY … (FORMAT binary)" and of `record_send`, in the order of the network.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import lru_cache
from struct import pack
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.db.session import driver_of

TEXT_OID = 25
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"


class Column(NamedTuple):
    """One column: a row's value is the first `sizes` bytes of its row in `data`, and NULL when that is -1."""

    data: NDArray[np.uint8]
    sizes: NDArray[np.int32]


def numbers(values: NDArray[Any], form: str) -> Column:
    """A column of numbers in `form`, as numpy writes it ("f8", "i8", "i4", "i2", "?"); NaN becomes NULL."""
    unsaid = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)
    sent = np.where(unsaid, 0, values).astype(np.dtype(form).newbyteorder(">"))
    return Column(_bytes_of(sent), np.where(unsaid, -1, sent.itemsize).astype(np.int32))


def raw(values: NDArray[np.void]) -> Column:
    """A column of values that are in their binary form already, all of one width."""
    return Column(_bytes_of(values), np.full(len(values), values.itemsize, np.int32))


def texts(values: Sequence[str | None] | None, rows: int) -> Column:
    """A column of `text`; None for NULL, or for a column of nothing else."""
    return _words(None if values is None else [None if value is None else value.encode() for value in values], rows)


def text_arrays(values: Sequence[Sequence[str] | None] | None, rows: int) -> Column:
    """A column of `text[]`; None for NULL, or for a column of nothing else."""
    return _words(
        None if values is None else [None if value is None else _text_array(tuple(value)) for value in values], rows
    )


async def copy(session: AsyncSession, table: str, columns: Mapping[str, Column]) -> None:
    """Add rows by one COPY, in the transaction of the session, which has begun; `columns` are by name."""
    connection = await driver_of(session)
    await connection.copy_to_table(table, source=sent(list(columns.values())), columns=list(columns), format="binary")


async def sent(columns: Sequence[Column]) -> AsyncIterator[bytes]:
    """Rows as COPY reads them."""
    yield SIGNATURE
    # Any buffer is taken; the stubs of asyncpg know only of bytes, which would be a copy more.
    rows: Any = _rows(columns).data
    yield rows
    yield END


def _rows(columns: Sequence[Column]) -> NDArray[np.uint8]:
    count = len(columns[0].sizes)
    widths = [0 if (each.sizes < 0).all() else each.data.shape[1] for each in columns]
    rows = np.empty((count, 2 + 4 * len(columns) + sum(widths)), np.uint8)
    rows[:, :2] = _bytes_of(np.full(count, len(columns), ">i2"))
    gaps: list[tuple[int, NDArray[np.bool_]]] = []
    at = 2
    for column, width in zip(columns, widths, strict=True):
        rows[:, at : at + 4] = _bytes_of(column.sizes.astype(">i4"))
        rows[:, at + 4 : at + 4 + width] = column.data[:, :width]
        if width and (column.sizes < width).any():
            gaps.append((at + 4, np.arange(width) >= column.sizes[:, None]))
        at += 4 + width
    return _without(rows, gaps)


def records(sent: bytes, fields: Mapping[str, str]) -> NDArray[Any]:
    """Rows that `string_agg(record_send(row), '')` joined, by name: `fields` are the forms of their columns, in order.

    None may be NULL. A form is as in `numbers`, or "V16" for sixteen bytes as they are.
    """
    form: list[tuple[str, str]] = [("columns", ">i4")]
    for name, kind in fields.items():
        form += [(f"{name} type", ">i4"), (f"{name} size", ">i4"), (name, kind if kind[0] == "V" else f">{kind}")]
    return np.frombuffer(sent, form)


def _words(values: Sequence[bytes | None] | None, rows: int) -> Column:
    if values is None:
        return Column(np.empty((rows, 0), np.uint8), np.full(rows, -1, np.int32))
    width = max((len(value) for value in values if value is not None), default=0)
    data = b"".join([(value or b"").ljust(width, b"\0") for value in values])
    sizes = [-1 if value is None else len(value) for value in values]
    return Column(np.frombuffer(data, np.uint8).reshape(rows, width), np.array(sizes, np.int32))


@lru_cache(maxsize=1_000)
def _text_array(values: tuple[str, ...]) -> bytes:
    sent = [value.encode() for value in values]
    shape = (1, 0, TEXT_OID, len(sent), 1) if sent else (0, 0, TEXT_OID)
    return pack(f">{len(shape)}i", *shape) + b"".join(pack(">i", len(each)) + each for each in sent)


def _bytes_of(values: NDArray[Any]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), values.itemsize)


def _without(rows: NDArray[np.uint8], gaps: Sequence[tuple[int, NDArray[np.bool_]]]) -> NDArray[np.uint8]:
    if not gaps:
        return rows
    kept = np.ones(rows.shape, bool)
    for start, gap in gaps:
        kept[:, start : start + gap.shape[1]] = ~gap
    return rows[kept]
