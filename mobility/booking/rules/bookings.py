"""A vehicle booked ahead: its states, its terms, and why it is refused."""

from datetime import datetime, timedelta
from enum import StrEnum

from mobility.base.errors import Conflict, Invalid, NotFound
from mobility.booking.rules.availability import Why
from mobility.booking.rules.quarters import QUARTER
from mobility.city.rules.city_file import BookableAhead

LIVE_BOOKINGS_MAX = 20
"""Of one rider: a working day's way and back for two weeks; more keeps vehicles from others."""
REMIND_BEFORE = timedelta(hours=1)
NAMED_BEFORE = timedelta(minutes=30)
"""Who booked a class learns which vehicle it will be: near enough that it rarely changes any more."""
FORESEE = timedelta(minutes=30)
"""So long before a booking it is looked whether its vehicle will be there: time to find another one."""


class BookingState(StrEnum):
    CONFIRMED = "confirmed"
    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    """The rider did not come."""
    UNSERVED = "unserved"
    """The vehicle did not come."""


LIVE = frozenset({BookingState.CONFIRMED, BookingState.STARTED})


class Because(StrEnum):
    """Why a booking was cancelled."""

    RIDER = "rider"
    OPERATOR = "operator"
    PAYMENT = "payment"
    """The card did not guarantee the ride."""
    VEHICLE = "vehicle"
    """No vehicle can be promised any more."""


class UnknownBooking(NotFound):
    code = "unknown_booking"
    fr = "Cette réservation à l'avance n'existe pas."
    en = "There is no such advance booking."


class UnknownStation(NotFound):
    code = "unknown_station"
    fr = "Cette station n'existe pas, ou n'est plus en service."
    en = "There is no such station, or it is no longer in service."


class NotBookableAhead(Conflict):
    code = "not_bookable_ahead"
    fr = "Ce type de véhicule ne se réserve pas à l'avance : prenez-en un libre, tout de suite."
    en = "This type of vehicle is not booked ahead: take a free one, right away."


class VehicleOrClass(Invalid):
    code = "vehicle_or_class"
    fr = "Dites quel véhicule, ou bien quel type et à quelle station."
    en = "Say which vehicle, or else which type and at which station."


class BookingWithoutLength(Invalid):
    code = "booking_without_length"
    fr = "La fin doit venir après le début, et après maintenant."
    en = "The end has to come after the start, and after now."


class BookingTooSoon(Invalid):
    code = "booking_too_soon"
    fr = "Réservez au moins {lead_minutes} minutes à l'avance ; avant cela, prenez un véhicule libre."
    en = "Book at least {lead_minutes} minutes ahead; before that, take a free vehicle."


class BookingTooFar(Invalid):
    code = "booking_too_far"
    fr = "On réserve au plus {ahead_hours_max} heures à l'avance."
    en = "Bookings open {ahead_hours_max} hours ahead."


class BookingTooLong(Invalid):
    code = "booking_too_long"
    fr = "Une réservation dure au plus {length_minutes_max} minutes."
    en = "A booking lasts {length_minutes_max} minutes at most."


class SlotTaken(Conflict):
    """Facts: for a longer booking, `latest_end`, until when it can be made longer."""

    code = "slot_taken"
    fr = "Ce créneau n'est plus libre."
    en = "This time is no longer free."


class VehicleElsewhere(Conflict):
    code = "vehicle_elsewhere"
    fr = "Ce véhicule ne sera pas à cette station à cette heure-là."
    en = "This vehicle will not be at that station at that time."


class VehicleNeededElsewhere(Conflict):
    code = "vehicle_needed_elsewhere"
    fr = "Ce véhicule est attendu ensuite à une autre station : rendez-le là où il est réservé après vous."
    en = "This vehicle is due at another station afterwards: return it where it is booked after you."


class DestinationFull(Conflict):
    code = "destination_full"
    fr = "Toutes les places de la station d'arrivée sont prévues occupées à cette heure-là."
    en = "Every bay of the station of arrival is expected to be taken at that time."


class StationNotForClass(Conflict):
    code = "station_not_for_class"
    fr = "Cette station n'accepte pas ce type de véhicule."
    en = "This station does not accept this type of vehicle."


class ChargeForecastTooLow(Conflict):
    code = "charge_forecast_too_low"
    fr = "La batterie ne suffira pas : pour ce trajet à cette heure-là, ou pour la réservation suivante."
    en = "The battery will not be enough: for this ride at that time, or for the next booking."


class AlreadyBooked(Conflict):
    code = "already_booked"
    fr = "Vous avez déjà réservé un véhicule à ces heures-là."
    en = "You have already booked a vehicle at that time."


