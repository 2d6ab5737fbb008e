from collections.abc import Sequence
from dataclasses import asdict

from mobility.base.errors import Conflict, Invalid, NotFound
from mobility.city.rules.faults import Fault


class UnknownTariff(NotFound):
    code = "unknown_tariff"
    fr = "Ce tarif n'existe pas."
    en = "There is no such tariff."


class UnknownTariffDraft(NotFound):
    code = "unknown_tariff_draft"
    fr = "Ce projet de tarif n'existe pas ou plus."
    en = "There is no such draft of a tariff, or no more."


class TariffRefused(Invalid):
    """`errors` lists every contradiction found, each with its path within the tariff."""

    code = "tariff_refused"
    fr = "Le tarif est refusé : {count} erreur(s)."
    en = "The tariff is refused: {count} error(s)."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults), errors=[asdict(fault) for fault in faults])


class TariffStartsTooEarly(Conflict):
    code = "tariff_starts_too_early"
    fr = "Un tarif commence au plus tôt demain : ce qui est vendu aujourd'hui garde son prix."
    en = "A tariff begins tomorrow at the earliest: what is sold today keeps its price."


class TariffBegun(Conflict):
    code = "tariff_begun"
    fr = "Ce tarif est déjà en vigueur : publiez-en un autre qui le remplace."
    en = "This tariff is already in force: publish another one in its place."


class TariffOfCityFile(Conflict):
    code = "tariff_of_city_file"
    fr = "Ce tarif vient du fichier de la ville : il se retire là."
    en = "This tariff comes from the city file: it is withdrawn there."
