"""The city's permit as MDS tells it: geographies, policies, a jurisdiction, requirements; none of it ever changes.

What a document says without its ids and dates is its content: a new version is published when that differs.

References
----------
.. [1] Open Mobility Foundation, MDS 2.0, policy/README.md, geography/README.md, jurisdiction/README.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.city_file import Zone
from mobility.city.rules.geometry import outline
from mobility.city.rules.permit import Permit, PermitKind, PermitRule
from mobility.city.rules.prepared import PreparedCity
from mobility.mds.rules.protocol import VERSION, id_of, milliseconds

Kind = Literal["geography", "policy", "jurisdiction", "requirements"]
Content = dict[str, Any]

WHOLE: Final = "*"
"""Code of the area that the whole permit is about: no zone can have it."""
TO_BE_POLLED: Final = timedelta(minutes=20)
REPEALED: Final = "repealed"

STANDING: Final = ("available", "non_operational", "reserved")
RIDDEN: Final[Mapping[str, tuple[str, ...]]] = {"micromobility": ("on_trip",), "car-share": ("on_trip", "stopped")}
DAYS: Final = dict(zip(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
                       strict=True))  # fmt: skip
RULE_TYPE: Final[Mapping[PermitKind, tuple[str, str]]] = {
    "fleet": ("count", "devices"),
    "no_parking": ("count", "devices"),
    "no_riding": ("count", "devices"),
    "idle": ("time", "hours"),
    "speed": ("speed", "kph"),
}
REQUIRED: Final = (
    *("vehicles", "vehicles/status", "events/historical", "events/recent", "trips", "telemetry", "stops", "reports"),
)
OFFERED: Final = {
    "policy": ("policies", "requirements"),
    "geography": ("geographies",),
    "jurisdiction": ("jurisdictions",),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A document's content before it has an id and dates."""

    kind: Kind
    code: str
    content: Content

    @property
    def content_hash(self) -> str:
        return sha256(msgspec.json.encode(self.content, order="deterministic")).hexdigest()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What publishing adds: which one it is, when, and whose place it takes."""

    id: UUID
    version: int
    at: datetime
    replaces: UUID | None


def geographies(city: PreparedCity, permit: Permit) -> Iterator[Draft]:
    """The whole area, and each zone that a rule names without the bays in it that go before it in the city's file."""
    services = [zone for zone in city.file.zones if zone.kind == "service"]
    named = {code for rule in permit.rules for code in rule.zones}
    yield Draft("geography", WHOLE, _area(city, permit.agency, "municipal_boundary", services))
    for at, zone in enumerate(city.file.zones):
        if zone.code in named:
            bays = [outline(each.geometry) for each in city.file.zones[:at] if each.kind == "bays"]
            name = zone.name[city.file.languages[0]]
            yield Draft("geography", zone.code, _area(city, name, "policy_zone", [zone], bays))


def policies(city: PreparedCity, permit: Permit, areas: Mapping[str, UUID]) -> Iterator[Draft]:
    """A policy for each rule; `areas` are the ids of the geographies in force, by code."""
    language = city.file.languages[0]
    for rule in permit.rules:
        begins = max(filter(None, (permit.valid_from, rule.effective_from)))
        yield Draft(
            "policy",
            rule.code,
            {
                "name": rule.name[language][:255],
                "mode_id": rule.mode,
                "provider_ids": [str(permit.providers[rule.mode])],
                "description": permit.description[language][:255],
                "start_date": milliseconds(city.begin_of(begins)),
                "end_date": milliseconds(city.begin_of(permit.valid_until + timedelta(days=1))),
                "rules": [_rule(city, rule, areas)],
            },
        )


def jurisdiction(city: PreparedCity, permit: Permit, areas: Mapping[str, UUID]) -> Draft:
    return Draft(
        "jurisdiction",
        WHOLE,
        {
            "agency_key": city.file.id,
            "agency_name": permit.agency,
            "description": permit.description[city.file.languages[0]][:255],
            "geography_id": str(areas[WHOLE]),
            "mode_ids": sorted(permit.providers),
        },
    )


def requirements(city: PreparedCity, permit: Permit) -> Draft:
    file = city.file
    metadata = {
        "mds_release": VERSION,
        "max_update_interval": "P1D",
        "agency_id": str(jurisdiction_id(file.id)),
        "agency_name": permit.agency,
        "agency_timezone": file.time_zone,
        "agency_language": file.languages[0],
        "agency_currency": file.currency,
        "agency_website_url": permit.agency_url,
    }
    programs = [_program(city, permit, mode, str(id_)) for mode, id_ in sorted(permit.providers.items())]
    return Draft("requirements", WHOLE, {"metadata": metadata, "programs": programs})


def jurisdiction_id(city_id: str) -> UUID:
    """The same for good: MDS has it immutable."""
    return id_of("jurisdiction", city_id)


