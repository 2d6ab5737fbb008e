"""A city file is refused whole, with every error by path."""

import json
import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mobility.city.rules import city_file, demand, night, tariffs
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.faults import CityFileRefused
from mobility.city.rules.parse import parse_city_file
from mobility.city.rules.words import Record
from mobility.city.service import read_city_file

ROOT = Path(__file__).parents[2]
Raw = dict[str, Any]
Spoil = Callable[[Raw], object]

BOW_TIE = [[[175.0, -40.0], [175.1, -39.9], [175.0, -39.9], [175.1, -40.0], [175.0, -40.0]]]
SPIKE = [[[175.0, -40.0], [175.1, -40.0], [175.1, -40.0], [175.0, -40.0]]]


def faults_of(raw: Raw, city_map: Raw) -> set[tuple[str, str]]:
    with pytest.raises(CityFileRefused) as refusal:
        parse_city_file(raw, city_map)
    return {(fault.path, fault.code) for fault in refusal.value.faults}


def put(path: str, value: object) -> Spoil:
    """Writes `value` at a path such as `stations[0].bays`."""
    steps = [int(index) if index else key for key, index in re.findall(r"([a-z_]+)|\[(\d+)\]", path)]

    def spoil(raw: Raw) -> None:
        target: Any = raw
        for step in steps[:-1]:
            target = target[step]
        target[steps[-1]] = value

    return spoil


def at(path: str, value: object, code: str, *, map_path: bool = False) -> tuple[Spoil, str, str]:
    """A value that is refused where it stands, in the city file or in its map."""
    return put(path, value), f"map.{path}" if map_path else path, code


def repeat(section: str, at: int, **changed: object) -> Spoil:
    return lambda raw: raw[section].append(raw[section][at] | changed)


def seat(**numbers: str) -> Spoil:
    """An operator in France with these numbers."""
    given = {"legal_name": "Régie", "address": ["1 place"], "country": "FR"} | numbers
    return lambda raw: raw.update(operator=given)


def alert(kind: str, **asked: object) -> Spoil:
    return lambda raw: raw.setdefault("alerts", []).append({"kind": kind} | asked)


def both(first: Spoil, second: Spoil) -> Spoil:
    return lambda raw: (first(raw), second(raw))


CAPPED = ("tariffs[2].day_cap_cents",)
NIGHT = {"days": ["Mo"], "begins": "22:00", "ends": "24:00", "percent": 90}
FEE = {"name": {"en": "Ended on the pier", "mi": "I mutu ki te wāpu"}, "cents": 150, "zones": ["pier"]}
PACKAGE = {"name": {"en": "Two hours", "mi": "E rua hāora"}, "price_cents": 2_500, "minutes": 120}

