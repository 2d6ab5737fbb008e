"""What an operator is told of a webhook that does not work."""

from mobility.riders.rules.messages import Message, Said


def paused(partner: str, url: str) -> Message:
    return Message(
        subject=Said(
            fr=f"Le webhook de {partner} est en pause",
            en=f"The webhook of {partner} is paused",
        ),
        text=Said(
            fr=f"{url} ne répond plus depuis plus de deux heures. Les messages attendent sept jours ; le partenaire, "
            "ou vous, le remettez en marche quand il répond à nouveau.",
            en=f"{url} has not answered for more than two hours. Messages wait for seven days; the partner, or you, "
            "start it again when it answers.",
        ),
    )
