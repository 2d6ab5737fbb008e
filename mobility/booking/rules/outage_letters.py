"""What riders are written when the vehicle they booked is out of service."""

from collections.abc import Sequence

from mobility.booking.rules.booking_letters import Told, moment
from mobility.riders.rules.messages import Message, Said


def given_another(told: Told) -> Message:
    """Another vehicle, place or time, at the price that was quoted."""
    starts, plate = moment(told.starts), f" {told.plate}" if told.plate else ""
    return Message(
        subject=Said(fr="Un autre véhicule vous attend", en="Another vehicle is waiting for you"),
        text=Said(
            fr="Bonjour,\n\nLe véhicule réservé est hors service : "
            f"{told.vehicle.fr}{plate} prend sa place le {starts.fr} ({told.start_place.fr}), au même prix ; si cela "
            "ne vous convient pas, annulez sans frais dans l'application.\n",
            en="Hello,\n\nThe vehicle that you booked is out of service: "
            f"{told.vehicle.en}{plate} takes its place on {starts.en} ({told.start_place.en}), at the same price; if "
            "that does not suit you, cancel free of charge in the app.\n",
        ),
        opens="ahead",
    )


def no_vehicle(told: Told, nearest: Sequence[Said]) -> Message:
    """None can be found: nothing is charged; what is free then, nearest first, may be booked instead."""
    starts = moment(told.starts)
    fr, en = ", ".join(each.fr for each in nearest), ", ".join(each.en for each in nearest)
    instead = Said(
        fr=f" Libres à cette heure-là : {fr}." if nearest else "", en=f" Free at that time: {en}." if nearest else ""
    )
    return Message(
        subject=Said(fr="Nous n'avons pas de véhicule pour vous", en="We have no vehicle for you"),
        text=Said(
            fr=f"Bonjour,\n\nLe véhicule réservé pour le {starts.fr} est hors service et aucun autre n'est libre : "
            f"rien n'est débité, et nous nous en excusons.{instead.fr}\n",
            en=f"Hello,\n\nThe vehicle booked for {starts.en} is out of service and no other one is free: nothing is "
            f"charged, and we are sorry.{instead.en}\n",
        ),
        opens="ahead",
    )