SPOILT_FILES: list[tuple[Spoil, str, str]] = [
    at("colour", "blue", "unknown_key"),
    at("stations[0].colour", "blue", "unknown_key"),
    at("stations[0].position.height", 3, "unknown_key"),
    (lambda raw: raw.pop("currency"), "currency", "missing_key"),
    (lambda raw: raw["stations"][1].pop("bays"), "stations[1].bays", "missing_key"),
    at("stations[0].bays", -1, "wrong_value"),
    at("stations[0].bays", "three", "wrong_value"),
    at("stations", {"wharf": 3}, "wrong_value"),
    at("tariffs[0].price_cents", -1, "wrong_value"),
    at("tariffs[1].per_min_pricing[0].rate_cents", -1, "wrong_value"),
    at("vat[0].rate_percent", -1, "wrong_value"),
    at("vat[0].rate_percent", "NaN", "wrong_value"),
    at("maintenance[0].every_km", 0, "wrong_value"),
    at("maintenance[0].vehicle_types", ["tram"], "unknown_vehicle_type"),
    (lambda raw: raw["maintenance"][1].pop("every_months"), "maintenance[1]", "missing_key"),
    (lambda raw: raw["maintenance"][0]["name"].pop("mi"), "maintenance[0].name.mi", "missing_language"),
    (repeat("maintenance", 0), "maintenance[2].code", "duplicate_code"),
    at("operator.legal_name", "", "wrong_value"),
    at("operator.address", [], "wrong_value"),
    at("operator.country", "New Zealand", "wrong_value"),
    (seat(vat_number="FR11123456782"), "operator.siret", "missing_key"),
    (seat(siret="12345678200010"), "operator.vat_number", "missing_key"),
    (seat(siret="12345678200011", vat_number="FR11123456782"), "operator.siret", "wrong_siret"),
    (seat(siret="12345678200010", vat_number="FR12123456782"), "operator.vat_number", "wrong_vat_number"),
    (seat(siret="12345678200010", vat_number="DE136695976"), "operator.vat_number", "wrong_vat_number"),
    (seat(siret="73282932000074", vat_number="FR11123456782"), "operator.vat_number", "other_company"),
    at("currency", "nzd", "wrong_value"),
    at("id", "Lake Port", "wrong_value"),
    at("opening_hours[0].opens", "6 am", "wrong_value"),
    (put("opening_hours[0].days", ["Mo", "Xx"]), "opening_hours[0].days[1]", "wrong_value"),
    at("vehicle_types[0].eligibility", [], "wrong_value"),
    at("vehicle_types[0].eligibility[0].licences_any_of[0]", "Z", "wrong_value"),
    at("zones[1].max_speed_kmh", None, "wrong_value"),
    at("zones[8].max_speed_kmh", 30, "wrong_value"),
    (put("zones[8].code", "harbour"), "zones[8].geometry", "missing_key"),
    at("time_zone", "Pacific/Atlantis", "unknown_time_zone"),
    at("time_zone", "../etc", "unknown_time_zone"),
    at("centre", {"lon": -40.0, "lat": 175.0}, "position_out_of_range"),
    at("stations[0].position", {"lon": 181, "lat": 0}, "position_out_of_range"),
    at("centre", {"lon": 170.0, "lat": -40.0}, "outside_service_zone"),
    (put("stations[0].position.lat", -41.0), "stations[0].position", "outside_service_zone"),
    (put("stations[2].vehicle_types", ["breeze"]), "stations[2].position", "outside_service_zone"),
    at("stations[1].chargers", 3, "too_many_chargers"),
    (repeat("stations", 0), "stations[3].code", "duplicate_code"),
    (repeat("zones", 0), "zones[10].code", "duplicate_code"),
    (repeat("tariffs", 0, effective_from=date(2030, 1, 1)), "tariffs[3].code", "duplicate_code"),
    (repeat("vehicle_types", 0), "vehicle_types[2].code", "duplicate_code"),
    (repeat("sources", 0), "sources[1].code", "duplicate_code"),
    at("stations[1].vehicle_types", ["pebble", "hovercraft"], "unknown_vehicle_type"),
    at("zones[1].vehicle_types", ["hovercraft"], "unknown_vehicle_type"),
    at("tariffs[1].vehicle_type", "hovercraft", "unknown_vehicle_type"),
    at("fleet[0].vehicle_type", "hovercraft", "unknown_vehicle_type"),
    at("fleet[0].station", "moon", "unknown_station"),
    at("stations[0].source", "rumour", "unknown_source"),
    at("zones[0].source", "rumour", "unknown_source"),
    (put("stations[0].vehicle_types", ["breeze"]), "fleet[1].station", "class_not_accepted"),
    at("fleet[1].count", 4, "too_many_vehicles"),
    at("tariffs[0].currency", "EUR", "currency_differs"),
    (lambda raw: raw["tariffs"].pop(0), "vehicle_types[0]", "no_tariff"),
    (put("zones[8].vehicle_types", ["pebble"]), "vehicle_types[0]", "no_service_zone"),
    (put("stations", []), "vehicle_types[1]", "no_station"),
    at("tariffs[2].effective_from", date(2025, 1, 1), "duplicate_date"),
    (repeat("passes", 0), "passes[2].code", "duplicate_code"),
    at("passes[0].vehicle_types", ["tricycle"], "unknown_vehicle_type"),
    (both(put("passes[1].free_starts", False), put("passes[1].percent_off", 0)), "passes[1]", "empty_pass"),
    at("reduced_fares[0].vehicle_types", ["tricycle"], "unknown_vehicle_type"),
    at("charging_rewards[0].vehicle_type", "tricycle", "unknown_vehicle_type"),
    (repeat("charging_rewards", 0), "charging_rewards[1].vehicle_type", "duplicate_code"),
    (repeat("vat", 0), "vat[2].effective_from", "duplicate_date"),
    (repeat("public_holidays", 0), "public_holidays[1].date", "duplicate_date"),
    (put("opening_hours[2].opens", "11:59"), "opening_hours[2]", "overlapping_hours"),
    (put("zones[2].hours[1].begins", "08:59"), "zones[2].hours[1]", "overlapping_hours"),
    (put("zones[2].hours[1].ends", "15:00"), "zones[2].hours[1]", "hours_reversed"),
    (put("zones[2].hours[0].days", []), "zones[2].hours[0].days", "wrong_value"),
    (put("zones[4].kind", "no_fun"), "zones[4].kind", "wrong_value"),
    (lambda raw: raw["zones"].append(raw["zones"].pop(0)), "zones[9]", "zone_never_wins"),
    (put("opening_hours[0].closes", "06:00"), "opening_hours[0]", "hours_reversed"),
    at("tariffs[2].per_min_pricing[1].start", 60, "overlapping_segments"),
    (put("tariffs[2].per_min_pricing[0].end", None), "tariffs[2].per_min_pricing[1].start", "overlapping_segments"),
    (put("tariffs[2].per_min_pricing[0].start", 120), "tariffs[2].per_min_pricing[0].end", "segment_reversed"),
    at("tariffs[2].per_min_pricing[0].interval", 50, "interval_does_not_fit"),
    at("tariffs[2].hour_cap_cents", 199, "cap_below_price"),
    (both(put("tariffs[2].minimum_cents", 600), put("tariffs[2].day_cap_cents", 599)), *CAPPED, "cap_below_price"),
    (both(put("tariffs[2].hour_cap_cents", 600), put("tariffs[2].day_cap_cents", 600)), *CAPPED, "cap_never_holds"),
    (both(put("tariffs[2].hour_cap_cents", 600), put("tariffs[2].day_cap_cents", 14_400)), *CAPPED, "cap_never_holds"),
    at("tariffs[1].week_cap_cents", 63_000, "cap_never_holds"),
    at("tariffs[2].pause_rate_cents", 22, "pause_dearer_than_riding"),
    (
        put("tariffs[0].time_factors", [NIGHT | {"percent": 101}]),
        "tariffs[0].time_factors[0].percent",
        "factor_over_cap",
    ),
    (put("tariffs[0].time_factors", [NIGHT, NIGHT]), "tariffs[0].time_factors[1]", "overlapping_hours"),
    (put("tariffs[0].time_factors", [NIGHT | {"ends": "21:00"}]), "tariffs[0].time_factors[0]", "hours_reversed"),
    (put("tariffs[0].time_factors", [NIGHT | {"percent": -1}]), "tariffs[0].time_factors[0].percent", "wrong_value"),
    (put("tariffs[0].end_fees", [FEE | {"zones": []}]), "tariffs[0].end_fees[0]", "no_place"),
    (put("tariffs[0].end_fees", [FEE | {"cents": 0}]), "tariffs[0].end_fees[0].cents", "wrong_value"),
    (put("tariffs[0].end_fees", [FEE | {"zones": ["moon"]}]), "tariffs[0].end_fees[0].zones", "unknown_zone"),
    (put("tariffs[0].end_fees", [FEE | {"stations": ["moon"]}]), "tariffs[0].end_fees[0].stations", "unknown_station"),
    (
        put("tariffs[0].end_fees", [FEE | {"name": {"en": "Pier"}}]),
        "tariffs[0].end_fees[0].name.mi",
        "missing_language",
    ),
    (put("tariffs[0].packages", [PACKAGE, PACKAGE]), "tariffs[0].packages[1]", "package_never_wins"),
    (put("tariffs[0].packages", [PACKAGE, PACKAGE | {"minutes": 90}]), "tariffs[0].packages[1]", "package_never_wins"),
    (lambda raw: raw["stations"][0]["name"].pop("mi"), "stations[0].name.mi", "missing_language"),
    at("tariffs[0].description.mi", " ", "missing_language"),
    at("name.fr", "Port-du-Lac", "unknown_language"),
    (lambda raw: raw.pop("format"), "format", "unsupported_format"),
    at("format", 2, "unsupported_format"),
    (alert("low_charge", vehicle_types=["hovercraft"]), "alerts[0].vehicle_types", "unknown_vehicle_type"),
    (alert("boredom"), "alerts[0].kind", "wrong_value"),
    (alert("low_charge", raise_at=10, clear_at=10), "alerts[0].clear_at", "thresholds_reversed"),
    (alert("silent", raise_at=10, clear_at=11), "alerts[0].clear_at", "thresholds_reversed"),
    (alert("low_charge", raise_at=10), "alerts[0].clear_at", "missing_key"),
    (alert("silent", clear_at=10), "alerts[0].raise_at", "missing_key"),
    (alert("low_charge", raise_at=10, clear_at=101), "alerts[0].clear_at", "wrong_value"),
    (alert("left_zone", raise_at=float("nan"), clear_at=1), "alerts[0].raise_at", "wrong_value"),
    (alert("left_zone", raise_at=-1, clear_at=-2), "alerts[0].raise_at", "wrong_value"),
    (alert("tipped", raise_at=1), "alerts[0].raise_at", "no_threshold"),
    (alert("parked_elsewhere", raise_at=100, clear_at=10), "alerts[0].clear_at", "no_threshold"),
    (alert("unlock_failed", raise_after_s=60), "alerts[0].raise_after_s", "no_delay"),
    (alert("parked_elsewhere", raise_after_s=60), "alerts[0].raise_after_s", "no_delay"),
    (alert("crash", clear_after_s=-1), "alerts[0].clear_after_s", "wrong_value"),
    (alert("tipped", takes_out="comms_lost"), "alerts[0].takes_out", "wrong_state"),
    (alert("silent", takes_out="not_located"), "alerts[0].takes_out", "wrong_state"),
    (alert("silent", vehicle_types=["pebble"], takes_out="not_located"), "alerts[0].takes_out", "wrong_state"),
    (alert("silent", takes_out="trip_end"), "alerts[0].takes_out", "wrong_value"),
    (alert("silent", task="dance"), "alerts[0].task", "wrong_value"),
    (alert("outage", vehicle_types=["breeze"]), "alerts[0].vehicle_types", "of_the_city"),
    (alert("outage", takes_out="comms_lost"), "alerts[0].takes_out", "of_the_city"),
    (alert("outage", task="find"), "alerts[0].task", "of_the_city"),
    (alert("outage", task_due_min=60), "alerts[0].task_due_min", "of_the_city"),
    (both(alert("crash"), alert("crash", enabled=False)), "alerts[1]", "duplicate_rule"),
    (
        both(alert("crash", vehicle_types=["pebble"]), alert("crash", vehicle_types=["breeze", "pebble"])),
        "alerts[1]",
        "duplicate_rule",
    ),
    at("night.crew_cents_per_minute", 0, "wrong_value"),
    (put("night.crews[0].skills", ["sing"]), "night.crews[0].skills[0]", "wrong_value"),
    at("night.depots", [], "wrong_value"),
    at("night.vans[0].depot", "moon", "unknown_depot"),
    at("night.crews[0].van", "tank", "unknown_van"),
    at("night.quiet_hours[0].stations", ["moon"], "unknown_station"),
    at("night.sites[0].station", "moon", "unknown_station"),
    (lambda raw: raw["night"]["sites"].append({"station": "terminal"}), "night.sites[1].station", "duplicate_code"),
    (lambda raw: raw["night"]["crews"].append(raw["night"]["crews"][1]), "night.crews[2].code", "duplicate_code"),
    (
        lambda raw: raw["night"]["crews"].append(raw["night"]["crews"][0] | {"code": "late"}),
        "night.crews[2].van",
        "van_taken",
    ),
    (lambda raw: raw["night"]["depots"][0]["name"].pop("mi"), "night.depots[0].name.mi", "missing_language"),
    (put("night.crews[0].ends", "06:00"), "night.crews[0]", "shift_outside_night"),
    (put("night.crews[0].begins", "20:00"), "night.crews[0]", "shift_outside_night"),
    at("night.crews[0].break_minutes", 240, "break_too_long"),
    (put("night.energy[0].ends", "22:00"), "night.energy", "no_price"),
    (put("night.energy[0].ends", "23:30"), "night.energy", "overlapping_hours"),
    at("demand.rides[0].source", "rumour", "unknown_source"),
    at("demand.rides[0].vehicle_type", "hovercraft", "unknown_vehicle_type"),
    at("demand.rides[0].rides_per_vehicle_and_day", -1, "wrong_value"),
    at("demand.rides[0].weekday_shares", [0] * 7, "nothing_shared"),
    (put("demand.rides[0].weekday_shares", [1] * 6), "demand.rides[0].weekday_shares", "wrong_value"),
    (put("demand.rides[1].vehicle_type", "breeze"), "demand.rides", "said_twice"),
    at("permit.rules[1].zones", ["moon"], "unknown_zone"),
    (put("permit.rules[1].minimum", 1), "permit.rules[1]", "unexpected_key"),
    at("permit.rules[0].minimum", 9, "above_maximum"),
    at("permit.rules[2].maximum", 0, "missing_key"),
    at("permit.valid_until", date(2020, 1, 1), "ends_before_it_begins"),
    (lambda raw: raw["permit"]["providers"].pop("car-share"), "permit.rules[5].mode", "unknown_provider"),
    at("demand.hours[1].source", "rumour", "unknown_source"),
    at("demand.hours[1].hour_shares", [0] * 24, "nothing_shared"),
    (put("demand.hours[1].days", ["Sa"]), "demand.hours", "not_said"),
    at("demand.attraction", {"square": 0}, "nothing_shared"),
    (put("demand.attraction", {"moon": 1}), "demand.attraction", "wrong_value"),
    (put("demand.school_holidays[0].ends", "2026-07-03"), "demand.school_holidays[0]", "holidays_reversed"),
    (
        lambda raw: raw["demand"]["school_holidays"][0]["name"].pop("mi"),
        "demand.school_holidays[0].name.mi",
        "missing_language",
    ),
]

