from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mobility.base.errors import Conflict, Forbidden, Invalid, NotFound

# A title drives on the day printed on it ("valid until"), unlike the half-open intervals elsewhere.


class LicenceCategory(StrEnum):
    """Driving titles of Directive 2006/126/EC; France prints the AM's two options on the same card."""

    AM_MOPED = "AM_moped"
    AM_LIGHT_QUADRICYCLE = "AM_light_quadricycle"
    A1 = "A1"
    A2 = "A2"
    A = "A"
    B1 = "B1"
    B = "B"


class LicenceState(StrEnum):
    DECLARED = "declared"
    VERIFIED = "verified"
    REFUSED = "refused"


class LicenceDecision(StrEnum):
    """What an operator who saw the title says of it."""

    VERIFY = "verify"
    REFUSE = "refuse"


DECISIONS: dict[tuple[LicenceState, LicenceDecision], LicenceState] = {
    (LicenceState.DECLARED, LicenceDecision.VERIFY): LicenceState.VERIFIED,
    (LicenceState.DECLARED, LicenceDecision.REFUSE): LicenceState.REFUSED,
    (LicenceState.VERIFIED, LicenceDecision.REFUSE): LicenceState.REFUSED,
}
# Every category twice, and room for mistakes.
LICENCES_MAX = 20

# (from, years): nobody younger could be given the title in France from that day on. Sources: code de la route R.211-2,
# R.221-5; B at 17 by décret 2023-1214; A at 20 since directive 2006/126/EC applies (2013-01-19).
AGE_AT_ISSUE_MIN: dict[LicenceCategory, tuple[tuple[date, int], ...]] = {
    LicenceCategory.AM_MOPED: ((date.min, 14),),
    LicenceCategory.AM_LIGHT_QUADRICYCLE: ((date.min, 14),),
    LicenceCategory.A1: ((date.min, 16),),
    LicenceCategory.A2: ((date.min, 18),),
    LicenceCategory.A: ((date.min, 18), (date(2013, 1, 19), 20)),
    LicenceCategory.B1: ((date.min, 16),),
    LicenceCategory.B: ((date.min, 18), (date(2024, 1, 1), 17)),
}


class LicenceImplausible(Invalid):
    """What a title's dates say cannot be."""


class LicenceIssuedInFuture(LicenceImplausible):
    code = "licence_issued_in_future"
    fr = "La date de délivrance du permis est dans le futur."
    en = "The licence's date of issue is in the future."


class LicenceExpired(LicenceImplausible):
    code = "licence_expired"
    fr = "Ce permis n'est plus valable."
    en = "This licence is no longer valid."


class LicenceExpiresBeforeIssue(LicenceImplausible):
    code = "licence_expires_before_issue"
    fr = "Ce permis expirerait avant d'avoir été délivré."
    en = "This licence would expire before it was issued."


class LicenceIssuedTooYoung(LicenceImplausible):
    code = "licence_issued_too_young"
    fr = "Le permis {category} ne s'obtient pas avant {minimum_age} ans."
    en = "Licence {category} cannot be held before the age of {minimum_age}."


class UnknownLicence(NotFound):
    code = "unknown_licence"
    fr = "Ce permis n'existe pas sur ce compte."
    en = "There is no such licence on this account."


class LicenceDecided(Conflict):
    code = "licence_decided"
    fr = "Ce permis est déjà dans l'état « {state} »."
    en = "This licence is already {state}."


class OwnPapers(Forbidden):
    code = "own_papers"
    fr = "Une autre personne doit vérifier vos propres papiers."
    en = "Somebody else has to verify your own papers."


class LicencesTooMany(Conflict):
    code = "licences_too_many"
    fr = "Un compte garde au plus {most} permis."
    en = "An account keeps at most {most} licences."


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A driving title as printed; `expires_on` is its last valid day, None for one without end."""

    category: LicenceCategory
    issued_on: date
    expires_on: date | None = None
    state: LicenceState = LicenceState.DECLARED

    def is_valid(self, on: date) -> bool:
        return self.issued_on <= on and (self.expires_on is None or on <= self.expires_on)


def decide(state: LicenceState, decision: LicenceDecision) -> LicenceState:
    """The state after an operator's decision, or `LicenceDecided` where it has nothing left to change."""
    if (state, decision) not in DECISIONS:
        raise LicenceDecided(state=state.value)
    return DECISIONS[state, decision]


def age_years(*, born_on: date, on: date) -> int:
    """Completed years of age; who is born on 29 February has the birthday on 1 March in common years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def birthday(born_on: date, years: int) -> date:
    """The day from which so many years are complete: `age_years` the other way round."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def refuse_implausible(title: Title, *, born_on: date, today: date) -> None:
    """Raise the `LicenceImplausible` that fits when the title's dates cannot be true or no longer hold today."""
    if title.issued_on > today:
        raise LicenceIssuedInFuture
    if title.expires_on is not None and title.expires_on < title.issued_on:
        raise LicenceExpiresBeforeIssue
    if title.expires_on is not None and title.expires_on < today:
        raise LicenceExpired
    refuse_issued_too_young([title], born_on=born_on)


def refuse_issued_too_young(titles: Collection[Title], *, born_on: date) -> None:
    for title in titles:
        minimum_age = max(step for step in AGE_AT_ISSUE_MIN[title.category] if step[0] <= title.issued_on)[1]
        if age_years(born_on=born_on, on=title.issued_on) < minimum_age:
            raise LicenceIssuedTooYoung(category=title.category.value, minimum_age=minimum_age)
