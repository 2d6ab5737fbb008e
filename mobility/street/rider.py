"""A simulated rider: who they are and what they do next, also when the service says no. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random
from typing import Any

FIRST_NAMES = (
    "Alice",
    "Bachir",
    "Chloé",
    "David",
    "Élodie",
    "Farid",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jules",
    "Karima",
    "Léo",
)
LAST_NAMES = ("Delattre", "Lefebvre", "Dubois", "Wozniak", "Caron", "Leroy", "Kowalski", "Benali", "Vasseur", "Petit")
BORN_EARLIEST, BORN_LATEST = date(1950, 1, 1), date(2004, 12, 31)
ADULT_YEARS = 18

LICENCE = "B"
DOMAIN = "street.example"
"""Of the simulated riders' addresses: a name that no mail reaches (RFC 2606)."""

PAUSES, CANCELS, ASKS_PRICE = 0.15, 0.05, 0.5
"""Shares of rides: with a pause on the way, given up before the unlock, begun with a look at the price."""

GOOD_CARD, DECLINED_LATER, ASKS_HOLDER = "4242424242424242", "4000000000000341", "4000002760003184"
"""Stripe's test cards: https://docs.stripe.com/testing"""
FIRST_CARDS = {GOOD_CARD: 0.8, DECLINED_LATER: 0.1, ASKS_HOLDER: 0.1}


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    email: str
    born_on: date
    locale: str

    @property
    def licensed_on(self) -> date:
        """The day they passed their test: some weeks after coming of age."""
        return date(self.born_on.year + ADULT_YEARS, 12, 31)


def persona(seed: int, number: int) -> Persona:
    """The same person for the same seed and number, at every start of the street."""
    random = Random(f"{seed}/{number}")
    days = random.randrange((BORN_LATEST - BORN_EARLIEST).days)
    return Persona(
        name=f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}",
        email=f"street-{seed}-{number}@{DOMAIN}",
        born_on=date.fromordinal(BORN_EARLIEST.toordinal() + days),
        locale="en" if random.random() < 0.1 else "fr",
    )


class Reaction(StrEnum):
    """What a rider does when the service refuses."""

    NEXT_VEHICLE = "next_vehicle"
    OTHER_CLASS = "other_class"
    NEXT_STOP = "next_stop"
    LOOK_AGAIN = "look_again"
    """Ask the service how things stand: this rider has a hold or a ride already."""
    SIGN_IN = "sign_in"
    SETTLE = "settle"
    """Pay what was declined before the next ride."""
    DONE = "done"
    """What was wanted is already so."""
    GO_HOME = "go_home"


REACTIONS: Mapping[str, Reaction] = {
    "vehicle_taken": Reaction.NEXT_VEHICLE,
    "vehicle_unavailable": Reaction.NEXT_VEHICLE,
    "unknown_vehicle": Reaction.NEXT_VEHICLE,
    "charge_too_low": Reaction.NEXT_VEHICLE,
    "hold_expired": Reaction.NEXT_VEHICLE,
    "hold_withdrawn": Reaction.NEXT_VEHICLE,
    "hold_cancelled": Reaction.NEXT_VEHICLE,
    "not_eligible": Reaction.OTHER_CLASS,
    "out_of_zone": Reaction.NEXT_STOP,
    "no_parking_zone": Reaction.NEXT_STOP,
    "not_at_a_station": Reaction.NEXT_STOP,
    "station_full": Reaction.NEXT_STOP,
    "already_holding": Reaction.LOOK_AGAIN,
    "already_riding": Reaction.LOOK_AGAIN,
    "hold_used": Reaction.LOOK_AGAIN,
    "rental_ended": Reaction.DONE,
    "rental_failed": Reaction.DONE,
    "still_unlocking": Reaction.LOOK_AGAIN,
    "unknown_hold": Reaction.DONE,
    "not_signed_in": Reaction.SIGN_IN,
    "ride_unpaid": Reaction.SETTLE,
}


def reaction(code: str) -> Reaction:
    """What follows a refusal; of one never heard of, people go home and come back another day."""
    return REACTIONS.get(code, Reaction.GO_HOME)


def first_card(random: Random) -> str:
    """The number of the test card that a rider saves first: most are good, some bring a declined ride to be settled."""
    return random.choices(tuple(FIRST_CARDS), weights=tuple(FIRST_CARDS.values()))[0]


def preferences(
    random: Random, offers: Sequence[Mapping[str, Any]], *, not_for_me: Collection[str] = ()
) -> list[Mapping[str, Any]]:
    """The vehicles a rider would take, the liked best first: the class they fancy today, and the nearest of it.

    `offers` are items of `nearby`, nearest first.
    """
    possible = [offer for offer in offers if offer["type"] not in not_for_me]
    if not possible:
        return []
    fancied = random.choice(sorted({offer["type"] for offer in possible}))
    return sorted(possible, key=lambda offer: offer["type"] != fancied)
