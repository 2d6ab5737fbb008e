"""Everything that a study's answer depends on, and the name that follows from it."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

import msgspec
import numpy as np

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.geo.streets.network import ARRAYS, Network
from mobility.geo.streets.times import Times
from mobility.people.points import People
from mobility.placement.rules.document import FORMAT
from mobility.placement.rules.ground import Ground, ground_of
from mobility.placement.rules.sites import sites_of
from mobility.placement.rules.study import Factors, Study

ID_LENGTH = 12


@dataclass(frozen=True, eq=False)
class Inputs:
    """Of one study; `rows` are those of the candidates' file, `version` is this program's."""

    study: Study
    city: CityFile
    people: People
    rows: tuple[dict[str, str], ...]
    factors: Factors
    network: Network | None
    version: str

    @cached_property
    def id(self) -> str:
        """The same for the same content, whatever the files' names, layout and place."""
        digest = sha256(msgspec.json.encode((FORMAT, self.version, self.study, self.rows, self.factors)))
        digest.update(hash_of(self.city).encode())
        for part, columns in ((self.people.points, POINTS), (self.people.places, PLACES), (self.network, ARRAYS)):
            for name in columns if part is not None else ():
                digest.update(np.asarray(getattr(part, name)).tobytes())
        digest.update(repr((self.people.points.communes, self.people.places.names)).encode())
        return digest.hexdigest()[:ID_LENGTH]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inputs) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


POINTS = ("position", "residents", "commune", "licensed_share", "carless_share", "age_share")
PLACES = ("position", "kind", "weight")


@lru_cache(maxsize=2)
def ground_for(inputs: Inputs) -> Ground:
    """The study's ground; worked out once in a process."""
    study, city = inputs.study, PreparedCity(inputs.city, hash_of(inputs.city))
    sites = sites_of(
        city,
        study.vehicle_type,
        study.candidates,
        people=inputs.people,
        rows=inputs.rows,
        draws=[each for scenario in study.scenarios for each in scenario.draws or ()],
        language=study.language,
    )
    times = None if inputs.network is None else Times(inputs.network)
    return ground_of(study, city, inputs.people.points, sites, times)
