from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from mobility.base.errors import Conflict
from mobility.city.rules.city_file import CityFile, Vat


class NotInForce(Conflict):
    code = "not_in_force"
    fr = "Le service n'a pas encore de règle en vigueur à cette date."
    en = "The service has no rule in force yet on that date."


class Dated(Protocol):
    @property
    def effective_from(self) -> date: ...


Rule = TypeVar("Rule", bound=Dated)


def in_force(rules: Iterable[Rule], on: date) -> Rule:
    """The latest rule that has taken effect by `on`, a date of the city; raises `NotInForce` before the first."""
    begun = [rule for rule in rules if rule.effective_from <= on]
    if not begun:
        raise NotInForce
    return max(begun, key=lambda rule: rule.effective_from)


def vat_in_force(city: CityFile, on: date) -> Vat:
    return in_force(city.vat, on)
