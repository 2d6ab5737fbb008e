from mobility.base.errors import Conflict, Invalid, NotFound, Unauthenticated, Unavailable


class UnknownPayment(NotFound):
    code = "unknown_payment"
    fr = "Ce paiement n'existe pas."
    en = "There is no such payment."


class PaymentNotDue(Conflict):
    code = "payment_not_due"
    fr = "Ce paiement n'est pas à refaire : il est {state}."
    en = "This payment need not be made again: it is {state}."


class UnknownAuthorisation(NotFound):
    code = "unknown_authorisation"
    fr = "Cette autorisation bancaire n'existe pas."
    en = "There is no such authorisation."


class AuthorisationNotDeclined(Conflict):
    code = "authorisation_not_declined"
    fr = "Cette autorisation bancaire n'est pas à refaire : elle est {state}."
    en = "This authorisation need not be made again: it is {state}."


class UnknownCard(NotFound):
    code = "unknown_card"
    fr = "Cette carte n'est pas enregistrée."
    en = "This card is not saved."


class CardNeeded(Conflict):
    code = "card_needed"
    fr = "Enregistrez une carte bancaire avant de rouler."
    en = "Save a bank card before you ride."


class CardExpired(Conflict):
    code = "card_expired"
    fr = "Votre carte bancaire a expiré : enregistrez-en une autre."
    en = "Your bank card has expired: save another one."


class RideUnpaid(Conflict):
    code = "ride_unpaid"
    fr = "Un trajet n'est pas payé : réglez-le, puis repartez."
    en = "A ride is not paid: settle it, then ride again."


class RefundTooHigh(Invalid):
    code = "refund_too_high"
    fr = "Il reste {left_cents} centimes à rembourser sur ce paiement."
    en = "{left_cents} cents of this payment are left to refund."


class PaymentNotCaptured(Conflict):
    code = "payment_not_captured"
    fr = "Rien n'a été encaissé : il n'y a rien à rembourser."
    en = "Nothing was collected: there is nothing to refund."


class PaymentDisputed(Conflict):
    code = "payment_disputed"
    fr = "Ce paiement est contesté auprès de la banque : elle décide, et rien ne se rembourse par ici."
    en = "This payment is disputed at the cardholder's bank: the bank decides, and nothing is refunded from here."


class PaymentUnderWay(Conflict):
    code = "payment_under_way"
    fr = "Ce paiement est en cours : réessayez dans quelques minutes."
    en = "This payment is under way: try again in a few minutes."


class UnknownDifference(NotFound):
    code = "unknown_difference"
    fr = "Cet écart n'existe pas."
    en = "There is no such difference."


class DifferenceSettled(Conflict):
    code = "difference_settled"
    fr = "Cet écart est déjà expliqué."
    en = "This difference is explained already."


class PeriodWrong(Invalid):
    code = "period_wrong"
    fr = "La période va d'un jour au même ou à un jour suivant, sur {days_max} jours au plus."
    en = "A period is from one day to the same or a later one, {days_max} days at most."


class PaymentServiceAway(Unavailable):
    code = "payment_service_away"
    fr = "Le service de paiement ne répond pas : réessayez dans un instant."
    en = "The payment service does not answer: try again in a moment."


class WebhookRefused(Unauthenticated):
    code = "webhook_refused"
    fr = "Ce message n'est pas signé par le service de paiement."
    en = "This message was not signed by the payment service."
