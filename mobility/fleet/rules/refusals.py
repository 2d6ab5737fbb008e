"""Why a vehicle cannot be had or found."""

from mobility.base.errors import Conflict, Invalid, NotFound, Unavailable


class UnknownVehicle(NotFound):
    code = "unknown_vehicle"
    fr = "Ce véhicule n'existe pas, ou plus sous ce nom."
    en = "There is no such vehicle, or no longer under this name."


class VehicleTaken(Conflict):
    code = "vehicle_taken"
    fr = "Quelqu'un d'autre a ce véhicule."
    en = "Somebody else has this vehicle."


class VehicleUnavailable(Conflict):
    code = "vehicle_unavailable"
    fr = "Ce véhicule n'est pas en service."
    en = "This vehicle is not in service."


class ChargeTooLow(Conflict):
    code = "charge_too_low"
    fr = "La batterie est à {charge_percent:.0f} % ; il en faut {charge_percent_min} % pour partir."
    en = "The battery is at {charge_percent:.0f} %; a ride starts with {charge_percent_min} %."


def why_not_free(
    *, state: str, is_retired: bool, charge_percent: float, charge_percent_min: int
) -> VehicleTaken | VehicleUnavailable | ChargeTooLow:
    """Why a vehicle cannot be had; what speaks for it now was taken a moment ago."""
    if state not in ("available", "reserved", "on_trip", "stopped") or is_retired:
        return VehicleUnavailable()
    if state == "available" and charge_percent < charge_percent_min:
        return ChargeTooLow(charge_percent=charge_percent, charge_percent_min=charge_percent_min)
    return VehicleTaken()


class NotForOperators(Invalid):
    code = "event_not_for_operators"
    fr = "« {event} » ne vient que d'une réservation ou d'une location."
    en = '"{event}" comes from a reservation or a rental only.'


class ModeFixed(Conflict):
    code = "vehicle_type_mode_fixed"
    fr = "Le type « {type} » garde son mode : ses véhicules en suivent le tableau d'états. Choisissez un autre code."
    en = 'The type "{type}" keeps its mode: its vehicles follow that mode\'s table of states. Choose another code.'


class LiveFull(Unavailable):
    code = "live_full"
    fr = "Trop de pages écoutent cette ville : la vôtre regarde d'elle-même de temps en temps."
    en = "Too many pages listen to this city: yours looks by itself from time to time."
