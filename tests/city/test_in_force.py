from datetime import date
from decimal import Decimal

import pytest
from msgspec import structs

from mobility.city.rules.city_file import CityFile, LicenceInclusions
from mobility.city.rules.eligibility import requirement_on, spelled_out
from mobility.city.rules.in_force import NotInForce, in_force, vat_in_force
from mobility.city.rules.tariffs import Tariff
from mobility.riders.rules.licences import LicenceCategory


def of_pebble(city: CityFile) -> list[Tariff]:
    return [tariff for tariff in city.tariffs if tariff.vehicle_type == "pebble"]


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2025, 1, 1), "pebble-hour-2025"),
        (date(2026, 6, 30), "pebble-hour-2025"),
        (date(2026, 7, 1), "pebble-hour-2026"),
        (date(2036, 7, 1), "pebble-hour-2026"),
    ],
)
def test_the_latest_tariff_that_has_begun_holds(lakeport: CityFile, on: date, code: str) -> None:
    assert in_force(of_pebble(lakeport), on).code == code


def test_before_the_first_tariff_there_is_no_price(lakeport: CityFile) -> None:
    with pytest.raises(NotInForce) as refusal:
        in_force(of_pebble(lakeport), date(2024, 12, 31))
    assert refusal.value.code == "not_in_force"


def test_vat_changes_on_its_day(lakeport: CityFile) -> None:
    assert vat_in_force(lakeport, date(2026, 3, 31)).rate_percent == Decimal("12.5")
    assert vat_in_force(lakeport, date(2026, 4, 1)).rate_percent == Decimal(15)


def test_what_the_file_asks_of_a_driver_is_what_the_riders_rules_are_given(lakeport: CityFile) -> None:
    pebble = lakeport.vehicle_types[1]
    earlier, later = (requirement_on(lakeport, pebble, day) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert (earlier.effective_from, earlier.minimum_age, earlier.declared_is_enough) == (date(2020, 1, 1), 21, False)
    assert (later.effective_from, later.minimum_age, later.declared_is_enough) == (date(2026, 7, 1), 18, True)
    assert later.licences == {LicenceCategory.B}
    with pytest.raises(NotInForce):
        requirement_on(lakeport, pebble, date(2019, 12, 31))


def test_a_licence_that_includes_the_one_asked_for_is_enough_from_the_day_the_law_says_so(lakeport: CityFile) -> None:
    category = LicenceCategory
    begins = LicenceInclusions(
        effective_from=date(2026, 9, 1), includes={category.A: (category.A2,), category.A2: (category.A1,)}
    )
    city = structs.replace(lakeport, licence_inclusions=(begins,))
    before, after = (requirement_on(city, city.vehicle_types[0], day) for day in (date(2026, 8, 31), date(2026, 9, 1)))
    assert before.licences == {category.A1, category.B}
    assert after.licences == {category.A1, category.A2, category.A, category.B}


def test_what_residents_read_names_every_licence_from_the_day_it_counts(lakeport: CityFile) -> None:
    category = LicenceCategory
    begins = LicenceInclusions(effective_from=date(2026, 9, 1), includes={category.A2: (category.A1,)})
    moped = spelled_out(structs.replace(lakeport, licence_inclusions=(begins,)), lakeport.vehicle_types[0])
    assert [(rule.effective_from, rule.licences_any_of) for rule in moped.eligibility] == [
        (date(2020, 1, 1), (category.A1, category.B)),
        (date(2026, 9, 1), (category.A1, category.A2, category.B)),
    ]
    assert spelled_out(lakeport, lakeport.vehicle_types[1]) == lakeport.vehicle_types[1]
