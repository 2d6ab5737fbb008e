from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from msgspec import Meta, Struct

from mobility.booking.rules.ends import CheckName
from mobility.booking.service.parking import EndCheck
from mobility.fleet.rules.parking_photos import Excuse
from mobility.geo import LonLat

AskedAt = Annotated[
    datetime,
    Meta(
        tz=True,
        description="When the rider asked for the end, by the service's clock, if the wish had to wait for a "
        "network: the ride is priced until then where the vehicle itself says that it stood since, by at most 30 "
        "minutes and three times in 30 days; else until now",
    ),
]


class EndRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    position: Annotated[LonLat, Meta(description="Where the vehicle is left, WGS 84, longitude first")]
    asked_at: AskedAt | None = None
    no_photo: Annotated[
        Excuse | None,
        Meta(
            description="Why the rider takes no photo, where the end asks for one; the ride ends all the same. camera: "
            "refused or broken; unsafe: too dark or dangerous"
        ),
    ] = None


class EndCheckRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    position: Annotated[LonLat, Meta(description="Where the vehicle would be left; it is not kept")]


class CheckView(Struct, kw_only=True):
    name: Annotated[
        CheckName,
        Meta(description="zone: inside the service zone; parking: allowed here; bay: a free one of a station"),
    ]
    passed: Annotated[bool | None, Meta(description="null: not known while another check fails")]


class EndRefusal(Struct, kw_only=True):
    """What ending there would be answered."""

    code: Annotated[str, Meta(examples=["no_parking_zone"])]
    sentence: Annotated[str, Meta(description="In the language of Accept-Language")]
    facts: Annotated[dict[str, Any], Meta(description="As the problem document has them: `nearest` station, …")]


class EndCheckView(Struct, kw_only=True):
    """Whether the ride could end there now; it promises no bay."""

    checks: Sequence[CheckView]
    refusal: Annotated[EndRefusal | None, Meta(description="null: the ride may end there")]
    asks_photo: Annotated[
        bool,
        Meta(description="Whether the end there asks for a photo of how the vehicle is left; it ends without, too"),
    ]

    @classmethod
    def of(cls, found: EndCheck, language: str) -> Self:
        no = found.refusal
        return cls(
            checks=[CheckView(name=check.name, passed=check.passed) for check in found.checks],
            refusal=None if no is None else EndRefusal(code=no.code, sentence=no.sentence(language), facts=no.facts),
            asks_photo=found.asks_photo,
        )
