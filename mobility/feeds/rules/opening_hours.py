"""The city file's opening hours in the notation of OpenStreetMap, which GBFS 3 asks for."""

from collections.abc import Iterator, Sequence

from mobility.city.rules.city_file import OpeningHours
from mobility.city.rules.hours import WEEKDAYS
from mobility.city.rules.words import Day

ALWAYS = ("00:00-24:00",)


def opening_hours(hours: Sequence[OpeningHours]) -> str:
    """Such as `Mo-Fr 06:00-22:00; Sa,Su 08:00-12:00; PH 10:00-18:00`, or `24/7`.

    A rule for `PH` replaces the weekday's on public holidays, in the notation as in the city file.
    """
    week = {day: times for day in WEEKDAYS if (times := _times(hours, day))}
    holidays = _times(hours, "PH")
    if len(week) == len(WEEKDAYS) and {*week.values(), holidays or ALWAYS} == {ALWAYS}:
        return "24/7"
    rules = [f"{_days(days)} {','.join(times)}" for times, days in _alike(week)]
    return "; ".join([*rules, f"PH {','.join(holidays)}"] if holidays else rules)


def _times(hours: Sequence[OpeningHours], day: Day) -> tuple[str, ...]:
    return tuple(sorted(f"{each.opens}-{each.closes}" for each in hours if day in each.days))


def _alike(week: dict[Day, tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], list[Day]]]:
    """The days that share the same times, in the order of the week."""
    for times in dict.fromkeys(week.values()):
        yield times, [day for day in week if week[day] == times]


def _days(days: list[Day]) -> str:
    at = [WEEKDAYS.index(day) for day in days]
    is_run = len(at) > 2 and at == list(range(at[0], at[-1] + 1))
    return f"{days[0]}-{days[-1]}" if is_run else ",".join(days)
