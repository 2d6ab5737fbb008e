"""What the city file's texts, codes, numbers and times look like."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Names = dict[str, str]
"""A text in each of the city's languages, by language code."""

Code = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(gt=0)]
TimeOfDay = Annotated[str, Meta(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Day = Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass
