from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct


class DataCopy(Struct, kw_only=True):
    """All that is held of one person."""

    exported_at: datetime
    data: Annotated[
        Mapping[str, Sequence[Mapping[str, Any]]],
        Meta(description="Rows by table, as they are stored; without hashes and references that would open something"),
    ]


class Erasure(Struct, kw_only=True):
    due_at: Annotated[
        datetime,
        Meta(
            description="When name, addresses, papers and letters are forgotten: 60 days after the last ride, for fines"
        ),
    ]