def stamped(draft: Draft, city_id: str, stamp: Stamp) -> Content:
    """The document as it is published; a policy starts no earlier than providers can have read it."""
    published, id_, before = milliseconds(stamp.at), str(stamp.id), [str(stamp.replaces)] if stamp.replaces else []
    match draft.kind:
        case "geography":
            dates = {"published_date": published, "effective_date": published}
            return {**draft.content, "geography_id": id_, **dates, "prev_geographies": before}
        case "policy":
            start = max(draft.content["start_date"], milliseconds(stamp.at + TO_BE_POLLED))
            rules = [{**rule, "rule_id": str(id_of("rule", id_, at))} for at, rule in enumerate(draft.content["rules"])]
            end = max(start, draft.content["end_date"])
            dates = {"start_date": start, "end_date": end, "published_date": published}
            return {**draft.content, "policy_id": id_, **dates, "prev_policies": before, "rules": rules}
        case "jurisdiction":
            return {**draft.content, "jurisdiction_id": str(jurisdiction_id(city_id)), "timestamp": published}
        case "requirements":
            metadata = {**draft.content["metadata"], "file_version": stamp.version, "last_updated": published}
            return {**draft.content, "metadata": metadata}


def served_requirements(document: Content, base_url: str, city_id: str) -> Content:
    """The requirements with the addresses they are served at."""
    root = f"{base_url}/mds/{city_id}"
    apis = [
        {
            "api_name": api,
            "available_endpoints": [{"endpoint_name": name, "url": f"{root}/{name}"} for name in names],
        }
        for api, names in OFFERED.items()
    ]
    programs = [
        {
            **program,
            "required_data_specs": [
                {**spec, "available_apis": apis} if spec["data_spec_name"] == "MDS" else spec
                for spec in program["required_data_specs"]
            ],
        }
        for program in document["programs"]
    ]
    return {"metadata": {**document["metadata"], "url": f"{root}/requirements"}, "programs": programs}


def _area(
    city: PreparedCity, name: str, type_: str, zones: Sequence[Zone], without: Sequence[BaseGeometry] = ()
) -> Content:
    left_out = shapely.union_all(without)
    features = [
        {
            "type": "Feature",
            "properties": {"code": zone.code, "name": zone.name[city.file.languages[0]]},
            "geometry": shapely.geometry.mapping(outline(zone.geometry).difference(left_out)),
        }
        for zone in zones
    ]
    return {
        "name": name[:255],
        "geography_type": type_,
        "geography_json": {"type": "FeatureCollection", "features": features},
    }


def _rule(city: PreparedCity, rule: PermitRule, areas: Mapping[str, UUID]) -> Content:
    type_, units = RULE_TYPE[rule.kind]
    said: Content = {
        "name": rule.name[city.file.languages[0]][:255],
        "rule_type": type_,
        "rule_units": units,
        "geographies": [str(areas[code]) for code in rule.zones or (WHOLE,)],
        "states": {state: [] for state in states_of(rule)},
        "start_time": _time(rule.begins),
        "end_time": _time(rule.ends),
        "messages": dict(rule.name),
    }
    ends = {"minimum": rule.minimum, "maximum": 0 if rule.kind in ("no_parking", "no_riding") else rule.maximum}
    said |= {name: end for name, end in ends.items() if end is not None}
    if rule.days:
        said["days"] = [DAYS[day] for day in rule.days]
    return said


def states_of(rule: PermitRule) -> tuple[str, ...]:
    """The states of vehicles that a rule is about."""
    match rule.kind:
        case "fleet":
            return (*STANDING, *RIDDEN[rule.mode])
        case "no_parking":
            return STANDING
        case "idle":
            return ("available",)
        case "no_riding" | "speed":
            return RIDDEN[rule.mode]


def _time(told: str) -> str:
    return "23:59:59" if told == "24:00" else f"{told}:00"


def _program(city: PreparedCity, permit: Permit, mode: str, provider_id: str) -> Content:
    types = sorted({each.form_factor for each in city.file.vehicle_types if each.mode == mode})
    endpoints = [{"endpoint_name": name} for name in REQUIRED]
    return {
        "description": permit.description[city.file.languages[0]][:255],
        "program_website_url": permit.agency_url,
        "provider_ids": [provider_id],
        "vehicle_type": types,
        "start_date": milliseconds(city.begin_of(permit.valid_from)),
        "end_date": milliseconds(city.begin_of(permit.valid_until + timedelta(days=1))),
        "required_data_specs": [
            {
                "data_spec_name": "MDS",
                "version": VERSION,
                "mode_id": mode,
                "required_apis": [{"api_name": "provider", "required_endpoints": endpoints}],
            },
            {
                "data_spec_name": "GBFS",
                "version": "3.0",
                "required_apis": [{"api_name": "gbfs", "required_endpoints": [{"endpoint_name": "gbfs.json"}]}],
            },
        ],
    }
