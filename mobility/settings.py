"""What an operator sets from outside; read by entry points only and handed down as plain values."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from mobility.base.errors import SettingUnreadable


class SettingsError(SettingUnreadable):
    """A setting is missing or cannot be read; says which and what to do."""


class Settings(Struct, frozen=True, kw_only=True):
    """Frozen settings; each field is the environment variable of the same name in capitals."""

    database_url: Annotated[str, Meta(description="PostgreSQL 15 or newer: postgresql://user:password@host/name")]
    redis_url: Annotated[str, Meta(description="Valkey or Redis 7 or newer: redis://host:6379/0")]
    mobility_mqtt_url: Annotated[
        str,
        Meta(
            description="Message broker: mqtt://user:password@host:1883, mqtts:// for TLS; empty: vehicles speak HTTP"
        ),
    ] = ""
    mobility_mqtt_ca: Annotated[
        str, Meta(description="File of the authority that signed the broker's certificate; empty: the machine's own")
    ] = ""
    mobility_mqtt_shared: Annotated[
        bool, Meta(description="Whether consumers share the messages; a restarted Mosquitto forgets who shares")
    ] = False
    mobility_ovms: Annotated[bool, Meta(description="Whether this consumer hears OVMS boxes; one may")] = False
    mobility_consumer: Annotated[
        str, Meta(description="Name of this consumer at the broker; of several, each has its own", pattern=r"^[\w-]+$")
    ] = "consumer-1"
    mobility_host: Annotated[str, Meta(description="Address that `serve` listens on")] = "127.0.0.1"
    mobility_port: Annotated[int, Meta(description="Port that `serve` listens on", ge=1, le=65535)] = 8000
    mobility_city: Annotated[str, Meta(description="City that the web pages open with")] = "bethune"
    mobility_streets: Annotated[
        Path, Meta(description="Folder of street networks, made by `mobility streets build`")
    ] = Path(".mobility/streets")
    mobility_people: Annotated[
        Path, Meta(description="Folder with a folder for each city, by its id, that its `people.toml` lies in")
    ] = Path("cities")
    mobility_study: Annotated[
        Path, Meta(description="Study file that the city's drawing table stands on; another city has none")
    ] = Path("cities/bethune/studies/quarter-hour.toml")
    mobility_studies: Annotated[
        Path, Meta(description="Folder that studies are kept in; every API process and worker shares it")
    ] = Path(".mobility/studies")
    mobility_web: Annotated[Path, Meta(description="Folder of the built web client")] = Path("web/dist")
    mobility_style_url: Annotated[
        str, Meta(description="Map style for real streets; empty: drawn from the city file")
    ] = ""
    mobility_public_url: Annotated[
        str,
        Meta(
            description="Address people and feeds reach this by, `https://…`; empty: host and port", pattern="[^/]$|^$"
        ),
    ] = ""
    mobility_feeds_email: Annotated[str, Meta(description="Whom readers of the feeds write to")] = "feeds@example.org"
    mobility_help_email: Annotated[
        str, Meta(description="Whom residents write to for help; empty: their page names nobody")
    ] = "help@example.org"
    mobility_webhooks_private: Annotated[
        bool,
        Meta(description="Whether partners' webhooks may go to private addresses, and without TLS (demo and tests)"),
    ] = False
    mobility_feeds_licence: Annotated[str, Meta(description="SPDX id of the licence the feeds are under")] = (
        "etalab-2.0"
    )
    mobility_smtp_url: Annotated[
        str,
        Meta(
            description="Mail server: `smtps://user:password@host:465?from=address`, percent-encoded, or `smtp://` for "
            "STARTTLS; empty: no mail, or the mailbox file where no SMS service is named either"
        ),
    ] = ""
    mobility_sms_url: Annotated[
        str,
        Meta(
            description="SMS service: `https://KEY@api.brevo.com/v3/transactionalSMS/send?from=name`, percent-encoded, "
            "the name up to 11 letters and digits; empty: no SMS, or the mailbox file where no mail server is named "
            "either"
        ),
    ] = ""
    mobility_mailbox: Annotated[
        Path, Meta(description="File that sign-in codes and messages are appended to (demo and tests)")
    ] = Path(".mobility/mailbox.jsonl")
    mobility_push_key: Annotated[
        str,
        Meta(
            description="Private key that notifications are signed with: P-256, 32 bytes as base64url; empty: none are "
            "sent to browsers"
        ),
    ] = ""
    mobility_push_contact: Annotated[
        str, Meta(description="E-mail address that push services may write to about our notifications")
    ] = "push@example.org"
    mobility_push_services: Annotated[
        str, Meta(description="Hosts of the push services that are spoken to, with what is below them, by spaces")
    ] = "fcm.googleapis.com push.services.mozilla.com notify.windows.com push.apple.com"
    # The longest that the French authority (CNIL) found fit for what vehicles say when nobody rides: a month.
    mobility_reports_kept_days: Annotated[
        int, Meta(description="Days that vehicles' reports are kept; less is better", ge=2, le=400)
    ] = 30
    mobility_quarantine_kept_days: Annotated[
        int, Meta(description="Days that refused reports are kept: time to repair their sender", ge=1, le=90)
    ] = 14
    mobility_photos: Annotated[
        Path, Meta(description="Folder that photos of damage are kept in; every API process and worker shares it")
    ] = Path(".mobility/photos")
    mobility_photos_s3: Annotated[
        str,
        Meta(
            description="Private bucket for them instead: `https://key:secret@host/bucket?region=name`, key and secret "
            "percent-encoded"
        ),
    ] = ""
    # Who broke what is disputed within months; after a year neither the picture nor its maker is needed any more.
    mobility_damage_kept_days: Annotated[
        int, Meta(description="Days after its repair that photos and reporters of a damage are kept", ge=30, le=1830)
    ] = 365
    # A complaint about a vehicle in the way comes within days.
    mobility_parking_photos_kept_days: Annotated[
        int, Meta(description="Days that photos of how vehicles were left are kept after the ride", ge=3, le=365)
    ] = 30
    # A year compares one season with the same of the year before; nobody asks for a flat battery of longer ago.
    mobility_alerts_kept_days: Annotated[
        int, Meta(description="Days that alerts and tasks are kept after they were over", ge=30, le=1830)
    ] = 365
    # CNIL, recommendation 2021-122 on logs: six months to a year, so that misuse is found and still can be proved.
    mobility_access_log_kept_days: Annotated[
        int,
        Meta(description="Days that it is kept who looked at riders' data; six months at the least", ge=184, le=1095),
    ] = 365
    mobility_mds_agencies: Annotated[
        str,
        Meta(
            description="Agency endpoints that hear of everything: `city/mode=https://TOKEN@host/path`, "
            "percent-encoded, several by spaces; empty: agencies read, nothing is pushed"
        ),
    ] = ""
    # The two months after which a rider's ends are of no use to anybody either (`privacy`).
    mobility_mds_places_kept_days: Annotated[
        int,
        Meta(description="Days that MDS tells where a vehicle stood at an event; then its area only", ge=14, le=400),
    ] = 60
    mobility_phone_region: Annotated[str, Meta(description="Region of phone numbers without a country code")] = "FR"
    mobility_stripe_key: Annotated[str, Meta(description="Stripe's secret key; empty: no money moves")] = ""
    mobility_stripe_webhook_secret: Annotated[
        str, Meta(description="Secret that signs Stripe's webhooks, `whsec_…`; needed with a key")
    ] = ""
    mobility_stripe_url: Annotated[
        str, Meta(description="Address of a Stripe emulator; empty: Stripe itself", pattern="[^/]$|^$")
    ] = ""
    mobility_pool_size: Annotated[int, Meta(description="Database connections per process", ge=2, le=200)] = 20
    mobility_log_level: Annotated[str, Meta(description="debug, info, warning or error")] = "info"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    Raises
    ------
    SettingsError
        A required variable is missing or a value does not fit, named in the sentence.
    """
    given: dict[str, Any] = {
        field: environment[field.upper()] for field in Settings.__struct_fields__ if environment.get(field.upper())
    }
    for required in ("database_url", "redis_url"):
        if required not in given:
            raise SettingsError(
                f"{required.upper()} is not set; `mobility demo` brings its own servers, any other command needs it"
            )
    given["database_url"] = asyncpg_url(given["database_url"])
    try:
        return msgspec.convert(given, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"a setting cannot be read: {error}") from None


def asyncpg_url(url: str) -> str:
    """The URL with the driver this service speaks, whichever scheme it was given with."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise SettingsError("DATABASE_URL must begin with postgresql://")
    return f"postgresql+asyncpg://{rest}"


def _path(type_: type, value: Any) -> Any:
    if type_ is Path:
        return Path(value)
    raise NotImplementedError(type_)
