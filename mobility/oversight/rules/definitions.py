"""What each figure of the city's page means, in words that a councillor reads and that a query bears out."""

from dataclasses import dataclass
from typing import Literal

from mobility.geo.walking import DETOUR_FACTOR, WALKING_SPEED_KMH
from mobility.oversight.rules.anonymity import K
from mobility.oversight.rules.coverage import QUARTER_HOUR_MIN

FigureId = Literal[
    "trips", "distance", "energy", "unserved", "answered", "available", "broken", "coverage", "places", "permit"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A figure: what it counts, in what unit; `fr` and `en` are its name and its meaning."""

    id: FigureId
    unit: str
    fr: tuple[str, str]
    en: tuple[str, str]


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        id="trips",
        unit="trip",
        fr=(
            "Trajets",
            (
                f"Locations terminées dans la semaine (lundi à dimanche, heure de la ville). Rien n’est dit quand "
                f"moins de {K} "
                "personnes différentes ont roulé."
            ),
        ),
        en=(
            "Trips",
            (
                f"Rentals that ended in the week (Monday to Sunday, the city's clocks). Nothing is told when fewer "
                f"than {K} "
                "different people rode."
            ),
        ),
    ),
    Definition(
        id="distance",
        unit="m",
        fr=(
            "Distance",
            "Somme des compteurs des véhicules, de la prise à la fin. Un trajet sans compteur compte zéro.",
        ),
        en=("Distance", "Sum of the vehicles' odometers, from start to end. A trip without an odometer counts zero."),
    ),
    Definition(
        id="energy",
        unit="Wh",
        fr=(
            "Énergie",
            (
                "Estimation\u00a0: distance × énergie de la batterie ÷ autonomie de la classe. Ce n’est pas une "
                "mesure au compteur électrique."
            ),
        ),
        en=(
            "Energy",
            (
                "An estimate: distance × the battery's energy ÷ the class's range. It is not measured at an "
                "electricity meter."
            ),
        ),
    ),
    Definition(
        id="unserved",
        unit="search",
        fr=(
            "Recherches sans véhicule",
            (
                f"Recherches qui n’ont rien trouvé à moins d’un quart d’heure à pied. Entre 1 et {K - 1}, le nombre "
                f"n’est pas dit."
            ),
        ),
        en=(
            "Searches without a vehicle",
            (
                f"Searches that found nothing within a quarter of an hour on foot. From 1 to {K - 1} the number is "
                f"not told."
            ),
        ),
    ),
    Definition(
        id="answered",
        unit="1",
        fr=(
            "Demandes servies",
            "Trajets ÷ (trajets + recherches sans véhicule). Qui regarde sans chercher n’est pas compté.",
        ),
        en=(
            "Demand served",
            "Trips ÷ (trips + searches without a vehicle). Whoever looks without searching is not counted.",
        ),
    ),
    Definition(
        id="available",
        unit="1",
        fr=(
            "Disponibilité par heure",
            (
                "Part du temps des véhicules en service où ils étaient libres (état MDS «\u00a0available\u00a0»), par "
                "heure du jour, les semaines choisies ensemble."
            ),
        ),
        en=(
            "Availability by hour",
            (
                "Share of the time of vehicles in service in which they were free (MDS state available), by hour of "
                "the day, "
                "the chosen weeks together."
            ),
        ),
    ),
    Definition(
        id="broken",
        unit="1",
        fr=("Hors service", "Part du même temps où ils étaient hors service (état MDS «\u00a0non_operational\u00a0»)."),
        en=("Out of service", "Share of the same time in which they were out of service (MDS state non_operational)."),
    ),
    Definition(
        id="coverage",
        unit="resident",
        fr=(
            f"Habitants à {QUARTER_HOUR_MIN} minutes",
            (
                "Habitants (là où le fichier de la ville les place, ou la population municipale répartie également sur "
                f"la commune) à {QUARTER_HOUR_MIN} minutes à pied d’une station, ou d’un véhicule libre à l’instant. "
                "Par les rues quand le réseau est importé, sinon ligne droite × "
                f"{DETOUR_FACTOR} à {WALKING_SPEED_KMH} km/h."
            ),
        ),
        en=(
            f"Residents within {QUARTER_HOUR_MIN} minutes",
            (
                "Residents (where the city's file says that they live, or those of the census spread evenly over their "
                f"commune) within {QUARTER_HOUR_MIN} minutes on foot of a station, or of a vehicle that is free now. "
                "Along streets where the network is imported, else straight line × "
                f"{DETOUR_FACTOR} at {WALKING_SPEED_KMH} km/h."
            ),
        ),
    ),
    Definition(
        id="places",
        unit="trip",
        fr=(
            "Trajets par commune de départ",
            (
                f"Somme des cellules publiées\u00a0: semaine, quart de journée, commune, classe, d’au moins {K} "
                "personnes différentes. Les cellules tues manquent à la somme."
            ),
        ),
        en=(
            "Trips by commune of departure",
            (
                f"Sum of the published cells: week, quarter of the day, commune, class, of at least {K} different "
                f"people. What "
                "is suppressed is missing from the sum."
            ),
        ),
    ),
    Definition(
        id="permit",
        unit="breach",
        fr=(
            "Respect de l’autorisation",
            (
                "Règles publiées de la ville (MDS Policy) en vigueur dans la période, et ce qui a été vu contre "
                "elles, minute "
                "par minute."
            ),
        ),
        en=(
            "Permit kept",
            (
                "Rules that the city has published (MDS Policy) and that held in the period, and what was seen "
                "against them, "
                "minute by minute."
            ),
        ),
    ),
)
