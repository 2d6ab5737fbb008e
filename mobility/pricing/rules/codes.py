"""Codes that people type: promotions that many know, vouchers that one person holds."""

import hashlib
import re
import secrets
from uuid import UUID

from mobility.base.errors import Conflict, Invalid, NotFound, TooMany
from mobility.riders.rules.codes import HOUR_S, Count, Rate

# Without letters and digits that are taken for each other: 60 bits in twelve of them.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
VOUCHER_LENGTH = 12
PROMOTION_PATTERN = "^[A-Z0-9]{4,20}$"
# Whoever types a code from a letter needs a few tries; whoever guesses vouchers gets nowhere.
TRIES_PER_ACCOUNT = Rate(20, HOUR_S)


class UnknownBenefitCode(NotFound):
    code = "unknown_benefit_code"
    fr = "Ce code n'existe pas. Vérifiez-le : un O n'est pas un zéro."
    en = "This code does not exist. Check it: an O is not a zero."


class BenefitCodeOver(Conflict):
    code = "benefit_code_over"
    fr = "Ce code n'est pas valable aujourd'hui."
    en = "This code is not valid today."


class BenefitCodeUsed(Conflict):
    code = "benefit_code_used"
    fr = "Ce code a déjà été utilisé."
    en = "This code has been used already."


class PromotionUsedUp(Conflict):
    code = "promotion_used_up"
    fr = "Cette offre est épuisée : toutes les places sont prises."
    en = "This offer is used up: others were faster."


class OnlyForNewRiders(Conflict):
    code = "only_for_new_riders"
    fr = "Cette offre est réservée à un premier trajet."
    en = "This offer is for a first ride only."


class TooManyCodes(TooMany):
    code = "too_many_codes"
    fr = "Trop de codes essayés : réessayez dans {retry_after_s} secondes."
    en = "Too many codes tried: try again in {retry_after_s} seconds."


class CodeTaken(Conflict):
    code = "promotion_code_taken"
    fr = "Ce code désigne déjà une offre de la ville."
    en = "This code already stands for an offer of the city."


class UnclearDiscount(Invalid):
    code = "unclear_discount"
    fr = "Indiquez soit une part en pour cent, soit un montant."
    en = "Say either a part in percent or an amount."


class PeriodEmpty(Invalid):
    code = "period_empty"
    fr = "La fin doit suivre le début."
    en = "The end must come after the beginning."


class UnknownPromotion(NotFound):
    code = "unknown_promotion"
    fr = "Cette offre n'existe pas."
    en = "This offer does not exist."


def typed(text: str) -> str:
    """A code as it is compared: capitals and digits only."""
    return re.sub("[^A-Z0-9]", "", text.upper())


def new_voucher_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(VOUCHER_LENGTH))


def readable(code: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def hash_code(code: str) -> bytes:
    """What is stored of a voucher: nobody who reads the database can spend it."""
    return hashlib.sha256(typed(code).encode()).digest()


def count_of_try(account_id: UUID) -> Count:
    return Count(TRIES_PER_ACCOUNT, f"benefit-codes:{account_id}")
