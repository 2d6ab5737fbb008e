"""How a journey is looked at: language and size. It is written in French and said in the language of the run.

`--faces all` runs each of them in both languages, on a phone and on a desk; else each runs once, in the face that its
`face` marker names, on a French phone without one.
"""

import json
import re
import subprocess
import tomllib
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from playwright.async_api import ViewportSize

from tests.conftest import ROOT

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)
SIZES = {"phone": PHONE, "desk": DESK}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
REGIONS = {"fr": "fr-FR", "en": "en-GB"}
PLACE = re.compile(r"\{\d\}")
Said = str | re.Pattern[str]
CITY = ROOT / "cities/bethune/city.toml"


@dataclass(frozen=True, slots=True)
class Face:
    language: str = "fr"
    size: str = "phone"

    def __str__(self) -> str:
        return f"{self.language}-{self.size}"

    def context(self) -> dict[str, Any]:
        """Options of a browser context."""
        is_phone = self.size == "phone"
        return {
            "viewport": SIZES[self.size],
            "locale": REGIONS[self.language],
            "is_mobile": is_phone,
            "has_touch": is_phone,
        }


def chosen(own: Face, *, every: bool) -> list[Face]:
    """The faces that a journey runs in."""
    return [Face(*each) for each in product(REGIONS, SIZES)] if every else [own]


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of the pages and every name of the city, French and English; `{0}` stands for a value."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls) -> "Texts":
        printed = subprocess.run(["node", "texts.mjs"], cwd=ROOT / "web", check=True, capture_output=True, text=True)
        city = tomllib.loads(CITY.read_text(encoding="utf-8"))
        named = [each["name"] for kind in ("vehicle_types", "stations") for each in city[kind]]
        pairs = [*json.loads(printed.stdout), *((name["fr"], name["en"]) for name in named)]
        return cls(tuple((_plain(fr), _plain(en)) for fr, en in pairs))

    def in_english(self, french: re.Pattern[str]) -> str:
        """Raises LookupError when no page says so, or English says it in several ways."""
        found = {en for fr, en in self.pairs if french.search(fr)}
        if len(found) != 1:
            raise LookupError(f"{french.pattern!r} is said in {len(found)} ways: {sorted(found)[:9]}")
        return found.pop()


@dataclass(frozen=True, slots=True)
class Say:
    """What a page says, by its French text or a part of it, in the language of the run; None: in French."""

    english: Texts | None = None

    def __call__(self, french: Said) -> Said:
        if self.english is None:
            return french
        if isinstance(french, re.Pattern):
            return _any_value(self.english.in_english(re.compile(_plain(french.pattern))))
        said = self.english.in_english(re.compile(f"^{re.escape(_plain(french))}$"))
        return _any_value(said) if PLACE.search(said) else said


def _any_value(text: str) -> re.Pattern[str]:
    """A text with values; a space may be one that does not break."""
    return re.compile(".+".join(re.escape(part).replace(r"\ ", r"\s") for part in PLACE.split(text)))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