SPOILT_MAPS: list[tuple[Spoil, str, str]] = [
    (put("features", None), "map", "wrong_value"),
    (put("features[0].properties.kind", "cloud"), "map.features[0]", "unknown_feature"),
    (put("features[0].geometry", None), "map.features[0]", "unknown_feature"),
    (put("features[0].properties.code", "jetty"), "zones[0].geometry", "missing_key"),
    at("features[0].properties.code", "jetty", "unknown_zone", map_path=True),
    at("features[1].properties.code", "pier", "duplicate_code", map_path=True),
    at("features[0].properties.code", [], "unknown_zone", map_path=True),
    (put("features[2].geometry.coordinates", BOW_TIE), "zones[8].geometry", "crosses_itself"),
    (put("features[4].geometry.coordinates", BOW_TIE), "communes[0].geometry", "crosses_itself"),
    (put("features[2].geometry.coordinates", SPIKE), "zones[8].geometry", "broken_outline"),
    (put("features[2].geometry.coordinates", [[[175.0, -40.0]]]), "zones[8].geometry", "broken_ring"),
    (put("features[2].geometry.coordinates", []), "zones[8].geometry", "broken_ring"),
    (put("features[2].geometry.coordinates[0][1]", [300, 0]), "zones[8].geometry", "position_out_of_range"),
    (put("features[2].geometry.coordinates[0][1]", [1, 2, 3]), "zones[8].geometry.coordinates[0][1]", "wrong_value"),
    (put("features[2].geometry.type", "Circle"), "zones[8].geometry.type", "wrong_value"),
    (put("features[4].properties.population", -1), "communes[0].population", "wrong_value"),
    (put("features[5].geometry", {"type": "LineString", "coordinates": []}), "places[0].position.lon", "missing_key"),
    (put("features[5].properties.source", "rumour"), "places[0].source", "unknown_source"),
]


