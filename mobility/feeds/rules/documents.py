"""The files of a city by version and name: which there are, what is in each, how often to ask for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from mobility.city.rules.in_force import in_force
from mobility.feeds.rules import v2, v3, v3_1
from mobility.feeds.rules.notices import last_change
from mobility.feeds.rules.system import VERSIONS, Edition, System, Version

Data = dict[str, Any]


class FileKey(NamedTuple):
    """Which file; `language` is None from version 3 on and for what 2.3 has once for all languages."""

    version: Version
    name: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A kind of file; `ttl_s` is how long a reader may do with the copy it has."""

    ttl_s: int
    data: Callable[..., Data]
    is_status: bool = False


V3: Mapping[str, File] = {
    "manifest": File(3_600, v3.manifest),
    "gbfs_versions": File(3_600, v3.gbfs_versions),
    "system_information": File(3_600, v3.system_information),
    "vehicle_types": File(3_600, v3.vehicle_types),
    "station_information": File(600, v3.station_information),
    "station_status": File(0, v3.station_status, is_status=True),
    "vehicle_status": File(0, v3.vehicle_status, is_status=True),
    "system_regions": File(86_400, v3.system_regions),
    "system_pricing_plans": File(3_600, v3.system_pricing_plans),
    "system_alerts": File(60, v3.system_alerts),
    "geofencing_zones": File(600, v3.geofencing_zones),
}
ALL_VERSIONS = tuple(VERSIONS)
V3_1: Mapping[str, File] = {
    **V3,
    "manifest": File(3_600, partial(v3.manifest, known=ALL_VERSIONS)),
    "gbfs_versions": File(3_600, partial(v3.gbfs_versions, known=ALL_VERSIONS)),
    "system_information": File(3_600, partial(v3.system_information, version="v3.1-rc")),
    "vehicle_types": File(3_600, v3_1.vehicle_types),
    "system_pricing_plans": File(3_600, v3_1.system_pricing_plans),
    "vehicle_availability": File(0, v3_1.vehicle_availability, is_status=True),
}
V2: Mapping[str, File] = {
    "gbfs_versions": File(3_600, v2.unchanged(v3.gbfs_versions)),
    "system_information": File(3_600, v2.system_information),
    "system_hours": File(3_600, v2.system_hours),
    "vehicle_types": File(3_600, v2.unchanged(v3.vehicle_types)),
    "station_information": File(600, v2.station_information),
    "station_status": File(0, v2.station_status, is_status=True),
    "free_bike_status": File(0, v2.free_bike_status, is_status=True),
    "system_regions": File(86_400, v2.unchanged(v3.system_regions)),
    "system_pricing_plans": File(3_600, v2.unchanged(v3.system_pricing_plans)),
    "system_alerts": File(60, v2.unchanged(v3.system_alerts)),
    "geofencing_zones": File(600, v2.geofencing_zones),
}
FILES: Mapping[Version, Mapping[str, File]] = {"v2": V2, "v3": V3, "v3.1-rc": V3_1}
GBFS_TTL_S = 60


def find_file(system: System, key: FileKey) -> File | None:
    """What the key names, if the city has it."""
    languages = system.city.languages if key.version == "v2" else (None,)
    if key.name == "gbfs" and key.language in (None, *languages):
        return File(GBFS_TTL_S, partial(_gbfs, version=key.version))
    if key.name not in _names(system, key.version) or key.language not in languages:
        return None
    return FILES[key.version][key.name]


def data_of(edition: Edition, key: FileKey, file: File) -> Data:
    source = edition if file.is_status else edition.system
    return file.data(source, key.language) if key.version == "v2" else file.data(source)


def envelope(key: FileKey, ttl_s: int, data: bytes, last_updated: datetime) -> bytes:
    """The document around its encoded member `data`."""
    is_new = key.version != "v2"
    return msgspec.json.encode(
        {
            "last_updated": last_updated if is_new else int(last_updated.timestamp()),
            "ttl": ttl_s,
            "version": VERSIONS[key.version],
            "data": msgspec.Raw(data),
        }
    )


def last_changed(system: System, name: str) -> datetime:
    """Since when a slow file has at the latest been what it is."""
    loaded = max(system.loaded.values())
    if name == "system_alerts":
        noticed = last_change(system.notices, system.at)
        return max(loaded, datetime.combine(system.today, time(), ZoneInfo(system.city.time_zone)), noticed or loaded)
    if name in ("vehicle_types", "system_pricing_plans", "station_information", "geofencing_zones"):
        changed = [loaded, *(since for _, since in system.plans), *_eligible_since(system)]
        if name == "geofencing_zones" and system.zones_span.since is not None:
            changed.append(system.zones_span.since)
        return max(changed)
    return loaded


def _eligible_since(system: System) -> list[datetime]:
    zone = ZoneInfo(system.city.time_zone)
    rules = [in_force(type_.eligibility, system.today) for type_ in system.offered.values()]
    return [datetime.combine(rule.effective_from, time(), zone) for rule in rules]


def _names(system: System, version: Version) -> list[str]:
    """The files that apply to the city."""
    absent = set() if system.city.communes else {"system_regions"}
    if len(system.loaded) < 2:
        absent.add("manifest")
    return [name for name in FILES[version] if name not in absent]


def _gbfs(system: System, _: str | None = None, *, version: Version) -> Data:
    folder = system.publication.folder(system.city.id, version)
    # The manifest is found by system_information: it lists systems, not this system's files.
    names = [name for name in _names(system, version) if name != "manifest"]
    if version == "v2":
        return {language: _feeds(f"{folder}/{language}", names) for language in system.city.languages}
    return _feeds(folder, names)


def _feeds(folder: str, names: list[str]) -> Data:
    return {"feeds": [{"name": name, "url": f"{folder}/{name}.json"} for name in names]}
