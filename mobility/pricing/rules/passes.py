from enum import StrEnum

from mobility.base.errors import Conflict, NotFound


class PassState(StrEnum):
    """`pending` until it is paid; whether an `active` one still holds is a matter of time."""

    PENDING = "pending"
    ACTIVE = "active"


class UnknownPassPlan(NotFound):
    code = "unknown_pass_plan"
    fr = "Cet abonnement n'est pas en vente ici."
    en = "This pass is not for sale here."


class PassHeld(Conflict):
    code = "pass_held"
    fr = "Vous avez déjà cet abonnement."
    en = "You already have this pass."


class UnknownPass(NotFound):
    code = "unknown_pass"
    fr = "Cet abonnement n'existe pas."
    en = "This pass does not exist."


class UnknownReducedFare(NotFound):
    code = "unknown_reduced_fare"
    fr = "Ce tarif réduit n'existe pas dans cette ville."
    en = "This city has no such reduced fare."


class UnknownEntitlement(NotFound):
    code = "unknown_entitlement"
    fr = "Cette personne n'a pas ce tarif réduit."
    en = "This person has no such reduced fare."


class NoSuchRider(NotFound):
    code = "unknown_rider"
    fr = "Aucun compte n'a cette adresse : la personne doit d'abord s'inscrire."
    en = "No account has this address: the person has to sign up first."
