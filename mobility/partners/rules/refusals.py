from mobility.base.errors import Conflict, Invalid, NotFound, Unauthenticated


class WrongPartnerToken(Unauthenticated):
    code = "wrong_partner_token"
    fr = "Ce jeton n'est celui d'aucun partenaire."
    en = "This token is no partner's."


class UnknownPartner(NotFound):
    code = "unknown_partner"
    fr = "Cette ville n'a pas ce partenaire."
    en = "This city has no such partner."


class UnknownWebhook(NotFound):
    code = "unknown_webhook"
    fr = "Vous n'avez pas ce webhook."
    en = "You have no such webhook."


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    fr = "Vous avez déjà {most} webhooks : supprimez-en un."
    en = "You have {most} webhooks already: delete one."


class UnclearReplay(Invalid):
    code = "unclear_replay"
    fr = "Dites depuis quel instant ou depuis quel message, pas les deux."
    en = "Say since which instant or from which message, not both."


class UnknownMessage(NotFound):
    code = "unknown_message"
    fr = "Ce webhook n'a pas eu de message de ce numéro ces sept derniers jours."
    en = "This webhook had no message of that id in the last seven days."
