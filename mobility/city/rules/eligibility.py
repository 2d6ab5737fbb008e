from mobility.city.rules.city_file import VehicleType
from mobility.riders.rules.eligibility import LicenceRequirement


def licence_requirements(vehicle_type: VehicleType) -> tuple[LicenceRequirement, ...]:
    """What the city asks of a driver of the class, date by date, in the terms of the riders' rules."""
    return tuple(
        LicenceRequirement(
            effective_from=rule.effective_from,
            minimum_age=rule.minimum_age,
            licences=frozenset(rule.licences_any_of),
            exempt_born_before=rule.exempt_born_before,
            declared_is_enough=rule.declared_is_enough,
        )
        for rule in vehicle_type.eligibility
    )
