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

    def in_english(self, french: str) -> list[str]:
        """All that the pages say in English where they say this in French: a whole text, one with values, or a part."""
        whole = [en for fr, en in self.pairs if fr == french]
        filled = [_filled(en, values) for fr, en in self.pairs if (values := _values(fr, french))]
        return whole or filled or self.where(re.compile(re.escape(french)))

    def where(self, french: re.Pattern[str]) -> list[str]:
        return [en for fr, en in self.pairs if french.search(fr)]


@dataclass(frozen=True, slots=True)
class Say:
    """What a page says, by its French text or a part of it, in the language of the run; None: in French.

    Where English has several words for one of French, any of them; LookupError where no page says so.
    """

    english: Texts | None = None

    def __call__(self, french: Said) -> Said:
        if self.english is None:
            return french
        if isinstance(french, re.Pattern):
            found = set(self.english.where(re.compile(_plain(french.pattern))))
        else:
            found = set(self.english.in_english(_plain(french)))
        if not found:
            raise LookupError(f"no page says {french!r}")
        one = min(found)
        return one if len(found) == 1 and not PLACE.search(one) else re.compile("|".join(map(_pattern, sorted(found))))


def _values(template: str, text: str) -> tuple[str, ...] | None:
    """What stands in the places of a text, in order of the places; None when the text is another."""
    if not PLACE.search(template):
        return None
    fits = re.fullmatch("(.+)".join(map(re.escape, PLACE.split(template))), text)
    return fits and fits.groups()


def _filled(template: str, values: tuple[str, ...]) -> str:
    return PLACE.sub(
        lambda place: values[int(place.group()[1])] if len(values) > int(place.group()[1]) else "", template
    )


def _pattern(text: str) -> str:
    """Of a text with any values; a space may be one that does not break."""
    return ".+".join(re.escape(part).replace(r"\ ", r"\s") for part in PLACE.split(text))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
