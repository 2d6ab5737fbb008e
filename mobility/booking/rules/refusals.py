from mobility.base.errors import Conflict, Invalid, NotFound, Unavailable
from mobility.booking.rules.holds import HoldState
from mobility.booking.rules.rides import RentalState


class UnknownHold(NotFound):
    code = "unknown_hold"
    fr = "Cette réservation n'existe pas."
    en = "This reservation does not exist."


class UnknownRental(NotFound):
    code = "unknown_rental"
    fr = "Ce trajet n'existe pas."
    en = "This ride does not exist."


class VehiclesOutOfReach(Unavailable):
    """No worker is there, and only it speaks to vehicles: a wait would end in nothing."""

    code = "vehicles_out_of_reach"
    fr = "Nous ne pouvons joindre aucun véhicule pour l'instant : réessayez dans quelques minutes."
    en = "We cannot reach any vehicle for now: try again in a few minutes."


class AlreadyHolding(Conflict):
    code = "already_holding"
    fr = "Vous avez déjà réservé un véhicule : annulez d'abord cette réservation."
    en = "You have already reserved a vehicle: cancel that reservation first."


class AlreadyRiding(Conflict):
    code = "already_riding"
    fr = "Vous avez déjà un trajet en cours : terminez-le d'abord."
    en = "You already have a ride under way: end it first."


class ServiceClosed(Conflict):
    code = "service_closed"
    fr = "Le service est fermé à cette heure. Un trajet en cours peut toujours être terminé."
    en = "The service is closed at this hour. A ride under way can always be ended."


class HoldExpired(Conflict):
    code = "hold_expired"
    fr = "Votre réservation a expiré : réservez de nouveau."
    en = "Your reservation has expired: reserve again."


class HoldUsed(Conflict):
    code = "hold_used"
    fr = "Le trajet de cette réservation a déjà commencé."
    en = "The ride of this reservation has already started."


class HoldCancelled(Conflict):
    code = "hold_cancelled"
    fr = "Cette réservation a été annulée."
    en = "This reservation was cancelled."


class HoldWithdrawn(Conflict):
    code = "hold_withdrawn"
    fr = "Ce véhicule a dû être retiré du service. Rien n'a été débité : choisissez-en un autre."
    en = "This vehicle had to be taken out of service. Nothing was charged: choose another one."


class RideEnded(Conflict):
    code = "rental_ended"
    fr = "Ce trajet est déjà terminé."
    en = "This ride has already ended."


class StillUnlocking(Conflict):
    code = "still_unlocking"
    fr = "Le véhicule se déverrouille : attendez sa réponse. Rien n'est compté d'ici là."
    en = "The vehicle is unlocking: wait for its answer. Nothing is counted until then."


class RideFailed(Conflict):
    code = "rental_failed"
    fr = "Ce trajet n'a pas commencé : le véhicule ne s'est pas déverrouillé. Rien n'est dû."
    en = "This ride never began: the vehicle did not unlock. There is nothing to pay."


class EndUnclear(Invalid):
    code = "end_unclear"
    fr = "La fin doit se trouver après le départ et la dernière pause, et avant maintenant."
    en = "The end must lie after the start and the last pause, and before now."


class RideNotEnded(Conflict):
    code = "rental_not_ended"
    fr = "Ce trajet n'est pas encore terminé : il n'a pas encore de reçu."
    en = "This ride has not ended yet: it has no receipt yet."


class RideLongAgo(Conflict):
    code = "rental_long_ago"
    fr = "Ce trajet a plus de {days} jours : dites-le à côté du véhicule, s'il y est encore."
    en = "This ride is more than {days} days ago: say so beside the vehicle, if it is still so."


WHY_OVER: dict[str, type[Conflict]] = {
    HoldState.EXPIRED: HoldExpired,
    HoldState.USED: HoldUsed,
    HoldState.CANCELLED: HoldCancelled,
    HoldState.WITHDRAWN: HoldWithdrawn,
}
"""Why a hold no longer starts a ride, by its state."""

WHY_NOT_RUNNING: dict[str, type[Conflict]] = {
    RentalState.UNLOCKING: StillUnlocking,
    RentalState.FAILED: RideFailed,
    RentalState.ENDED: RideEnded,
}
"""Why a ride cannot be paused, resumed or ended, by its state."""
