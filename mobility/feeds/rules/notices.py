"""Service notices: what an operator tells everybody of the service, in the words of GBFS `system_alerts`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from mobility.base.errors import Conflict, Invalid, NotFound
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.words import Names

NoticeKind = Literal["system_closure", "station_closure", "station_move", "other"]

# Long enough to plan a trip, short enough that the list stays one of news.
TOLD_BEFORE = timedelta(days=14)


class UnknownNotice(NotFound):
    code = "unknown_notice"
    fr = "Il n'y a pas d'avis de ce numéro dans cette ville."
    en = "This city has no notice of that id."


class NoticeOver(Conflict):
    code = "notice_over"
    fr = "Cet avis est terminé : écrivez-en un nouveau."
    en = "This notice is over: write a new one."


class NoticePeriodEmpty(Invalid):
    code = "notice_period_empty"
    fr = "L'avis se termine avant de commencer, ou il est déjà passé."
    en = "The notice ends before it begins, or is over already."


class NoticeLanguageMissing(Invalid):
    code = "notice_language_missing"
    fr = "Écrivez chaque texte dans toutes les langues de la ville : {languages}."
    en = "Write each text in all languages of the city: {languages}."


class UnknownNoticePlace(Invalid):
    code = "unknown_notice_place"
    fr = "La ville n'a ni station ni commune de ce nom : {place}."
    en = "The city has no station or commune of that name: {place}."


class StationMissing(Invalid):
    code = "notice_station_missing"
    fr = "Nommez les stations dont parle cet avis."
    en = "Name the stations that this notice is about."


class Wording(Struct, frozen=True, kw_only=True):
    """What a notice says. `ends_at` None: until somebody ends it.

    Attributes
    ----------
    summary, description
        By language; a description may be empty.
    stations, regions
        Codes of the city file; both empty: the whole city.
    """

    kind: NoticeKind
    summary: Names
    description: Names
    url: str | None
    stations: tuple[str, ...]
    regions: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None


class Notice(Struct, frozen=True, kw_only=True):
    """A notice as it stands; `over_at` is its end, or when somebody ended it before."""

    id: UUID
    wording: Wording
    changed_at: datetime
    over_at: datetime | None


def check(wording: Wording, city: CityFile, now: datetime) -> None:
    """Raise what is wrong with a notice that is about to be told."""
    if wording.ends_at is not None and wording.ends_at <= max(wording.starts_at, now):
        raise NoticePeriodEmpty
    for texts in (wording.summary, wording.description):
        if texts and texts.keys() != set(city.languages):
            raise NoticeLanguageMissing(languages=", ".join(city.languages))
    if wording.kind in ("station_closure", "station_move") and not wording.stations:
        raise StationMissing
    for unknown in {*wording.stations} - {each.code for each in city.stations}:
        raise UnknownNoticePlace(place=unknown)
    for unknown in {*wording.regions} - {each.code for each in city.communes}:
        raise UnknownNoticePlace(place=unknown)


def is_told(notice: Notice, now: datetime) -> bool:
    """Whether everybody is told of it: from two weeks before it begins until it is over."""
    return notice.wording.starts_at - TOLD_BEFORE <= now and (notice.over_at is None or now < notice.over_at)


def last_change(notices: Iterable[Notice], now: datetime) -> datetime | None:
    """When the told notices last became what they are now."""
    moments = (at for each in notices for at in (each.changed_at, each.wording.starts_at - TOLD_BEFORE, each.over_at))
    return max((at for at in moments if at is not None and at <= now), default=None)
