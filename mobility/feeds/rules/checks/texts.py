"""Opening hours and languages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from opening_hours import validate

from mobility.feeds.rules.checks.feed import Finding, View


def opening_hours(view: View, _: datetime) -> Iterator[Finding]:
    """They are in the notation of OpenStreetMap: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification"""
    told = [("system_information", "opening_hours", view.information.get("opening_hours"))]
    for at, station in enumerate(view.stations):
        told.append(("station_information", f"stations/{at}", station.get("station_opening_hours")))
    for file, path, hours in told:
        if isinstance(hours, str) and not validate(hours):
            yield Finding(file, path, "opening_hours_unreadable", f'"{hours}" is no opening_hours of OpenStreetMap')


def languages(view: View, _: datetime) -> Iterator[Finding]:
    """Each text of version 3 is in every language that system_information declares, and in no other."""
    declared = set(view.languages)
    if not declared:
        return
    for file, body in view.files.items():
        for path, spoken in _texts(body.get("data"), ""):
            for language in spoken - declared:
                yield Finding(file, path, "language_undeclared", f'"{language}" is not among the languages declared')
            for language in declared - spoken:
                yield Finding(file, path, "language_missing", f'the text is not there in "{language}"')


def _texts(value: Any, path: str) -> Iterator[tuple[str, set[str]]]:
    """Each localised text below a value, with the languages it is in."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, f"{path}/{key}")
    elif isinstance(value, list):
        spoken = [each["language"] for each in value if isinstance(each, dict) and {"text", "language"} <= each.keys()]
        if spoken:
            yield path, {language for language in spoken if isinstance(language, str)}
            return
        for at, each in enumerate(value):
            yield from _texts(each, f"{path}/{at}")
