from datetime import date

from mobility.base.errors import Conflict, Forbidden, Invalid, NotFound
from mobility.riders.rules.licences import age_years

AGE_YEARS_MAX = 120


class BirthDateImplausible(Invalid):
    code = "birth_date_implausible"
    fr = "Cette date de naissance n'est pas possible."
    en = "This date of birth is not possible."


class BirthDateVerified(Conflict):
    code = "birth_date_verified"
    fr = "Votre date de naissance est vérifiée : le service client peut la corriger."
    en = "Your date of birth is verified: customer service can correct it."


class BirthDateMissing(Conflict):
    code = "birth_date_missing"
    fr = "Indiquez d'abord votre date de naissance."
    en = "Tell us your date of birth first."


class UnknownAccount(NotFound):
    code = "unknown_account"
    fr = "Ce compte n'existe pas."
    en = "There is no such account."


class AccountBlocked(Forbidden):
    code = "account_blocked"
    fr = "Ce compte est bloqué : appelez le service client."
    en = "This account is blocked: call customer service."


class AccountNotBlocked(Conflict):
    code = "account_not_blocked"
    fr = "Ce compte n'est pas bloqué."
    en = "This account is not blocked."


class StaffAccount(Forbidden):
    code = "staff_account"
    fr = "Cette personne travaille pour le service : retirez-lui d'abord ses rôles."
    en = "This person works for the service: take their roles back first."


def refuse_birth_date(born_on: date, *, known: date | None, is_verified: bool, today: date) -> None:
    """Raise when the date cannot replace the known one."""
    if is_verified and born_on != known:
        raise BirthDateVerified
    if born_on > today or age_years(born_on=born_on, on=today) > AGE_YEARS_MAX:
        raise BirthDateImplausible
