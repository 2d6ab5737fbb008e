from collections.abc import Iterator

from stdnum.eu import vat
from stdnum.fr import siret

from mobility.city.rules.city_file import Operator
from mobility.city.rules.faults import Fault

FRANCE = "FR"


def check_operator(operator: Operator | None = None) -> Iterator[Fault]:
    """Numbers that documents will name have the right check digits, and both are of the same company."""
    if operator is None:
        return
    if operator.country == FRANCE:
        yield from _named(operator)
    if operator.siret is not None and not siret.is_valid(operator.siret):
        yield Fault("operator.siret", "wrong_siret", f"{operator.siret!r} is no SIRET: 14 digits, two of them to check")
    if operator.vat_number is None or operator.country.lower() not in vat.MEMBER_STATES:
        return
    number = vat.compact(operator.vat_number)
    if not (number.startswith(operator.country) and vat.is_valid(number)):
        yield Fault("operator.vat_number", "wrong_vat_number", f"{operator.vat_number!r} is none of {operator.country}")
    elif operator.siret is not None and number[4:] != operator.siret[:9]:
        yield Fault("operator.vat_number", "other_company", "does not end with the SIREN that the SIRET begins with")


def _named(operator: Operator) -> Iterator[Fault]:
    for key in ("siret", "vat_number"):
        if getattr(operator, key) is None:
            yield Fault(f"operator.{key}", "missing_key", "is missing: French documents name it")
