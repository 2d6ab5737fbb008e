"""What parents and children are told."""

from mobility.riders.rules.messages import Message, Said


def invited(asker: str) -> Message:
    return Message(
        subject=Said(fr="Une demande entre parent et enfant", en="A request between parent and child"),
        text=Said(
            fr=f"{asker} vous invite à un accord parental. Ouvrez votre profil pour accepter ou refuser.",
            en=f"{asker} invites you to a parent's agreement. Open your profile to accept or decline.",
        ),
        opens="family",
    )


def consent_given(*, child: str, guardian: str) -> Message:
    return Message(
        subject=Said(fr="Accord parental donné", en="Parent's agreement given"),
        text=Said(
            fr=f"{guardian} donne son accord pour les trajets de {child} et les paie. L'un ou l'autre peut y mettre "
            "fin à tout moment dans son profil.",
            en=f"{guardian} agrees to the rides of {child} and pays for them. Either can end this at any time in their "
            "profile.",
        ),
        opens="family",
    )


def consent_ended(*, child: str, guardian: str) -> Message:
    return Message(
        subject=Said(fr="Accord parental terminé", en="Parent's agreement ended"),
        text=Said(
            fr=f"L'accord de {guardian} pour les trajets de {child} est terminé : les trajets à venir ne sont plus à "
            "sa charge.",
            en=f"The agreement of {guardian} to the rides of {child} has ended: no new ride is theirs to pay.",
        ),
        opens="family",
    )
