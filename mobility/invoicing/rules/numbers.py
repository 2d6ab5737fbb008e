from dataclasses import dataclass

from mobility.invoicing.rules.documents import Kind

PREFIXES = {Kind.RECEIPT: "", Kind.CREDIT_NOTE: "A"}  # an "avoir"


@dataclass(frozen=True, slots=True)
class Series:
    """The documents that are counted together: one kind, one city, one year of the city's calendar."""

    city_id: str
    kind: Kind
    year: int


def written(kind: Kind, year: int, number: int) -> str:
    """A number as it stands on paper: "2026-000123", a credit note's "A2026-000007"."""
    return f"{PREFIXES[kind]}{year}-{number:06}"
