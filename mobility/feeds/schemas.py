from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.feeds.queries import noticed
from mobility.feeds.rules.notices import Notice, NoticeKind, Wording
from mobility.feeds.tables import ServiceNotice

PLACES_MAX = 100
LANGUAGES_MAX = 10

Summary = Annotated[
    dict[str, Annotated[str, Meta(min_length=1, max_length=200)]],
    Meta(
        max_length=LANGUAGES_MAX,
        min_length=1,
        description="One sentence, by language; in each language of the city",
        examples=[{"fr": "Station Gare fermée samedi", "en": "Station Gare is closed on Saturday"}],
    ),
]
Description = Annotated[
    dict[str, Annotated[str, Meta(min_length=1, max_length=2_000)]],
    Meta(max_length=LANGUAGES_MAX, description="More of it, by language; empty when the sentence says it all"),
]
Url = Annotated[str, Meta(pattern=r"^https://[^\s]+$", max_length=500, description="Where more is said")]
Places = Annotated[
    list[Annotated[str, Meta(max_length=40)]],
    Meta(max_length=PLACES_MAX, description="Codes of the city file; none: the whole city"),
]
Start = Annotated[datetime, Meta(tz=True, description="From when it holds; it is told two weeks before")]
End = Annotated[datetime, Meta(tz=True, description="Until when it holds; null: until it is ended")]


class NoticeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What everybody is to be told, in the kinds of GBFS `system_alerts`."""

    kind: NoticeKind
    summary: Summary
    description: Description = {}
    url: Url | None = None
    stations: Places = []
    regions: Places = []
    starts_at: Start
    ends_at: End | None = None

    @property
    def wording(self) -> Wording:
        return Wording(
            kind=self.kind,
            summary=self.summary,
            description=self.description,
            url=self.url,
            stations=tuple(self.stations),
            regions=tuple(self.regions),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class ServiceNoticeView(Struct, frozen=True, kw_only=True):
    """A notice as everybody is told it."""

    id: Annotated[UUID, Meta(description="`alert_id` of the feeds")]
    kind: NoticeKind
    summary: Summary
    description: Description
    url: Url | None
    stations: Places
    regions: Places
    starts_at: Start
    ends_at: End | None
    changed_at: datetime

    @classmethod
    def of(cls, notice: Notice) -> Self:
        said = notice.wording
        return cls(
            id=notice.id,
            kind=said.kind,
            summary=said.summary,
            description=said.description,
            url=said.url,
            stations=list(said.stations),
            regions=list(said.regions),
            starts_at=said.starts_at,
            ends_at=said.ends_at,
            changed_at=notice.changed_at,
        )


class NoticeList(Struct, frozen=True, kw_only=True):
    """What begins first before."""

    items: list[ServiceNoticeView]
    next: None = None


class WrittenNotice(Struct, frozen=True, kw_only=True):
    """A notice as its writer sees it, over or not."""

    notice: ServiceNoticeView
    ended_at: Annotated[datetime | None, Meta(description="When somebody ended it before its time")]

    @classmethod
    def of(cls, row: ServiceNotice) -> Self:
        return cls(notice=ServiceNoticeView.of(noticed(row)), ended_at=row.ended_at)


class WrittenNoticeList(Struct, frozen=True, kw_only=True):
    """Newest first."""

    items: list[WrittenNotice]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]
