"""Who may drive which type of vehicle; the law is data with an effective date, never a constant here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from mobility.base.errors import Forbidden
from mobility.riders.rules.licences import LicenceCategory, LicenceState, Title, age_years

LICENCE_NAMES: dict[LicenceCategory, tuple[str, str]] = {
    LicenceCategory.AM_MOPED: ("AM (option cyclomoteur)", "AM (moped option)"),
    LicenceCategory.AM_LIGHT_QUADRICYCLE: ("AM (option quadricycle léger)", "AM (light quadricycle option)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceRequirement:
    """What a city asks of the driver of one vehicle type from a day on.

    `licences`: any one of them is enough; empty means that no title is needed.
    `exempt_born_before`: whoever is born before that day needs no title (in France 1988-01-01 for L1e and L6e).
    `declared_is_enough`: what the rider says of title and birth counts before an operator has verified it.
    """

    effective_from: date
    minimum_age: int
    licences: frozenset[LicenceCategory] = frozenset()
    exempt_born_before: date | None = None
    declared_is_enough: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rider:
    """What is known of a person who wants to drive."""

    born_on: date | None
    born_on_verified: bool
    titles: Sequence[Title] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why not: a stable code and one plain sentence per language."""

    code: str
    fr: str
    en: str


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


BIRTH_DATE_MISSING = Reason(
    code="birth_date_missing",
    fr="Indiquez votre date de naissance.",
    en="Tell us your date of birth.",
)
BIRTH_DATE_NOT_VERIFIED = Reason(
    code="birth_date_not_verified",
    fr="Votre date de naissance n'est pas encore vérifiée.",
    en="Your date of birth is not verified yet.",
)
LICENCE_MISSING = Reason(
    code="licence_missing",
    fr="Il faut un permis {licences}.",
    en="You need a licence {licences}.",
)
LICENCE_EXPIRED = Reason(
    code="licence_expired",
    fr="Il faut un permis {licences} en cours de validité.",
    en="You need a licence {licences} that is still valid.",
)
LICENCE_NOT_VERIFIED = Reason(
    code="licence_not_verified",
    fr="Votre permis {licences} n'est pas encore vérifié.",
    en="Your licence {licences} is not verified yet.",
)


def in_force(requirements: Collection[LicenceRequirement], on: date) -> LicenceRequirement:
    """The requirement that applies on a day: the latest that has begun.

    Raises
    ------
    LookupError
        None has begun.
    """
    begun = [requirement for requirement in requirements if requirement.effective_from <= on]
    if not begun:
        raise LookupError(f"no licence requirement is in force on {on}")
    return max(begun, key=lambda requirement: requirement.effective_from)


def reasons(rider: Rider, requirement: LicenceRequirement, on: date) -> list[Reason]:
    """Why the rider may not drive on that day; empty when nothing stands against it."""
    if rider.born_on is None:
        return [BIRTH_DATE_MISSING]
    found = []
    if age_years(born_on=rider.born_on, on=on) < requirement.minimum_age:
        found.append(_too_young(requirement.minimum_age))
    if not (rider.born_on_verified or requirement.declared_is_enough):
        found.append(BIRTH_DATE_NOT_VERIFIED)
    found.extend(_missing_title(rider.born_on, rider.titles, requirement, on))
    return found


def refuse_not_eligible(rider: Rider, requirement: LicenceRequirement, on: date) -> None:
    """Raise `NotEligible` with every reason."""
    if found := reasons(rider, requirement, on):
        raise NotEligible(found)


def _missing_title(born_on: date, titles: Sequence[Title], requirement: LicenceRequirement, on: date) -> list[Reason]:
    exempt = requirement.exempt_born_before is not None and born_on < requirement.exempt_born_before
    if exempt or not requirement.licences:
        return []
    fitting = [t for t in titles if t.category in requirement.licences and t.state is not LicenceState.REFUSED]
    valid = [title for title in fitting if title.is_valid(on)]
    if any(title.state is LicenceState.VERIFIED or requirement.declared_is_enough for title in valid):
        return []
    if valid:
        return [_title_reason(LICENCE_NOT_VERIFIED, {title.category for title in valid})]
    return [_title_reason(LICENCE_EXPIRED if fitting else LICENCE_MISSING, requirement.licences)]


def _too_young(minimum_age: int) -> Reason:
    return Reason(
        code="too_young",
        fr=f"Il faut avoir {minimum_age} ans.",
        en=f"You must be {minimum_age} years old.",
    )


def _title_reason(template: Reason, categories: Collection[LicenceCategory]) -> Reason:
    names = [
        LICENCE_NAMES.get(category, (category, category)) for category in LicenceCategory if category in categories
    ]
    return Reason(
        code=template.code,
        fr=template.fr.format(licences=_one_of([fr for fr, _ in names], "ou")),
        en=template.en.format(licences=_one_of([en for _, en in names], "or")),
    )


def _one_of(words: Sequence[str], conjunction: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
