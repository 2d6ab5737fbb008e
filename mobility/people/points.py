"""People and places of a city in memory: arrays with units, and the names of what their numbers count."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who says it, under which licence, as of which day, and where it can be read."""

    code: str
    name: str
    licence: str
    as_of: date
    url: str


class Frozen:
    """Arrays of a dataclass as copies that nobody changes."""

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            values: Any = getattr(self, each.name)
            if isinstance(values, np.ndarray):
                copy = values.copy()
                copy.flags.writeable = False
                object.__setattr__(self, each.name, copy)


@dataclass(frozen=True, eq=False, kw_only=True)
class DemandPoints(Frozen):
    """Where people live. Shares are 0 to 1, and NaN where nobody knows.

    Attributes
    ----------
    ids
    position : (n, 2) [degrees], longitude first
    residents : (n,)
    commune : (n,) which of `communes`
    communes : names
    licensed_share : (n,), of the residents: those with a driving licence
    carless_share : (n,), of the households: those without a car
    age_share : (n, bands), of the residents; no bands where ages are not known
    ages : of the bands: the age that each begins with, the youngest first
    spread : (n,) whether the point is a piece of a commune over which its residents were spread evenly
    sources : those that the points name
    """

    ids: tuple[str, ...]
    position: Floats
    residents: Ints
    commune: Ints
    communes: tuple[str, ...]
    licensed_share: Floats
    carless_share: Floats
    age_share: Floats
    ages: tuple[int, ...]
    spread: NDArray[np.bool_]
    sources: tuple[Source, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def by_commune(self, weight: Floats | Ints) -> Floats:
        """Sums of what is counted at each point, (communes,)."""
        sums: Floats = np.bincount(self.commune, weight, minlength=len(self.communes)).astype(np.float64)
        return sums

    def groups(self) -> dict[str, Floats]:
        """How many of each point's residents belong to a group, (n,) each; where nobody knows, none are counted.

        Groups of which nobody knows anything are left out. Of the car-less, households stand for people.
        """
        residents = self.residents.astype(np.float64)
        return {name: residents * np.nan_to_num(share) for name, share in self._shares().items()}

    def residents_known(self) -> dict[str, int]:
        """Of how many residents it is known whether they belong to a group."""
        return {name: int(self.residents[~np.isnan(share)].sum()) for name, share in self._shares().items()}

    def _shares(self) -> dict[str, Floats]:
        shares = {"without_licence": 1 - self.licensed_share, "carless": self.carless_share}
        shares |= {_band(self.ages, number): self.age_share[:, number] for number in range(len(self.ages))}
        return {name: share for name, share in shares.items() if not np.isnan(share).all()}


def _band(ages: tuple[int, ...], number: int) -> str:
    """`aged_18_to_64`, or `aged_65_up` for the last."""
    last = number + 1 == len(ages)
    return f"aged_{ages[number]}_up" if last else f"aged_{ages[number]}_to_{ages[number + 1] - 1}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Places(Frozen):
    """What people go to.

    Attributes
    ----------
    ids, names
    position : (n, 2) [degrees], longitude first
    kind : (n,) which of `kinds`
    kinds : `KINDS`
    weight : (n,) above 0, how much each draws, beside others of its kind
    sources : those that the places name
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    position: Floats
    kind: Ints
    kinds: tuple[str, ...]
    weight: Floats
    sources: tuple[Source, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False, kw_only=True)
class People:
    """A city's demand points and places."""

    points: DemandPoints
    places: Places
