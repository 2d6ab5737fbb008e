"""What somebody types who looks for something: what it may be a part of."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from mobility.invoicing.rules.documents import Kind

ID_DIGITS_MIN: Final = 8
"""Fewer digits of an id begin too many ids."""
PHONE_DIGITS_MIN: Final = 4

DOCUMENT: Final = re.compile(r"^(a?)\s*(20\d{2})\s*-\s*(\d{1,9})$", re.IGNORECASE)
HEX: Final = re.compile(r"^[0-9a-f]+$")
PHONE: Final = re.compile(r"^[+0-9 ./()-]+$")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    kind: Kind
    year: int
    number: int


def ids_from(text: str) -> tuple[UUID, UUID] | None:
    """The first and the last of the ids that begin so; None where it is no beginning of an id."""
    digits = text.strip().lower().replace("-", "")
    if not HEX.match(digits) or not ID_DIGITS_MIN <= len(digits) <= 32:
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def document_number(text: str) -> DocumentNumber | None:
    """A number as it stands on a receipt, "2026-000123", or on a credit note, "A2026-000007"."""
    found = DOCUMENT.match(text.strip())
    if not found:
        return None
    return DocumentNumber(Kind.CREDIT_NOTE if found[1] else Kind.RECEIPT, int(found[2]), int(found[3]))


def person(text: str) -> str:
    """What to look for in names and addresses; of a phone number the digits behind the 0 that is dialled at home."""
    digits = re.sub(r"\D", "", text)
    if not PHONE.match(text.strip()) or len(digits) < PHONE_DIGITS_MIN:
        return text.strip()
    return digits.removeprefix("0")
