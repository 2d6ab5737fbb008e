"""What riders are written about vehicles they booked ahead, or have to bring back for somebody who did."""

from dataclasses import dataclass
from datetime import datetime

from mobility.base.money import Money
from mobility.booking.rules.bookings import Because
from mobility.riders.rules.messages import Message, Opens, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a letter says of a booking: local times, and names as riders know them."""

    starts: datetime
    ends: datetime
    start_place: Said
    end_place: Said
    vehicle: Said
    plate: str | None
    """None while another vehicle of the class may still be meant."""


HERE = Said(fr="là où il se trouve", en="where it stands")


def moment(local: datetime) -> Said:
    """A time on the city's clocks; in the hour that comes twice, with its offset from UTC."""
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    offset = f" (UTC{local:%z})" if twice else ""
    return Said(fr=f"{local:%d/%m} à {local:%H} h {local:%M}{offset}", en=f"{local:%d/%m} at {local:%H:%M}{offset}")


def confirmed(told: Told) -> Message:
    return _letter(
        Said(fr="Votre véhicule est réservé", en="Your vehicle is booked"),
        Said(
            fr=f"{_what(told).fr} Pour un trajet plus long, plus court ou annulé, ouvrez l'application.",
            en=f"{_what(told).en} To make it longer or shorter, or to cancel it, open the app.",
        ),
        is_essential=False,
    )


def changed(told: Told) -> Message:
    return _letter(
        Said(fr="Votre réservation a changé", en="Your booking has changed"),
        Said(fr=_what(told).fr, en=_what(told).en),
        is_essential=False,
    )


def reminder(told: Told) -> Message:
    return _letter(
        Said(fr="Votre véhicule vous attend bientôt", en="Your vehicle is soon ready"),
        Said(fr=f"Rappel : {_what(told).fr}", en=f"Reminder: {_what(told).en}"),
        is_essential=False,
    )


def ends_soon(told: Told) -> Message:
    """To a rider on the way; what a late return costs, and whether it can be later, the app says."""
    last = moment(told.ends)
    return _letter(
        Said(fr="Votre réservation se termine bientôt", en="Your booking ends soon"),
        Said(
            fr=f"Rendez le véhicule avant le {last.fr} ({told.end_place.fr}), ou prolongez dans l'application.",
            en=f"Return the vehicle before {last.en} ({told.end_place.en}), or make the booking longer in the app.",
        ),
        opens="",
    )


def vehicle_changed(told: Told) -> Message:
    return _letter(
        Said(fr="Un autre véhicule vous attend", en="Another vehicle is waiting for you"),
        Said(
            fr="Celui qui était prévu ne sera pas là à temps. Un autre du même type prend sa place, "
            f"au même prix. {_what(told).fr}",
            en="The one that was planned will not be there in time. Another one of the same type takes its place, "
            f"at the same price. {_what(told).en}",
        ),
    )


def may_be_late(told: Told, *, substitutes: bool) -> Message:
    """To the rider who waits; `substitutes`: whether they may take another vehicle now."""
    other = Said(
        fr="Un autre véhicule est libre à cette station : dans l'application, demandez à en changer.",
        en="Another vehicle is free at this station: ask for it in the app.",
    )
    wait = Said(
        fr="Aucun autre n'est libre à cette station pour le moment ; nous cherchons encore.",
        en="No other one is free at this station at the moment; we go on looking.",
    )
    offered = other if substitutes else wait
    return _letter(
        Said(fr="Votre véhicule risque d'être en retard", en="Your vehicle may be late"),
        Said(
            fr=f"{_what(told).fr} Il n'est pas encore là. {offered.fr} Vous pouvez annuler sans frais.",
            en=f"{_what(told).en} It is not there yet. {offered.en} You may cancel free of charge.",
        ),
    )


