"""Who may drive which type of vehicle; the law is data with an effective date, never a constant here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mobility.base.errors import Forbidden
from mobility.riders.rules import reasons as say
from mobility.riders.rules.guardianship import Guardian, majority_on
from mobility.riders.rules.licences import LicenceCategory, LicenceState, Title, birthday
from mobility.riders.rules.reasons import Reason

Inclusions = Mapping[LicenceCategory, Iterable[LicenceCategory]]
"""What each title includes besides itself, directly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceRequirement:
    """What a city asks of the driver of one vehicle type from a day on: the law, or an operator who is stricter.

    `licences`: any one of them is enough; empty means that no title is needed.
    `licence_held_years`: for so many years since its issue the title has been held.
    `exempt_born_before`: whoever is born before that day needs no title (in France 1988-01-01 for L1e and L6e).
    `declared_is_enough`: what the rider says of title and birth counts before an operator has verified it.
    """

    effective_from: date
    minimum_age: int
    licences: frozenset[LicenceCategory] = frozenset()
    licence_held_years: int = 0
    exempt_born_before: date | None = None
    declared_is_enough: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rider:
    """What is known of a person who wants to drive; `guardian` is the parent who agrees and pays, if there is one."""

    born_on: date | None
    born_on_verified: bool
    titles: Sequence[Title] = ()
    is_blocked: bool = False
    guardian: Guardian | None = None


class NotEligible(Forbidden):
    """The fact `reasons` lists every reason, so that a rider can settle all of them at once."""

    code = "not_eligible"
    fr = "Vous ne pouvez pas encore conduire ce véhicule."
    en = "You may not drive this vehicle yet."

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(reasons=[{"code": reason.code, "fr": reason.fr, "en": reason.en} for reason in reasons])

    def sentence(self, language: str) -> str:
        said = (reason["en" if language == "en" else "fr"] for reason in self.facts["reasons"])
        return " ".join((super().sentence(language), *said))


def reasons(rider: Rider, requirement: LicenceRequirement, on: date) -> list[Reason]:
    """Why the rider may not drive on that day; empty when nothing stands against it."""
    return list(_reasons(rider, requirement, on))


def refuse_not_eligible(rider: Rider, requirement: LicenceRequirement, on: date) -> None:
    """Raise `NotEligible` with every reason."""
    if found := reasons(rider, requirement, on):
        raise NotEligible(found)


def including(wanted: Iterable[LicenceCategory], includes: Inclusions) -> frozenset[LicenceCategory]:
    """The titles that open what `wanted` opens: those, and whatever includes one of them, in any number of steps."""
    found = frozenset(wanted)
    while more := {title for title, included in includes.items() if found.intersection(included)} - found:
        found |= more
    return found


def _reasons(rider: Rider, requirement: LicenceRequirement, on: date) -> Iterator[Reason]:
    if rider.is_blocked:
        yield say.ACCOUNT_BLOCKED
    if rider.born_on is None:
        yield say.BIRTH_DATE_MISSING
        return
    old_enough_on = birthday(rider.born_on, requirement.minimum_age)
    if on < old_enough_on:
        yield say.too_young(requirement.minimum_age, old_enough_on)
    if not (rider.born_on_verified or requirement.declared_is_enough):
        yield say.BIRTH_DATE_NOT_VERIFIED
    yield from _missing_title(rider.born_on, rider.titles, requirement, on)
    if on < majority_on(rider.born_on):
        yield from _missing_guardian(rider.guardian, requirement)


def _missing_title(
    born_on: date, titles: Sequence[Title], requirement: LicenceRequirement, on: date
) -> Iterator[Reason]:
    exempt = requirement.exempt_born_before is not None and born_on < requirement.exempt_born_before
    if exempt or not requirement.licences:
        return
    fitting = [t for t in titles if t.category in requirement.licences and t.state is not LicenceState.REFUSED]
    valid = [title for title in fitting if title.is_valid(on)]
    seen = [t for t in valid if t.state is LicenceState.VERIFIED or requirement.declared_is_enough]
    if seen:
        yield from _too_recent(seen, requirement.licence_held_years, on)
    elif valid:
        yield say.licence_not_verified({title.category for title in valid})
    else:
        yield (say.licence_expired if fitting else say.licence_missing)(requirement.licences)


def _too_recent(titles: Sequence[Title], held_years: int, on: date) -> Iterator[Reason]:
    long_enough_on = birthday(min(title.issued_on for title in titles), held_years)
    if on < long_enough_on:
        yield say.licence_too_recent(held_years, long_enough_on)


def _missing_guardian(guardian: Guardian | None, requirement: LicenceRequirement) -> Iterator[Reason]:
    if guardian is None:
        yield say.GUARDIAN_MISSING
    elif guardian.is_blocked:
        yield say.GUARDIAN_BLOCKED
    elif not (guardian.is_verified or requirement.declared_is_enough):
        yield say.GUARDIAN_NOT_VERIFIED