def test_the_fictional_city_is_accepted(lakeport: CityFile) -> None:
    assert (lakeport.id, lakeport.currency, len(lakeport.stations), len(lakeport.zones)) == ("lakeport", "NZD", 3, 10)


def test_the_city_of_the_demo_is_accepted_with_its_people_vehicles_and_stations() -> None:
    city = read_city_file(ROOT / "cities/bethune/city.toml")
    vehicles = {each.code: 0 for each in city.vehicle_types}
    for deployment in city.fleet:
        vehicles[deployment.vehicle_type] += deployment.count
    assert sorted(vehicles.values()) == [20, 60]
    assert len(city.stations) == 25
    assert sum(commune.population for commune in city.communes) == 276_895


@pytest.mark.parametrize(("spoil", "path", "code"), SPOILT_FILES)
def test_a_spoilt_file_is_refused_by_path_and_code(raw: Raw, city_map: Raw, spoil: Spoil, path: str, code: str) -> None:
    spoil(raw)
    assert (path, code) in faults_of(raw, city_map)


@pytest.mark.parametrize(("spoil", "path", "code"), SPOILT_MAPS)
def test_a_spoilt_map_is_refused_by_path_and_code(raw: Raw, city_map: Raw, spoil: Spoil, path: str, code: str) -> None:
    spoil(city_map)
    assert (path, code) in faults_of(raw, city_map)


