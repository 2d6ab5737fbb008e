from datetime import datetime
from typing import Annotated, Self

from msgspec import Meta, Struct

from mobility.booking.service.bills import BackBy
from mobility.fleet.rules.riding import NoticeKind
from mobility.fleet.tables import RideNotice

SENTENCES: dict[NoticeKind, dict[str, str]] = {
    "outside_service_area": {
        "fr": "Vous êtes hors de la zone de service. Le trajet continue, mais il ne peut se terminer qu'à l'intérieur.",
        "en": "You are outside the service area. The ride goes on, but it can only end inside.",
    },
    "no_ride_zone": {
        "fr": "La circulation de ce véhicule est interdite ici : quittez cette zone, s'il vous plaît.",
        "en": "This vehicle may not be ridden here: please leave this zone.",
    },
}


class NoticeView(Struct, kw_only=True):
    """Something to know of where the ride is. Where exactly that is nobody keeps."""

    kind: NoticeKind
    zone_code: Annotated[str | None, Meta(description="The zone of the city's map; null outside the service area")]
    since: Annotated[datetime, Meta(description="When the vehicle was first seen there")]
    sentence: Annotated[str, Meta(description="In the language of Accept-Language")]

    @classmethod
    def of(cls, notice: RideNotice, language: str) -> Self:
        kind: NoticeKind = notice.kind  # type: ignore[assignment]  # the table's check constraint
        return cls(kind=kind, zone_code=notice.zone_code, since=notice.since, sentence=SENTENCES[kind][language])


class BackByView(Struct, kw_only=True):
    """When a running ride has to be over."""

    at: datetime
    is_own: Annotated[bool, Meta(description="The rider's own booking ends then; else somebody else has booked it")]

    @classmethod
    def of(cls, back_by: BackBy) -> Self:
        return cls(at=back_by.at, is_own=back_by.is_own)
