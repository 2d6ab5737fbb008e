"""What the documents of one city are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from mobility.city.rules.city_file import CityFile, VehicleType, Zone
from mobility.city.rules.eligibility import spelled_out
from mobility.city.rules.geofences import is_in_force
from mobility.city.rules.tariffs import Tariff
from mobility.city.rules.words import Names
from mobility.city.rules.zone_times import Span, span
from mobility.feeds.rules.fleet import Fleet
from mobility.feeds.rules.notices import Notice, is_told

Version = Literal["v2", "v3", "v3.1-rc"]
"""As it stands in addresses."""

VERSIONS: Mapping[Version, str] = {"v2": "2.3", "v3": "3.0", "v3.1-rc": "3.1-RC3"}
"""What the standard calls them, in its order."""

Text = dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What whoever runs the service says of its feeds.

    Attributes
    ----------
    base_url
        The address that readers reach the service by, without a slash at its end.
    default_city
        The city served without its name in the address.
    license_id
        The SPDX id of the licence that readers get the data under.
    """

    base_url: str
    default_city: str
    contact_email: str
    license_id: str

    def folder(self, city_id: str, version: Version) -> str:
        """The address of a city's files, without a slash at its end."""
        within = "" if city_id == self.default_city else f"/{city_id}"
        return f"{self.base_url}/gbfs{within}/{version}"


@dataclass(frozen=True, kw_only=True)
class System:
    """What a city offers on a day: all that its slow files are made from.

    Attributes
    ----------
    at
        The instant it is told for: what zones are in force.
    notices
        What people have written and what is hardly over.
    plans
        The tariffs in force, with the instant each came into force.
    loaded
        When each city of the service was loaded last, by id.
    """

    publication: Publication
    city: CityFile
    document_hash: str
    plans: tuple[tuple[Tariff, datetime], ...]
    loaded: Mapping[str, datetime]
    today: date
    at: datetime
    notices: Sequence[Notice] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for systems whose documents are equal."""
        return self.document_hash, self.plans, self.loaded, self.today, self.zones_span, self.told

    @cached_property
    def told(self) -> tuple[Notice, ...]:
        """The notices that everybody is told of."""
        return tuple(notice for notice in self.notices if is_told(notice, self.at))

    @cached_property
    def zones_span(self) -> Span:
        """Since when and until when the zones in force are these."""
        return span(self.city, self.city.zones, self.at)

    def is_in_force(self, zone: Zone) -> bool:
        return is_in_force(zone, self.at.astimezone(ZoneInfo(self.city.time_zone)), self._holidays)

    def span_of(self, zones: Sequence[Zone]) -> Span:
        """Since when and until when the same of some zones are in force."""
        return span(self.city, zones, self.at)

    @cached_property
    def _holidays(self) -> frozenset[date]:
        return frozenset(holiday.date for holiday in self.city.public_holidays)

    @cached_property
    def offered(self) -> Mapping[str, VehicleType]:
        """The types that have a price, by code."""
        priced = {tariff.vehicle_type for tariff, _ in self.plans}
        return {each.code: spelled_out(self.city, each) for each in self.city.vehicle_types if each.code in priced}

    def texts(self, names: Names) -> list[Text]:
        """A text in each language of the city."""
        return [{"text": names[language], "language": language} for language in self.city.languages]


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A city and its fleet at an instant: what every document of it is made from."""

    system: System
    fleet: Fleet
    is_open: bool
    stamp: datetime
