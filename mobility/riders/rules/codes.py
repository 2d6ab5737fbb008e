"""One-time codes: what makes one right, what it says, how often one may be asked for."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mobility.base.errors import Invalid, NotFound, TooMany, Unavailable
from mobility.riders.rules.addresses import is_email, network
from mobility.riders.rules.messages import Letter

CODE_DIGITS = 6
CODE_LIVES = timedelta(minutes=10)
# 5 tries a code and 5 codes an hour and address: one guess in 40,000 hours of trying would be right.
TRIES_MAX = 5


class UnknownCode(NotFound):
    code = "unknown_code"
    fr = "Cette demande de code n'existe pas : demandez un nouveau code."
    en = "There is no such request for a code: ask for a new code."


class CodeWrong(Invalid):
    code = "code_wrong"
    fr = "Ce code n'est pas le bon. Essais restants : {tries_left}."
    en = "This is not the code. Tries left: {tries_left}."


class CodeTriesExhausted(Invalid):
    code = "code_tries_exhausted"
    fr = "Trop d'essais : demandez un nouveau code."
    en = "Too many tries: ask for a new code."


class CodeUsed(Invalid):
    code = "code_used"
    fr = "Ce code a déjà servi : demandez un nouveau code."
    en = "This code was already used: ask for a new code."


class CodeExpired(Invalid):
    code = "code_expired"
    fr = "Ce code n'est plus valable : demandez un nouveau code."
    en = "This code is no longer valid: ask for a new code."


class CodeReplaced(Invalid):
    code = "code_replaced"
    fr = "Un code plus récent a été envoyé : c'est lui qui compte."
    en = "A newer code was sent: that one counts."


class SignInTooOften(TooMany):
    code = "sign_in_too_often"
    fr = "Trop de demandes : réessayez dans {retry_after_s} secondes."
    en = "Too many requests: try again in {retry_after_s} seconds."


class SignInUnavailable(Unavailable):
    """Nothing can be counted, so nothing may pass: codes cost money and guesses must stay few."""

    code = "sign_in_unavailable"
    fr = "La connexion est momentanément impossible : réessayez dans une minute."
    en = "Signing in is not possible for a moment: try again in a minute."


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `amount` in any stretch of `per_s` seconds."""

    amount: int
    per_s: int


HOUR_S, DAY_S = 3_600, 86_400
CODES_PER_ADDRESS = Rate(5, HOUR_S)
CODES_PER_ADDRESS_DAILY = Rate(20, DAY_S)
# A block of 10,000 numbers of one operator: what a fraudster who earns by the SMS writes to.
CODES_PER_NUMBER_BLOCK = Rate(50, DAY_S)
# Mobile operators and schools put hundreds of honest people behind one address.
CODES_PER_NETWORK = Rate(300, HOUR_S)
TRIES_PER_NETWORK = Rate(300, HOUR_S)


@dataclass(frozen=True, slots=True)
class Count:
    """Something that is counted against a rate; `key` carries no address in clear."""

    rate: Rate
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeState:
    """What decides whether a code may still be tried."""

    tries: int
    expires_at: datetime
    is_used: bool
    is_replaced: bool


def new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def hash_code(request_id: UUID, code: str) -> bytes:
    """What is stored: useless for another request."""
    return hmac.digest(request_id.bytes, code.encode(), "sha256")


def is_right(request_id: UUID, code: str, code_hash: bytes) -> bool:
    return hmac.compare_digest(hash_code(request_id, code), code_hash)


def refuse_dead(state: CodeState, now: datetime) -> None:
    """Raise why a code can no longer be tried, if it cannot."""
    if state.is_used:
        raise CodeUsed
    if state.is_replaced:
        raise CodeReplaced
    if state.expires_at <= now:
        raise CodeExpired
    if state.tries >= TRIES_MAX:
        raise CodeTriesExhausted


def counts_of_code_request(address: str, ip: str) -> Sequence[Count]:
    counts = [
        Count(CODES_PER_NETWORK, f"codes:network:{_digest(network(ip))}"),
        Count(CODES_PER_ADDRESS, f"codes:address:{_digest(address)}"),
        Count(CODES_PER_ADDRESS_DAILY, f"codes:address:{_digest(address)}"),
    ]
    if not is_email(address):
        counts.append(Count(CODES_PER_NUMBER_BLOCK, f"codes:block:{_digest(address[:-4])}"))
    return counts


def count_of_try(ip: str) -> Count:
    return Count(TRIES_PER_NETWORK, f"tries:network:{_digest(network(ip))}")


def code_letter(request_id: UUID, *, to: str, code: str, locale: str, at: datetime) -> Letter:
    minutes = CODE_LIVES // timedelta(minutes=1)
    if locale == "en":
        subject = f"{code} is your sign-in code"
        text = f"Your code: {code}. It is valid for {minutes} minutes. Tell it to nobody, not even to us."
    else:
        subject = f"{code} est votre code de connexion"
        text = f"Votre code : {code}. Il est valable {minutes} minutes. Ne le donnez à personne, pas même à nous."
    return Letter(id=request_id, to=to, subject=subject, text=text, at=at, code=code)


def _digest(personal: str) -> str:
    return hashlib.sha256(personal.encode()).hexdigest()