@pytest.mark.parametrize(
    ("spoil_file", "spoil_map", "path"),
    [
        (put("centre", {"lon": 50.53, "lat": 2.64}), None, "centre"),
        (put("stations[3].position", {"lon": 50.53, "lat": 2.64}), None, "stations[3].position"),
        (None, lambda city_map: exchange(city_map["features"][0]["geometry"]), "zones[0].geometry"),
        (None, lambda city_map: exchange(city_map["features"][52]["geometry"]), "communes[44].geometry"),
        (None, lambda city_map: city_map["features"][-1]["geometry"]["coordinates"].reverse(), "places[121].position"),
    ],
)
def test_exchanged_coordinates_are_named(spoil_file: Spoil | None, spoil_map: Spoil | None, path: str) -> None:
    """In the demo's city, where the exchanged ones are still a place on the globe."""
    raw, city_map = read_plain(ROOT / "cities/bethune")
    raw["zones"].sort(key=lambda zone: zone["code"] != city_map["features"][0]["properties"]["code"])
    for spoil, spoilt in ((spoil_file, raw), (spoil_map, city_map)):
        if spoil:
            spoil(spoilt)
    swapped = [at for at, code in faults_of(raw, city_map) if code == "position_swapped"]
    assert swapped == [path]


def exchange(geometry: Raw) -> None:
    geometry["coordinates"] = [[[lat, lon] for lon, lat in ring] for ring in geometry["coordinates"]]


