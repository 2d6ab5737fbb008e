from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from msgspec import Meta, Struct

from mobility.city.rules.city_file import Operator
from mobility.privacy.rules.erasure import KEPT_AFTER_RIDE
from mobility.privacy.rules.notice import CHAPTERS, Chapter
from mobility.privacy.rules.notice import Erasure as OnErasure


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


Words = Annotated[
    dict[str, str], Meta(description="Per language", examples=[{"fr": "Vos trajets", "en": "Your rides"}])
]


class Controller(Struct, frozen=True, kw_only=True):
    """Who answers for the data and sells the rides."""

    legal_name: str
    address: Sequence[str]
    country: str
    siret: str | None
    vat_number: str | None

    @classmethod
    def of(cls, operator: Operator) -> Self:
        return cls(**{name: getattr(operator, name) for name in cls.__struct_fields__})


class ChapterView(Struct, frozen=True, kw_only=True):
    """One kind of data."""

    code: Annotated[str, Meta(examples=["rides"])]
    name: Words
    what: Words
    why: Words
    how_long: Words
    who: Words
    on_erasure: Annotated[OnErasure, Meta(description="What is left when the person is forgotten")]

    @classmethod
    def of(cls, chapter: Chapter) -> Self:
        return cls(**{name: getattr(chapter, name) for name in cls.__struct_fields__})


class PrivacyNotice(Struct, frozen=True, kw_only=True):
    """What is stored of people, made from the register that copies and erasures follow."""

    controller: Annotated[Controller | None, Meta(description="Null where the city file names no operator")]
    chapters: Sequence[ChapterView]
    named_days_after_ride: Annotated[int, Meta(description="So long after the last ride a name is kept, for fines")]

    @classmethod
    def of(cls, operator: Operator | None) -> Self:
        return cls(
            controller=None if operator is None else Controller.of(operator),
            chapters=[ChapterView.of(chapter) for chapter in CHAPTERS],
            named_days_after_ride=KEPT_AFTER_RIDE.days,
        )
