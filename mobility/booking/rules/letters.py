"""What riders are written about their rides."""

from mobility.booking.rules.looks import Purpose
from mobility.riders.rules.messages import Message, Said

NOTHING_KEPT = Said(
    fr="Chaque regard est noté, et la position n'est pas conservée. Le détail se trouve dans l'application.",
    en="Each look is written down, and the position is not kept. The app says more.",
)


def ride_located(purpose: Purpose) -> Message:
    """Of help while it is given, of a search for a stolen vehicle once it is over; says not where."""
    if purpose is Purpose.ASSISTANCE:
        subject = Said(fr="Nous voyons où est votre véhicule", en="We see where your vehicle is")
        seen = Said(
            fr="Pour vous aider, deux personnes de notre équipe peuvent voir où est votre véhicule, pour un temps.",
            en="To help you, two people of our team may see where your vehicle is, for a time.",
        )
    else:
        subject = Said(fr="Nous avons vu où était votre véhicule", en="We saw where your vehicle was")
        seen = Said(
            fr="Parce qu'il était signalé volé, deux personnes de notre équipe ont vu où était le véhicule de votre "
            "trajet.",
            en="Because it was reported stolen, two people of our team saw where the vehicle of your ride was.",
        )
    text = Said(
        fr=f"Bonjour,\n\n{seen.fr} {NOTHING_KEPT.fr}\n",
        en=f"Hello,\n\n{seen.en} {NOTHING_KEPT.en}\n",
    )
    return Message(subject=subject, text=text)