def read_plain(folder: Path) -> tuple[Raw, Raw]:
    raw = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
    return raw, json.loads((folder / "map.geojson").read_text(encoding="utf-8"))


def test_every_error_of_a_file_is_listed_at_once(raw: Raw, city_map: Raw) -> None:
    put("stations[0].bays", -1)(raw)
    put("stations[1].colour", "blue")(raw)
    put("zones[1].vehicle_types", ["hovercraft"])(raw)
    put("opening_hours[2].opens", "11:00")(raw)
    put("tariffs[0].currency", "EUR")(raw)
    put("features[2].geometry.coordinates", BOW_TIE)(city_map)
    assert faults_of(raw, city_map) == {
        ("opening_hours[2]", "overlapping_hours"),
        ("stations[0].bays", "wrong_value"),
        ("stations[1].colour", "unknown_key"),
        ("tariffs[0].currency", "currency_differs"),
        ("zones[1].vehicle_types", "unknown_vehicle_type"),
        ("zones[8].geometry", "crosses_itself"),
    }


def test_a_crossing_says_where_it_is(raw: Raw, city_map: Raw) -> None:
    put("features[2].geometry.coordinates", BOW_TIE)(city_map)
    with pytest.raises(CityFileRefused) as refusal:
        parse_city_file(raw, city_map)
    assert str(refusal.value.faults[-1]) == "zones[8].geometry: crosses itself near 175.05, -39.95"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CityFileRefused) as refusal:
        read_city_file(tmp_path / "city.toml")
    assert refusal.value.faults[0].code == "file_missing"


