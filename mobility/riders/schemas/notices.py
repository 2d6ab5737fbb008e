from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.geo import LonLat
from mobility.riders.rules.devices import ENDPOINT_LENGTH_MAX
from mobility.riders.rules.messages import Device
from mobility.riders.rules.saved_places import NAME_LENGTH_MAX, Kind
from mobility.riders.service.devices import First, Letters
from mobility.riders.tables import PushDevice, SavedPlace

PlaceName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=NAME_LENGTH_MAX,
        pattern=r"^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+(?![\s\S])",
        description="As the person calls it",
        examples=["Maison"],
    ),
]
PlaceKind = Annotated[Kind, Meta(description="What is drawn beside the name", examples=["home"])]
Base64Url = Annotated[str, Meta(max_length=200, pattern=r"^[A-Za-z0-9_-]+=*(?![\s\S])")]


class SavedPlaceRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    kind: PlaceKind
    name: PlaceName
    position: Annotated[LonLat, Meta(description="WGS 84, longitude first; nobody but its owner reads it")]


class SavedPlaceView(Struct, kw_only=True):
    id: UUID
    kind: PlaceKind
    name: PlaceName
    position: LonLat

    @classmethod
    def of(cls, place: SavedPlace) -> Self:
        at = LonLat(place.lon, place.lat)
        return cls(id=place.id, kind=place.kind, name=place.name, position=at)  # type: ignore[arg-type]  # the check


class SavedPlaceList(Struct, kw_only=True):
    """In the order they were saved; there are twelve at most."""

    items: Sequence[SavedPlaceView]
    next: None = None


class PushKeys(Struct, forbid_unknown_fields=True, kw_only=True):
    p256dh: Annotated[Base64Url, Meta(description="Public key of the browser, a point of P-256 as base64url")]
    auth: Annotated[Base64Url, Meta(description="Secret of the browser, 16 bytes as base64url")]


class DeviceRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """What `PushManager.subscribe` gave the page, subscribed with the `push_key` of `GET /v1/app-config`."""

    endpoint: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=ENDPOINT_LENGTH_MAX,
            description="Address at a push service that the operator knows",
            examples=["https://updates.push.services.mozilla.com/wpush/v2/gAAAA"],
        ),
    ]
    keys: PushKeys

    @property
    def device(self) -> Device:
        return Device(endpoint=self.endpoint, p256dh=self.keys.p256dh, auth=self.keys.auth)


class DeviceView(Struct, kw_only=True):
    id: Annotated[UUID, Meta(description="As the page of that browser knows itself")]
    added_at: datetime

    @classmethod
    def of(cls, device: PushDevice) -> Self:
        return cls(id=device.id, added_at=device.added_at)


class NoticeChoiceRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    letters: Annotated[
        Letters,
        Meta(description="essential: money, papers, family, what was taken from you; all: confirmations and reminders"),
    ]
    first: Annotated[First, Meta(description="Where letters go when both addresses are known")]


class NoticesView(NoticeChoiceRequest, kw_only=True):
    """How somebody is told things."""

    devices: Annotated[Sequence[DeviceView], Meta(description="Browsers that show them, the newest first")]
