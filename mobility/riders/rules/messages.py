"""What people are written: in both languages, of which each reads one, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

# Some mail servers refuse 10 MB, and a letter grows by a third on its way.
ATTACHMENTS_MAX_BYTES = 5_000_000
# Longer than a mail server is waited for (tasks.MAIL_WAIT_S): a lease ends only when its holder has given up or died.
TRY_FIRST_S = 60
TRY_LAST_S = 3_600
GIVE_UP_AFTER: Final = timedelta(days=2)
"""Longer than a mail server is down; what it would say is no news any more."""
# What fits a locked screen, and with room to spare into the 4 kB that a push service takes.
PUSH_BODY_MAX = 240

Opens = Literal["", "ahead", "rides", "wallet", "family"]
"""Pages of a resident; empty: the map, with the ride or the reservation under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The same in the languages that people choose from."""

    fr: str
    en: str

    def to(self, locale: str) -> str:
        return self.en if locale == "en" else self.fr


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file; `media_type` as in "application/pdf"."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one person is to be told. By SMS only the text goes: it says everything.

    Attributes
    ----------
    opens
        What of the resident's page is about it, for whoever taps it on a device.
    is_essential
        Whether it is written to those too who want no letters but such: money, papers, what was taken from them.
    """

    subject: Said
    text: Said
    attachments: tuple[Attachment, ...] = ()
    opens: Opens = ""
    is_essential: bool = True

    def __post_init__(self) -> None:
        if sum(len(each.content) for each in self.attachments) > ATTACHMENTS_MAX_BYTES:
            raise ValueError(f"attachments of more than {ATTACHMENTS_MAX_BYTES} bytes do not arrive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes to an address (e-mail, or phone in E.164); `id` stays the same at every try, `code` is a sign-in's."""

    id: UUID
    to: str
    subject: str
    text: str
    at: datetime
    code: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser's push subscription: where to, its public key and its secret, both as base64url."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What goes to a device; a later one with the same `key` takes the place of the earlier on its screen."""

    id: UUID
    device: Device
    key: str
    title: str
    body: str
    opens: str


def in_short(text: str) -> str:
    """A letter's text without its greeting, in one line, cut between words where it is too long."""
    paragraphs = [" ".join(each.split()) for each in text.split("\n\n")]
    told = " ".join(each for each in paragraphs if each and not each.endswith(","))
    return told if len(told) <= PUSH_BODY_MAX else told[:PUSH_BODY_MAX].rpartition(" ")[0] + "…"


def next_try(now: datetime, *, attempts: int) -> datetime:
    """When a letter is tried again unless this attempt (1 is the first) succeeds: a minute, then twice as long."""
    return now + timedelta(seconds=min(TRY_FIRST_S * 2 ** (attempts - 1), TRY_LAST_S))