def test_a_mistake_of_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text("format = 1\nname = \n", encoding="utf-8")
    with pytest.raises(CityFileRefused, match="1 error") as refusal:
        read_city_file(file)
    assert refusal.value.faults[0].code == "syntax"
    assert "line 2" in refusal.value.faults[0].message


@pytest.mark.parametrize(
    ("map_key", "map_text", "code"),
    [
        ("", None, "missing_key"),
        ('map = "map.geojson"', None, "file_missing"),
        ('map = "map.geojson"', "{", "syntax"),
        ('map = "map.geojson"', "[]", "wrong_value"),
    ],
)
def test_a_map_that_cannot_be_read_is_refused(tmp_path: Path, map_key: str, map_text: str | None, code: str) -> None:
    (tmp_path / "city.toml").write_text(f"format = 1\n{map_key}\n", encoding="utf-8")
    if map_text is not None:
        (tmp_path / "map.geojson").write_text(map_text, encoding="utf-8")
    with pytest.raises(CityFileRefused) as refusal:
        read_city_file(tmp_path / "city.toml")
    assert {fault.path: fault.code for fault in refusal.value.faults}["map"] == code


def test_a_city_comes_back_from_its_stored_document_unchanged(lakeport: CityFile) -> None:
    stored = json.loads(json.dumps(msgspec.to_builtins(lakeport)))
    assert msgspec.convert(stored, CityFile) == lakeport


# Entry points may name the city they open with when nothing else is said: a default is configuration.
DEFAULTS = {Path("settings.py"), Path("cli/demo.py")}


def test_the_code_knows_no_city_and_no_brand() -> None:
    local = re.compile(r"thune|totem|atlas|lakeport|2\.638", re.IGNORECASE)
    files = {path.relative_to(ROOT / "mobility"): path for path in (ROOT / "mobility").rglob("*.py")}
    naming = {name for name, path in files.items() if local.search(path.read_text(encoding="utf-8"))}
    assert naming - DEFAULTS == set()


def test_the_document_of_the_format_names_every_key() -> None:
    document = (ROOT / "docs/city-file.md").read_text(encoding="utf-8")
    named = (vars(city_file) | vars(tariffs) | vars(night) | vars(demand)).values()
    records = [each for each in named if isinstance(each, type) and issubclass(each, Record)]
    keys = {field.encode_name for record in records for field in msgspec.structs.fields(record)}
    assert {key for key in keys if f"`{key}`" not in document} == set()


def test_the_document_of_the_format_names_every_refusal() -> None:
    document = (ROOT / "docs/city-file.md").read_text(encoding="utf-8")
    codes = {code for _, _, code in SPOILT_FILES + SPOILT_MAPS} | {"position_swapped", "syntax", "file_missing"}
    named = set(re.findall(r"`(\w+)`", document.split("## Refusals")[1]))
    assert codes == named
