"""Who would like to ride, as the rule of eligibility knows them; an assumption until a city counts its own riders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from mobility.city.rules.prepared import PreparedCity
from mobility.riders.rules.eligibility import Rider, reasons
from mobility.riders.rules.licences import LicenceCategory, LicenceState, Title
from mobility.simulation.scenario import Flags


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of rider, and its share among those who look for a vehicle."""

    name: str
    share: float
    rider: Rider


def _verified(born_on: date, *categories: LicenceCategory) -> Rider:
    titles = [
        Title(category=each, issued_on=date(born_on.year + 20, 1, 1), state=LicenceState.VERIFIED)
        for each in categories
    ]
    return Rider(born_on=born_on, born_on_verified=True, titles=titles)


ASSUMED = (
    Profile("car licence", 0.80, _verified(date(1990, 1, 1), LicenceCategory.B)),
    Profile("moped title only", 0.07, _verified(date(2000, 1, 1), LicenceCategory.AM_MOPED)),
    Profile("older, without a title", 0.08, _verified(date(1970, 1, 1))),
    Profile("young, without a title", 0.05, _verified(date(2000, 1, 1))),
)
"""Assumed: three in twenty who look have no title, or not the one for the class they look for."""


def eligible(city: PreparedCity, profiles: Sequence[Profile], on: date) -> Flags:
    """Which profiles may drive which class on a day, (profiles, classes), by the product's own rule."""
    requirements = [city.requirement_on(each.code, on) for each in city.file.vehicle_types]
    may = [[not reasons(profile.rider, requirement, on) for requirement in requirements] for profile in profiles]
    return np.array(may, np.bool_)
