from datetime import date
from decimal import Decimal

import pytest
from msgspec import structs

from mobility.city.rules.city_file import CityFile, LicenceInclusions
from mobility.city.rules.eligibility import requirement_on
from mobility.city.rules.in_force import NotInForce, tariff_in_force, tariffs_in_force, vat_in_force
from mobility.riders.rules.licences import LicenceCategory


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
    assert tariff_in_force(lakeport, "pebble", on).code == code


def test_before_the_first_tariff_there_is_no_price(lakeport: CityFile) -> None:
    with pytest.raises(NotInForce) as refusal:
        tariff_in_force(lakeport, "pebble", date(2024, 12, 31))
    assert refusal.value.code == "not_in_force"
    assert tariffs_in_force(lakeport, date(2024, 12, 31)) == ()


def test_each_class_has_one_tariff_at_a_time(lakeport: CityFile) -> None:
    codes = [tariff.code for tariff in tariffs_in_force(lakeport, date(2026, 8, 1))]
    assert codes == ["breeze-minute", "pebble-hour-2026"]


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
