from datetime import date

from mobility.city.rules.city_file import CityFile, VehicleType
from mobility.city.rules.in_force import in_force
from mobility.riders.rules.eligibility import LicenceRequirement, including


def requirement_on(city: CityFile, vehicle_type: VehicleType, on: date) -> LicenceRequirement:
    """What the city asks of a driver of the class on a day, in the terms of the riders' rules.

    Raises
    ------
    NotInForce
    """
    rule = in_force(vehicle_type.eligibility, on)
    begun = [table for table in city.licence_inclusions if table.effective_from <= on]
    includes = in_force(begun, on).includes if begun else {}
    return LicenceRequirement(
        effective_from=rule.effective_from,
        minimum_age=rule.minimum_age,
        licences=including(rule.licences_any_of, includes),
        licence_held_years=rule.licence_held_years,
        exempt_born_before=rule.exempt_born_before,
        declared_is_enough=rule.declared_is_enough,
    )
