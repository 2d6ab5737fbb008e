from collections.abc import Iterator, Sequence

from mobility.city.rules.checks.codes import repeated, unknown
from mobility.city.rules.checks.texts import names, of_texts
from mobility.city.rules.city_file import Station
from mobility.city.rules.faults import Fault
from mobility.city.rules.hours import minute_of_day
from mobility.city.rules.night import Crew, EnergyPrice, Night

DAY_MIN = 24 * 60


def check_night(languages: Sequence[str], night: Night | None = None) -> Iterator[Fault]:
    """Depots and vans that are named exist; each thing is named once, in every language."""
    if night is None:
        return
    for section in ("depots", "vans", "crews"):
        items = getattr(night, section)
        yield from repeated(f"night.{section}", items)
        yield from of_texts(names(f"night.{section}", items), languages)
    depots, vans = {each.code for each in night.depots}, {each.code for each in night.vans}
    for at, van in enumerate(night.vans):
        yield from unknown(f"night.vans[{at}].depot", [van.depot], depots, "depot")
    for at, crew in enumerate(night.crews):
        yield from unknown(f"night.crews[{at}].depot", [crew.depot], depots, "depot")
        yield from unknown(f"night.crews[{at}].van", [crew.van] if crew.van else [], vans, "van")


def check_sites(stations: Sequence[Station], night: Night | None = None) -> Iterator[Fault]:
    """Stations that are named exist; what is otherwise at one is said once."""
    if night is None:
        return
    codes = {station.code for station in stations}
    for at, quiet in enumerate(night.quiet_hours):
        yield from unknown(f"night.quiet_hours[{at}].stations", quiet.stations, codes, "station")
    for at, site in enumerate(night.sites):
        yield from unknown(f"night.sites[{at}].station", [site.station], codes, "station")
        if site.station in {before.station for before in night.sites[:at]}:
            yield Fault(f"night.sites[{at}].station", "duplicate_code", f"{site.station!r} is a site already")


def check_shifts(night: Night | None = None) -> Iterator[Fault]:
    """Each crew works within the night, longer than its break, and no van is out twice at once."""
    if night is None:
        return
    length = minutes_of(night.begins, night.ends)
    shifts = [_shift(night, crew) for crew in night.crews]
    for at, (crew, (begins, ends)) in enumerate(zip(night.crews, shifts, strict=True)):
        if ends > length:
            message = f"{crew.begins} to {crew.ends} is not within the night, {night.begins} to {night.ends}"
            yield Fault(f"night.crews[{at}]", "shift_outside_night", message)
        if crew.break_minutes >= ends - begins:
            yield Fault(f"night.crews[{at}].break_minutes", "break_too_long", "the break fills the whole shift")
        for before, (began, ended) in zip(night.crews[:at], shifts[:at], strict=True):
            if crew.van and crew.van == before.van and begins < ended and began < ends:
                message = f"{before.code!r} has {crew.van!r} at that time"
                yield Fault(f"night.crews[{at}].van", "van_taken", message)


def check_energy(night: Night | None = None) -> Iterator[Fault]:
    """Each minute of the day has one price."""
    if night is None:
        return
    priced = [0] * DAY_MIN
    for line in night.energy:
        for minute in _minutes(line):
            priced[minute] += 1
    for count, code, message in ((0, "no_price", "has no price"), (2, "overlapping_hours", "has more than one price")):
        found = next((minute for minute in range(DAY_MIN) if min(priced[minute], 2) == count), None)
        if found is not None:
            yield Fault("night.energy", code, f"{found // 60:02}:{found % 60:02} {message}")


def minutes_of(begins: str, ends: str) -> int:
    """Minutes from a time of day to the next time the clock shows `ends`: at least one, at most a day."""
    return (minute_of_day(ends) - minute_of_day(begins) - 1) % DAY_MIN + 1


def _minutes(line: EnergyPrice) -> Iterator[int]:
    first = minute_of_day(line.begins)
    yield from (minute % DAY_MIN for minute in range(first, first + minutes_of(line.begins, line.ends)))


def _shift(night: Night, crew: Crew) -> tuple[int, int]:
    """Minutes since the night's beginning."""
    begins = (minute_of_day(crew.begins) - minute_of_day(night.begins)) % DAY_MIN
    return begins, begins + minutes_of(crew.begins, crew.ends)
