"""Why somebody may not drive: a stable code, and one plain sentence per language that also says what to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from mobility.riders.rules.licences import LicenceCategory

LICENCE_NAMES: dict[LicenceCategory, tuple[str, str]] = {
    LicenceCategory.AM_MOPED: ("AM (option cyclomoteur)", "AM (moped option)"),
    LicenceCategory.AM_LIGHT_QUADRICYCLE: ("AM (option quadricycle léger)", "AM (light quadricycle option)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    code: str
    fr: str
    en: str


ACCOUNT_BLOCKED = Reason(
    code="account_blocked",
    fr="Votre compte est bloqué : appelez le service client.",
    en="Your account is blocked: call customer service.",
)
BIRTH_DATE_MISSING = Reason(
    code="birth_date_missing",
    fr="Votre date de naissance manque : indiquez-la dans vos papiers.",
    en="Your date of birth is missing: add it to your papers.",
)
BIRTH_DATE_NOT_VERIFIED = Reason(
    code="birth_date_not_verified",
    fr="Votre date de naissance n'est pas encore vérifiée : montrez une pièce d'identité à l'agence.",
    en="Your date of birth is not verified yet: show an identity document at the desk.",
)
GUARDIAN_MISSING = Reason(
    code="guardian_missing",
    fr="Vous êtes mineur : invitez dans votre profil un parent qui donne son accord et paie vos trajets.",
    en="You are under age: invite, in your profile, a parent who agrees and pays for your rides.",
)
GUARDIAN_NOT_VERIFIED = Reason(
    code="guardian_not_verified",
    fr="L'identité de votre parent n'est pas encore vérifiée : votre parent doit la montrer à l'agence.",
    en="Your parent's identity is not verified yet: your parent has to show it at the desk.",
)
GUARDIAN_BLOCKED = Reason(
    code="guardian_blocked",
    fr="Le compte de votre parent est bloqué : votre parent doit appeler le service client.",
    en="Your parent's account is blocked: your parent has to call customer service.",
)


def too_young(minimum_age: int, old_enough_on: date) -> Reason:
    return Reason(
        code="too_young",
        fr=f"Il faut avoir {minimum_age} ans : vous pourrez conduire ce véhicule à partir du {_fr(old_enough_on)}.",
        en=f"You must be {minimum_age} years old: you may drive this vehicle from {_en(old_enough_on)} on.",
    )


def licence_missing(categories: Collection[LicenceCategory]) -> Reason:
    fr, en = _names(categories)
    return Reason(
        code="licence_missing",
        fr=f"Il faut un permis {fr} : ajoutez-le dans vos papiers.",
        en=f"You need a licence {en}: add it to your papers.",
    )


def licence_expired(categories: Collection[LicenceCategory]) -> Reason:
    fr, en = _names(categories)
    return Reason(
        code="licence_expired",
        fr=f"Il faut un permis {fr} en cours de validité : ajoutez le nouveau dans vos papiers.",
        en=f"You need a licence {en} that is still valid: add the new one to your papers.",
    )


def licence_not_verified(categories: Collection[LicenceCategory]) -> Reason:
    fr, en = _names(categories)
    return Reason(
        code="licence_not_verified",
        fr=f"Votre permis {fr} n'est pas encore vérifié : montrez-le à l'agence.",
        en=f"Your licence {en} is not verified yet: show it at the desk.",
    )


def licence_too_recent(years: int, long_enough_on: date) -> Reason:
    return Reason(
        code="licence_too_recent",
        fr=f"Il faut {years} an{'s' * (years > 1)} de permis : vous pourrez conduire ce véhicule à partir du "
        f"{_fr(long_enough_on)}.",
        en=f"You need {years} year{'s' * (years > 1)} with your licence: you may drive this vehicle from "
        f"{_en(long_enough_on)} on.",
    )


def _names(categories: Collection[LicenceCategory]) -> tuple[str, str]:
    names = [LICENCE_NAMES.get(each, (each, each)) for each in LicenceCategory if each in categories]
    return _one_of([fr for fr, _ in names], "ou"), _one_of([en for _, en in names], "or")


def _one_of(words: Sequence[str], conjunction: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def _fr(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _en(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
