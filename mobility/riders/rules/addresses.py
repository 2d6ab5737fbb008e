"""Where a person can be reached, in the one spelling that is stored."""

from ipaddress import IPv6Address, ip_address, ip_network

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from mobility.base.errors import Invalid

# A code by SMS to a premium or fixed line costs the city money and reaches nobody.
REACHED_BY_SMS = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})


class OneAddress(Invalid):
    code = "one_address"
    fr = "Indiquez une adresse e-mail ou un numéro de téléphone : l'un des deux."
    en = "Give an e-mail address or a phone number: one of the two."


class EmailInvalid(Invalid):
    code = "email_invalid"
    fr = "Cette adresse e-mail n'est pas valable."
    en = "This e-mail address is not valid."


class PhoneInvalid(Invalid):
    code = "phone_invalid"
    fr = "Ce numéro n'est pas celui d'un téléphone mobile."
    en = "This is not the number of a mobile phone."


def address(*, email: str | None, phone: str | None, region: str) -> str:
    """The one address given, normalised.

    Raises
    ------
    OneAddress, EmailInvalid, PhoneInvalid
    """
    if email is not None and phone is None:
        return normal_email(email)
    if phone is not None and email is None:
        return normal_phone(phone, region)
    raise OneAddress


def normal_email(email: str) -> str:
    """Lower case, Unicode-normalised (RFC 5321, 6531); no name server is asked."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise EmailInvalid from None


def normal_phone(phone: str, region: str) -> str:
    """E.164; `region` (ISO 3166-1) is where a number without country code belongs."""
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        raise PhoneInvalid from None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in REACHED_BY_SMS:
        raise PhoneInvalid
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_email(address: str) -> bool:
    return "@" in address


def network(ip: str) -> str:
    """Whom an IP address stands for when requests are counted: one home has a whole IPv6 /64."""
    try:
        parsed = ip_address(ip)
    except ValueError:
        return ip
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else ip
