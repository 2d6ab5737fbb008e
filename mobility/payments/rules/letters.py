"""What riders are written about money."""

from typing import Final

from mobility.base.money import Money, in_words
from mobility.payments.rules.dunning import Remedy
from mobility.riders.rules.messages import Message, Said

WAY_BACK: Final = {
    Remedy.WAIT: Said(
        fr="Nous réessaierons de nous-mêmes dans quelques jours. Vous pouvez aussi payer dès maintenant dans "
        "l'application, ou y enregistrer une autre carte.",
        en="We will try again by ourselves in a few days. You may also pay now in the app, or save another card there.",
    ),
    Remedy.CONFIRM: Said(
        fr="Votre banque veut que vous le confirmiez : ouvrez l'application et payez depuis « Paiements ».",
        en="Your bank wants you to confirm it: open the app and pay from “Payments”.",
    ),
    Remedy.OTHER_CARD: Said(
        fr="Cette carte ne peut plus servir : enregistrez-en une autre dans l'application.",
        en="This card can no longer be used: save another one in the app.",
    ),
}


def payment_declined(amount: Money, remedy: Remedy) -> Message:
    """Holds no link: who is asked for money by e-mail should open the app by themselves."""
    way_back = WAY_BACK[remedy]
    return Message(
        subject=Said(fr="Votre paiement n'a pas abouti", en="Your payment did not go through"),
        text=Said(
            fr=f"Bonjour,\n\nLe paiement de {in_words(amount, 'fr')} a été refusé. {way_back.fr}\n",
            en=f"Hello,\n\nThe payment of {in_words(amount, 'en')} was declined. {way_back.en}\n",
        ),
        opens="wallet",
    )


HOLD_WAY_BACK: Final = {
    Remedy.WAIT: Said(
        fr="Réessayez dans l'application, ou enregistrez-y une autre carte.",
        en="Try again in the app, or save another card there.",
    ),
    Remedy.CONFIRM: Said(
        fr="Votre banque veut que vous le confirmiez : ouvrez l'application et réessayez depuis « Paiements ».",
        en="Your bank wants you to confirm it: open the app and try again from “Payments”.",
    ),
    Remedy.OTHER_CARD: WAY_BACK[Remedy.OTHER_CARD],
}


def authorisation_declined(amount: Money, remedy: Remedy) -> Message:
    """The bank keeps nothing ready for a booked vehicle; without a link, like `payment_declined`."""
    way_back = HOLD_WAY_BACK[remedy]
    return Message(
        subject=Said(fr="Votre réservation attend votre banque", en="Your booking waits for your bank"),
        text=Said(
            fr=f"Bonjour,\n\nVotre banque n'a pas gardé {in_words(amount, 'fr')} pour votre réservation. Rien n'est "
            f"débité avant le trajet. {way_back.fr}\n",
            en=f"Hello,\n\nYour bank did not keep {in_words(amount, 'en')} ready for your booking. Nothing is taken "
            f"before the ride. {way_back.en}\n",
        ),
        opens="wallet",
    )
