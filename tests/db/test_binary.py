"""What `mobility.db.binary` writes and reads is what PostgreSQL means by it."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.db.binary import copy, numbers, raw, records, text_arrays, texts

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ROWS = st.lists(
    st.tuples(
        st.uuids(),
        st.none() | st.floats(allow_nan=False),
        st.none() | st.integers(-(2**31), 2**31 - 1),
        st.integers(-(2**63), 2**63 - 1),
        st.none() | st.booleans(),
        st.none() | WORDS,
        st.none() | st.lists(WORDS, max_size=3),
    ),
    min_size=1,
    max_size=8,
)
TABLE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS row_now (
        place int, id uuid, double float8, small int, big bigint, flag bool, word text, words text[]
    )
"""


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
async def test_rows_copied_as_columns_are_read_as_they_were(
    session: AsyncSession, rows: list[tuple[object, ...]]
) -> None:
    await session.execute(text(TABLE))
    await session.execute(text("DELETE FROM row_now"))
    ids, doubles, smalls, bigs, flags, word, words = zip(*rows, strict=True)
    await copy(
        session,
        "row_now",
        {
            "place": numbers(np.arange(len(rows)), "i4"),
            "id": raw(np.array([each.bytes for each in ids], "V16")),
            "double": numbers(np.array(doubles, float), "f8"),
            "small": numbers(np.array(smalls, float), "i4"),
            "big": numbers(np.array(bigs, np.int64), "i8"),
            "flag": numbers(np.array(flags, float), "?"),
            "word": texts(word, len(rows)),
            "words": text_arrays(words, len(rows)),
        },
    )
    read = await session.execute(text("SELECT id, double, small, big, flag, word, words FROM row_now ORDER BY place"))
    assert [tuple(row) for row in read] == rows


async def test_a_column_of_nothing_is_null_in_every_row(session: AsyncSession) -> None:
    await session.execute(text(TABLE))
    nothing = {
        "place": numbers(np.array([np.nan, np.nan]), "i4"),
        "word": texts(None, 2),
        "words": text_arrays(None, 2),
    }
    await copy(session, "row_now", nothing)
    read = await session.execute(text("SELECT place, word, words FROM row_now"))
    assert [tuple(row) for row in read] == [(None, None, None)] * 2


async def test_records_come_by_name(session: AsyncSession) -> None:
    rows = "(VALUES (1::bigint, 0.5::float8), (2, 1.0)) AS v (place, half)"
    sent = await session.scalar(text(f"SELECT string_agg(record_send(ROW(place, half)), '') FROM {rows}"))
    read = records(sent, {"place": "i8", "half": "f8"})
    assert (read["place"].tolist(), read["half"].tolist()) == ([1, 2], [0.5, 1.0])


@pytest.mark.parametrize("form", ["f8", "i8", "i4", "i2", "?"])
def test_no_rows_are_no_rows(form: str) -> None:
    column = numbers(np.empty(0), form)
    assert (len(column.data), len(column.sizes)) == (0, 0)