def cancelled(told: Told, because: Because, fee: Money) -> Message:
    reasons = {
        Because.RIDER: Said(fr="Comme vous l'avez demandé, elle est annulée.", en="As you asked, it is cancelled."),
        Because.OPERATOR: Said(fr="Le service a dû l'annuler.", en="The service had to cancel it."),
        Because.PAYMENT: Said(
            fr="Votre carte n'a pas garanti le trajet : elle est annulée.",
            en="Your card did not guarantee the ride: it is cancelled.",
        ),
        Because.VEHICLE: Said(
            fr="Aucun véhicule ne peut plus vous être promis : elle est annulée, et nous nous en excusons.",
            en="No vehicle can be promised any more: it is cancelled, and we are sorry.",
        ),
    }
    why, due = reasons[because], _due(fee)
    return _letter(
        Said(fr="Votre réservation est annulée", en="Your booking is cancelled"),
        Said(fr=f"{_what(told).fr} {why.fr} {due.fr}", en=f"{_what(told).en} {why.en} {due.en}"),
    )


def missed(told: Told, fee: Money) -> Message:
    """The rider did not come."""
    due = _due(fee)
    return _letter(
        Said(fr="Votre réservation est passée", en="Your booking has lapsed"),
        Said(
            fr=f"{_what(told).fr} Personne n'est venu : le véhicule est de nouveau libre. {due.fr}",
            en=f"{_what(told).en} Nobody came: the vehicle is free again. {due.en}",
        ),
    )


def unserved(told: Told) -> Message:
    """The vehicle did not come."""
    return _letter(
        Said(fr="Votre véhicule n'est pas venu", en="Your vehicle did not come"),
        Said(
            fr=f"{_what(told).fr} Il n'était pas là, et nous nous en excusons. Rien n'est débité.",
            en=f"{_what(told).en} It was not there, and we are sorry. Nothing is charged.",
        ),
    )


def card_declined(told: Told, until: datetime) -> Message:
    last = moment(until)
    return _letter(
        Said(fr="Votre carte est refusée", en="Your card was declined"),
        Said(
            fr=f"{_what(told).fr} Votre banque ne garantit pas ce trajet. Changez de carte avant le {last.fr}, "
            "sinon la réservation sera annulée, sans frais.",
            en=f"{_what(told).en} Your bank does not guarantee this ride. Choose another card before {last.en}, "
            "or the booking will be cancelled, free of charge.",
        ),
    )


def bring_back(until: datetime, place: Said) -> Message:
    """To whoever rides a vehicle that somebody else has booked."""
    last = moment(until)
    return _letter(
        Said(fr="Quelqu'un attend votre véhicule", en="Somebody is waiting for your vehicle"),
        Said(
            fr=f"Ce véhicule est réservé ensuite : rendez-le avant le {last.fr}, {place.fr}.",
            en=f"This vehicle is booked afterwards: return it before {last.en}, {place.en}.",
        ),
        opens="",
    )


def _what(told: Told) -> Said:
    starts, ends, plate = moment(told.starts), moment(told.ends), f" {told.plate}" if told.plate else ""
    return Said(
        fr=f"{told.vehicle.fr}{plate}, du {starts.fr} ({told.start_place.fr}) au {ends.fr} ({told.end_place.fr}).",
        en=f"{told.vehicle.en}{plate}, from {starts.en} ({told.start_place.en}) to {ends.en} ({told.end_place.en}).",
    )


def _due(fee: Money) -> Said:
    if not fee.cents:
        return Said(fr="Rien n'est débité.", en="Nothing is charged.")
    amount = f"{fee.cents / 100:.2f}"
    return Said(
        fr=f"{amount.replace('.', ',')} {fee.currency} sont dus, comme prévu à la réservation.",
        en=f"{amount} {fee.currency} is due, as agreed when booking.",
    )


def _letter(subject: Said, text: Said, *, opens: Opens = "ahead", is_essential: bool = True) -> Message:
    return Message(
        subject=subject,
        text=Said(fr=f"Bonjour,\n\n{text.fr}\n", en=f"Hello,\n\n{text.en}\n"),
        opens=opens,
        is_essential=is_essential,
    )
