"""What councillors read, in French and English."""

from collections.abc import Mapping

from mobility.placement.rules.words import en, fr

Words = Mapping[str, str]

PHRASES: Mapping[str, Words] = {"fr": fr.PHRASES, "en": en.PHRASES}
"""What is assumed, as templates over the study's numbers."""


def words_of(language: str) -> Words:
    return fr.WORDS if language == "fr" else en.WORDS


def number(value: float, digits: int, words: Words) -> str:
    """With the language's separators; a minus sign that is one."""
    text = f"{value:,.{digits}f}".replace(",", "\0").replace(".", words["decimal"]).replace("\0", words["thousands"])
    return text.replace("-", "−")
