from dataclasses import dataclass
from typing import ClassVar

from mobility.base.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CityLoaded(Event):
    """A city's file took effect, for the first time or changed; `version` counts its changes from 1."""

    topic: ClassVar[str] = "city_loaded"

    city_id: str
    version: int

    @property
    def subject(self) -> str:
        return self.city_id
