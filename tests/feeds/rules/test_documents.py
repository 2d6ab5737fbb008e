from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from mobility.city.service import read_city_file
from mobility.feeds.gbfs_validator import schema_findings
from mobility.feeds.rules.checks import findings
from mobility.feeds.rules.documents import V2, V3, FileKey, find_file
from mobility.feeds.rules.stays import Booked
from mobility.feeds.rules.system import VERSIONS, Version
from tests.feeds.editions import CAR, MOPED, NOW, document, edition, feed, system
from tests.support.fleets import lakeport
from tests.support.rides import BETHUNE


def data(name: str, version: Version = "v3", language: str | None = None) -> Any:
    return document(edition(), version, name, language)["data"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("city", [lakeport(), read_city_file(BETHUNE)], ids=lambda city: city.id)
def test_neither_the_validator_nor_our_own_checks_find_a_fault(version: Version, city: Any) -> None:
    several = replace(system(city), loaded={city.id: NOW, "elsewhere": NOW})
    for of in (system(city), several):
        published = feed(replace(edition(), system=of, fleet=edition(of=of).fleet), version)
        assert schema_findings(published) == []
        assert findings(published, NOW) == []


def test_every_file_of_a_version_is_listed_but_the_manifest() -> None:
    names = [each["name"] for each in data("gbfs")["feeds"]]
    assert names == [name for name in V3 if name != "manifest"]
    for language in ("en", "mi"):
        feeds = data("gbfs", "v2")[language]["feeds"]
        assert [each["name"] for each in feeds] == list(V2)
        assert feeds[0]["url"] == f"http://mobility.test/gbfs/v2/{language}/gbfs_versions.json"


def test_a_lone_city_has_no_manifest_and_one_without_communes_no_regions() -> None:
    bare = replace(system(), city=msgspec.structs.replace(lakeport(), communes=()))
    for name in ("manifest", "system_regions"):
        assert find_file(bare, FileKey("v3", name)) is None


def test_the_manifest_names_every_city_of_the_service() -> None:
    several = replace(system(), loaded={"lakeport": NOW, "elsewhere": NOW})
    told = document(replace(edition(), system=several), "v3", "manifest")["data"]["datasets"]
    assert [(each["system_id"], [v["url"] for v in each["versions"]]) for each in told] == [
        ("elsewhere", [f"http://mobility.test/gbfs/elsewhere/{v}/gbfs.json" for v in ("v2", "v3")]),
        ("lakeport", [f"http://mobility.test/gbfs/{v}/gbfs.json" for v in ("v2", "v3")]),
    ]
    information = document(replace(edition(), system=several), "v3", "system_information")["data"]
    assert information["manifest_url"] == "http://mobility.test/gbfs/v3/manifest.json"


def test_a_price_adds_up_to_what_the_tariff_says() -> None:
    plan = next(each for each in data("system_pricing_plans")["plans"] if each["plan_id"] == "pebble-hour-2025")
    assert (plan["price"], plan["currency"], plan["is_taxable"]) == (2.0, "NZD", False)
    assert plan["per_min_pricing"] == [{"start": 0, "rate": 12.0, "interval": 60}]


def test_totems_plan_falls_as_time_goes_on() -> None:
    totem = edition(of=system(read_city_file(BETHUNE)))
    plan = document(totem, "v3", "system_pricing_plans")["data"]["plans"][1]
    assert (plan["price"], plan["per_min_pricing"]) == (
        1.0,
        [
            {"start": 0, "end": 60, "rate": 1.0, "interval": 15},
            {"start": 60, "end": 180, "rate": 0.5, "interval": 15},
            {"start": 180, "rate": 0.25, "interval": 15},
        ],
    )


def test_a_type_names_its_price_and_who_may_drive_it() -> None:
    moped = data("vehicle_types")["vehicle_types"][0]
    assert (moped["form_factor"], moped["return_constraint"]) == ("moped", "free_floating")
    assert (moped["default_pricing_plan_id"], moped["default_reserve_time"]) == ("breeze-minute", 15)
    assert (moped["_licence_category"], moped["_minimum_age"]) == (["A1", "B"], 16)


def test_a_type_without_a_price_is_nowhere_in_the_feed() -> None:
    unpriced = replace(system(), plans=system().plans[:1])
    published = feed(edition(of=unpriced))
    assert "pebble" not in str([each.body for each in published.documents])
    assert schema_findings(published) == []


def test_free_vehicles_have_a_position_and_cars_their_station() -> None:
    car, moped = data("vehicle_status")["vehicles"]
    assert (car["station_id"], "lat" in car, car["current_range_meters"]) == ("wharf", False, 180_000)
    assert ("station_id" in moped, moped["lon"], moped["lat"]) == (False, 175.0012, -40.0099)


def test_nothing_in_a_vehicle_outlives_its_ride() -> None:
    allowed = {"vehicle_id", "vehicle_type_id", "station_id", "lat", "lon", "is_reserved", "is_disabled"}
    assert {key for each in data("vehicle_status")["vehicles"] for key in each} == {*allowed, "current_range_meters"}


def test_a_station_counts_what_can_be_rented_and_what_bays_are_free() -> None:
    held = msgspec.structs.replace(CAR, public_id="b", state="reserved")
    broken = msgspec.structs.replace(CAR, public_id="c", state="non_operational")
    statuses = document(edition(CAR, held, broken), "v3", "station_status")["data"]["stations"]
    wharf = next(each for each in statuses if each["station_id"] == "wharf")
    assert (wharf["num_vehicles_available"], wharf["num_vehicles_disabled"], wharf["num_docks_available"]) == (1, 1, 0)
    assert wharf["vehicle_types_available"] == [{"vehicle_type_id": "pebble", "count": 1}]


def test_a_closed_service_keeps_publishing_and_takes_vehicles_back() -> None:
    closed = document(replace(edition(), is_open=False), "v3", "station_status")["data"]["stations"][0]
    assert (closed["is_renting"], closed["is_returning"], closed["is_installed"]) == (False, True, True)


def test_a_station_lies_in_its_commune() -> None:
    by_id = {each["station_id"]: each for each in data("station_information")["stations"]}
    assert (by_id["wharf"]["region_id"], "region_id" in by_id["terminal"]) == ("01", False)
    assert data("system_regions")["regions"] == [
        {"region_id": "01", "name": [{"text": "Lakeport", "language": each} for each in ("en", "mi")]}
    ]


def test_a_public_holiday_with_other_hours_is_announced() -> None:
    soon = replace(system(), today=date(2026, 2, 6) - timedelta(days=14))
    (alert,) = document(edition(of=soon), "v3", "system_alerts")["data"]["alerts"]
    assert alert["summary"][0] == {"text": "Waitangi Day: 14:00-24:00", "language": "en"}
    assert alert["times"] == [{"start": "2026-02-06T00:00:00+13:00", "end": "2026-02-07T00:00:00+13:00"}]
    assert data("system_alerts") == {"alerts": []}


def test_the_older_version_speaks_one_language_a_file_and_posix_seconds() -> None:
    maori = document(edition(), "v2", "system_information", "mi")
    assert (maori["last_updated"], maori["version"]) == (int(NOW.timestamp()), "2.3")
    assert (maori["data"]["name"], maori["data"]["language"]) == ("Te Roto", "mi")
    assert maori["data"]["license_url"] == "https://spdx.org/licenses/CC0-1.0.html"


def test_the_older_version_has_bikes_and_capacities_by_type() -> None:
    moped = data("free_bike_status", "v2", "en")["bikes"][1]
    assert (moped["bike_id"], "vehicle_id" in moped) == (MOPED.public_id, False)
    market = data("station_information", "v2", "en")["stations"][1]
    assert market["vehicle_capacity"] == {"pebble": 2, "breeze": 2}
    assert data("station_status", "v2", "en")["stations"][0]["num_bikes_available"] == 1


def test_the_older_version_tells_the_hours_of_ordinary_weeks() -> None:
    *_, evening = data("system_hours", "v2", "en")["rental_hours"]
    assert (evening["days"], evening["start_time"], evening["end_time"]) == (["sat", "sun"], "14:00:00", "23:59:59")


@pytest.mark.parametrize(
    "key",
    [
        FileKey("v3", "gbfs", "en"),
        FileKey("v3", "vehicle_status", "en"),
        FileKey("v3", "free_bike_status"),
        FileKey("v2", "vehicle_status", "en"),
        FileKey("v2", "free_bike_status"),
        FileKey("v2", "free_bike_status", "fr"),
        FileKey("v2", "gbfs", "fr"),
    ],
)
def test_what_a_version_does_not_have_is_not_found(key: FileKey) -> None:
    assert find_file(system(), key) is None


def capping(**caps: int) -> Any:
    """What is told of a tariff with these caps and no other."""
    (tariff, since), *_ = system().plans
    none = dict.fromkeys(("hour_cap_cents", "day_cap_cents", "week_cap_cents"))
    capped = replace(system(), plans=((msgspec.structs.replace(tariff, **(none | caps)), since),))
    (plan,) = document(edition(of=capped), "v3.1-rc", "system_pricing_plans")["data"]["plans"]
    return plan.get("fare_capping")


def test_the_coming_version_tells_caps_ages_and_when_cars_can_be_booked() -> None:
    assert {each["min_age"] for each in data("vehicle_types", "v3.1-rc")["vehicle_types"]} == {16, 21}
    assert capping(hour_cap_cents=300, day_cap_cents=1_000) == {"duration": 1_440, "price": 10.0}
    assert capping(hour_cap_cents=300) == {"duration": 60, "price": 3.0}
    assert capping() is None
    evening = Booked(NOW + timedelta(hours=9), NOW + timedelta(hours=11, minutes=20), back=True)
    booked = msgspec.structs.replace(CAR, booked=(evening,))
    (car,) = document(edition(MOPED, booked), "v3.1-rc", "vehicle_availability")["data"]["vehicles"]
    assert (car["vehicle_id"], car["station_id"]) == (CAR.public_id, "wharf")
    assert [slot["from"] for slot in car["availabilities"]] == ["2026-06-15T08:00:00Z", "2026-06-15T20:00:00Z"]
    assert [slot["until"] for slot in car["availabilities"]] == ["2026-06-15T16:00:00Z", "2026-06-16T08:00:00Z"]


def test_a_car_that_is_held_or_broken_is_not_offered_for_later() -> None:
    for state in ("reserved", "non_operational"):
        kept = msgspec.structs.replace(CAR, state=state)
        assert document(edition(kept), "v3.1-rc", "vehicle_availability")["data"] == {"vehicles": []}


def test_each_version_names_only_the_versions_that_its_readers_know() -> None:
    told = {version: data("gbfs_versions", version)["versions"] for version in ("v3", "v3.1-rc")}
    assert [each["version"] for each in told["v3"]] == ["2.3", "3.0"]
    assert [each["version"] for each in told["v3.1-rc"]] == ["2.3", "3.0", "3.1-RC3"]
