"""Monthly counts for an agency, and sums of a stretch of time: nothing is said of fewer than ten.

References
----------
.. [1] Open Mobility Foundation, MDS 2.0, provider/README.md, "Reports", "Data Redaction".
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from mobility.mds.rules.protocol import UnknownObject

K: Final = 10
REDACTED: Final = -1
COLUMNS: Final = (
    *("provider_id", "start_date", "duration", "special_group_type"),
    *("geography_id", "vehicle_type", "trip_count", "rider_count"),
)
_NAME = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\.csv", re.ASCII)


def redacted(count: int) -> int:
    """A count, or -1 where it is of fewer than ten, none included."""
    return count if count >= K else REDACTED


def read_month(filename: str) -> date:
    """The first day of the month of `YYYY-MM.csv`; raises `UnknownObject` for any other name."""
    found = _NAME.fullmatch(filename)
    if found is None or int(found[1]) < 1:
        raise UnknownObject
    return date(int(found[1]), int(found[2]), 1)


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def csv_of(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """The report's lines; no value needs quoting."""
    yield ",".join(COLUMNS) + "\n"
    for row in rows:
        yield ",".join(map(str, row)) + "\n"
