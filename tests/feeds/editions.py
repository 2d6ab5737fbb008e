"""Lakeport's feed without a database: an edition, its documents as a reader gets them, the feed read from them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.geometry import CityZones
from mobility.feeds.rules.checks.feed import Document, Feed
from mobility.feeds.rules.documents import FILES, FileKey, data_of, envelope, find_file
from mobility.feeds.rules.fleet import StandingVehicle, publish
from mobility.feeds.rules.system import Edition, Publication, System, Version
from tests.support.fleets import lakeport

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
PUBLICATION = Publication(
    base_url="http://mobility.test", default_city="lakeport", contact_email="feeds@example.org", license_id="CC0-1.0"
)
MOPED = StandingVehicle(str(UUID(int=7)), "breeze", "available", None, 175.00123456, -40.00987654, 80.0, 31_999, NOW)
CAR = StandingVehicle(str(UUID(int=3)), "pebble", "available", "wharf", 175.0, -40.0, 90.0, 180_000, NOW)


LAKEPORT = lakeport()


def system(city: CityFile = LAKEPORT, *, now: datetime = NOW) -> System:
    in_order = sorted(city.tariffs, key=lambda tariff: tariff.effective_from)
    begun = {tariff.vehicle_type: tariff for tariff in in_order if tariff.effective_from <= now.date()}
    return System(
        publication=replace(PUBLICATION, default_city=city.id),
        city=city,
        document_hash="of the file",
        plans=tuple((tariff, NOW) for tariff in begun.values()),
        loaded={city.id: NOW},
        today=now.date(),
        at=now,
    )


def edition(*rows: StandingVehicle, of: System | None = None) -> Edition:
    of = of or system()
    zones = CityZones([zone for zone in of.city.zones if of.is_in_force(zone)])
    return Edition(system=of, fleet=publish(rows or (MOPED, CAR), of.offered, zones, now=NOW), is_open=True, stamp=NOW)


def document(of: Edition, version: Version, name: str, language: str | None = None) -> Any:
    """The file as a reader decodes it."""
    key = FileKey(version, name, language)
    file = find_file(of.system, key)
    assert file is not None, key
    return json.loads(envelope(key, file.ttl_s, msgspec.json.encode(data_of(of, key, file)), NOW))


def feed(of: Edition, version: Version = "v3") -> Feed:
    """All files of the edition, as `read_feed` reads them."""
    root, languages = f"http://mobility.test/gbfs/{version}", of.system.city.languages
    documents = [
        Document(name, language, f"{root}/{language}/{name}.json", document(of, version, name, language))
        for name in FILES[version]
        for language in (languages if version == "v2" else [None])
        if find_file(of.system, FileKey(version, name, language))
    ]
    if version != "v2":
        documents = [replace(each, url=f"{root}/{each.name}.json") for each in documents]
    return Feed(f"{root}/gbfs.json", document(of, version, "gbfs"), tuple(documents))