class TooManyBookings(Conflict):
    code = "too_many_bookings"
    fr = "Vous avez déjà {bookings_max} réservations à venir : c'est le maximum."
    en = "You already have {bookings_max} bookings ahead: that is the most."


class BookingOver(Conflict):
    """Facts: `state`, what became of it."""

    code = "booking_over"
    fr = "Cette réservation est terminée ou annulée."
    en = "This booking is over or cancelled."


class BookingStarted(Conflict):
    code = "booking_started"
    fr = "Cette réservation a commencé : terminez le trajet, ou rendez-le plus court."
    en = "This booking has started: end the ride, or make it shorter."


class TooEarlyToStart(Conflict):
    """Facts: `starts_from`, the first instant at which it can be started."""

    code = "booking_too_early"
    fr = "Vous pourrez déverrouiller {start_early_minutes} minutes avant l'heure réservée."
    en = "You can unlock {start_early_minutes} minutes before the booked time."


class VehicleNotBack(Conflict):
    code = "vehicle_not_back"
    fr = "Votre véhicule n'est pas encore rendu. Rien n'est débité : prenez-en un autre, ou attendez."
    en = "Your vehicle is not back yet. Nothing is charged: take another one, or wait."


class VehicleStillPromised(Conflict):
    """Facts: `until`, when the vehicle is free at the latest; `until_local`, on the city's clocks."""

    code = "vehicle_still_promised"
    fr = "La personne avant vous peut encore venir chercher ce véhicule jusqu'à {until_local}. Rien n'est débité."
    en = "The person before you may still come for this vehicle until {until_local}. Nothing is charged."


class NoSubstitute(Conflict):
    code = "no_substitute"
    fr = "Aucun autre véhicule de ce type n'est libre à cette station pour ces heures."
    en = "No other vehicle of this type is free at this station for these hours."


class BookedSoon(Conflict):
    """Facts: `free_until`, when a spontaneous ride would have to be over."""

    code = "vehicle_booked_soon"
    fr = "Ce véhicule est bientôt attendu par quelqu'un d'autre : choisissez-en un autre."
    en = "Somebody else is about to take this vehicle: choose another one."


REFUSALS: dict[Why, type[SlotTaken | VehicleElsewhere | VehicleNeededElsewhere]] = {
    Why.TAKEN: SlotTaken,
    Why.ELSEWHERE: VehicleElsewhere,
    Why.NEEDED_ELSEWHERE: VehicleNeededElsewhere,
}


def refuse_times(terms: BookableAhead, *, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises `BookingWithoutLength`, `BookingTooLong`, `BookingTooSoon`, `BookingTooFar`."""
    refuse_length(terms, starts_at=starts_at, ends_at=ends_at, now=now)
    if starts_at < now + timedelta(minutes=terms.lead_minutes):
        raise BookingTooSoon(lead_minutes=terms.lead_minutes)
    if starts_at > now + timedelta(hours=terms.ahead_hours_max):
        raise BookingTooFar(ahead_hours_max=terms.ahead_hours_max)


def refuse_length(terms: BookableAhead, *, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises `BookingWithoutLength`, `BookingTooLong`."""
    if ends_at <= max(starts_at, now):
        raise BookingWithoutLength
    if ends_at - starts_at > timedelta(minutes=terms.length_minutes_max):
        raise BookingTooLong(length_minutes_max=terms.length_minutes_max)


def starts_from(terms: BookableAhead, starts_at: datetime) -> datetime:
    """The first instant at which a booking's ride may be started."""
    return starts_at - timedelta(minutes=terms.start_early_minutes)


def kept_until(terms: BookableAhead, *, starts_at: datetime, ends_at: datetime) -> datetime:
    """The first instant at which a booking that nobody started is lost."""
    return min(ends_at, starts_at + timedelta(minutes=terms.no_show_minutes))


def free_to_cancel_until(terms: BookableAhead, starts_at: datetime) -> datetime:
    """The first instant at which a cancellation costs the fee."""
    return starts_at - timedelta(hours=terms.cancel_free_hours)


def cancel_fee_cents(terms: BookableAhead, *, starts_at: datetime, now: datetime) -> int:
    """What cancelling now costs, or not coming."""
    return 0 if now < free_to_cancel_until(terms, starts_at) else terms.cancel_fee_cents


def late_fee_cents(terms: BookableAhead, *, ends_at: datetime, ended_at: datetime) -> int:
    """What coming back late costs: for each quarter-hour begun since the end, unless within the grace."""
    if ended_at <= ends_at + timedelta(minutes=terms.late_grace_minutes):
        return 0
    return -((ends_at - ended_at) // QUARTER) * terms.late_fee_cents
