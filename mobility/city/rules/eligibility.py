from datetime import date

from msgspec import structs

from mobility.city.rules.city_file import CityFile, Eligibility, VehicleType
from mobility.city.rules.in_force import in_force
from mobility.riders.rules.eligibility import LicenceRequirement, including
from mobility.riders.rules.licences import LicenceCategory


def spelled_out(city: CityFile, vehicle_type: VehicleType) -> VehicleType:
    """The class with every title that opens it, by what includes what: an entry for each day on which that changes."""
    first = min(rule.effective_from for rule in vehicle_type.eligibility)
    days = {rule.effective_from for rule in vehicle_type.eligibility}
    days |= {table.effective_from for table in city.licence_inclusions if table.effective_from > first}
    return structs.replace(vehicle_type, eligibility=tuple(_on(city, vehicle_type, day) for day in sorted(days)))


def requirement_on(city: CityFile, vehicle_type: VehicleType, on: date) -> LicenceRequirement:
    """What the city asks of a driver of the class on a day, in the terms of the riders' rules.

    Raises
    ------
    NotInForce
    """
    rule = _on(city, vehicle_type, on)
    return LicenceRequirement(
        effective_from=in_force(vehicle_type.eligibility, on).effective_from,
        minimum_age=rule.minimum_age,
        licences=frozenset(rule.licences_any_of),
        licence_held_years=rule.licence_held_years,
        exempt_born_before=rule.exempt_born_before,
        declared_is_enough=rule.declared_is_enough,
    )


def _on(city: CityFile, vehicle_type: VehicleType, day: date) -> Eligibility:
    rule = in_force(vehicle_type.eligibility, day)
    begun = [table for table in city.licence_inclusions if table.effective_from <= day]
    enough = including(rule.licences_any_of, in_force(begun, day).includes if begun else {})
    titles = tuple(category for category in LicenceCategory if category in enough)
    return structs.replace(rule, effective_from=day, licences_any_of=titles)
