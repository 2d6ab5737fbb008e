"""Answers as files for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t")


def csv_of(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 with a header; None is empty, and no text becomes a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    told = "" if value is None else str(value)
    return f"'{told}" if isinstance(value, str) and told.startswith(FORMULA) else told
