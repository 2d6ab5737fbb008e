"""Why a task is in the plan and its worth, why another is not and its price: sentences for crews and operators."""

from dataclasses import dataclass
from typing import Literal

from mobility.base.money import Money, in_words

Words = dict[str, str]
"""By language: fr, en."""

TRIPS_MIN = 0.05  # fewer would be written as 0.0
KWH_MIN = 0.05
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Work of one kind on `count` vehicles at a place, for a drive to another."""

    kind: Literal["swap", "load", "unload", "plug", "drive", "break"]
    count: int
    place: Words
    to_place: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What work brings, and what it takes.

    `cents`: the night would cost so much more without it, crews' minutes counted; `gain_cents` the same without them.
    `trips`: served more tomorrow, where the value of a trip is known. `kwh`: drawn from the grid. `bookings`: would be
    broken without it.
    """

    cents: float
    gain_cents: float
    crew_min: int
    trips: float | None = None
    kwh: float = 0.0
    bookings: tuple[str, ...] = ()


def why(work: Work, worth: Worth, *, currency: str, is_locked: bool = False) -> Words:
    """Of a task in the plan: "3 mopeds to the rail station: 4.1 trips more, €2.60 per crew minute"."""
    facts = {language: _facts(worth, language, currency) for language in ("fr", "en")}
    if is_locked:
        facts = {"fr": ["fixé par l’exploitant", *facts["fr"]], "en": ["fixed by the operator", *facts["en"]]}
    elif worth.cents < 0 and not worth.bookings:
        loss = {language: _money(-worth.cents, language, currency) for language in facts}
        facts["fr"].append(f"seul, coûte {loss['fr']} de plus qu’il ne rapporte")
        facts["en"].append(f"alone, costs {loss['en']} more than it brings")
    return _sentence(done(work), facts)


def why_not(work: Work, worth: Worth, *, currency: str, instead_of: Work | None = None) -> Words:
    """Of work that is not in the plan; `worth.cents` is below 0 by what doing it would add to the night's cost."""
    facts = {language: _facts(worth, language, currency) for language in ("fr", "en")}
    more = {language: _money(-worth.cents, language, currency) for language in facts}
    if instead_of is not None:
        given = done(instead_of)
        facts["fr"].append(f"seulement au lieu de {given['fr']}, et {more['fr']} plus cher")
        facts["en"].append(f"only instead of {given['en']}, and {more['en']} dearer")
    elif worth.cents < 0:
        facts["fr"].append(f"coûterait {more['fr']} de plus que cela ne rapporte")
        facts["en"].append(f"would cost {more['en']} more than it brings")
    return _sentence(undone(work), facts)


def why_impossible(work: Work, reason: str) -> Words:
    """Of work that no tour has room for, by the code of the reason."""
    return _sentence(undone(work), {language: [REASONS[reason][language]] for language in ("fr", "en")})


def done(work: Work) -> Words:
    """What a crew does, in a few words."""
    count, fr, en = work.count, work.place["fr"], work.place["en"]
    several = count > 1
    match work.kind:
        case "swap":
            french = f"{count} batteries changées à {fr}" if several else f"1 batterie changée à {fr}"
            return {"fr": french, "en": f"{count} {'batteries' if several else 'battery'} swapped at {en}"}
        case "load":
            return {"fr": f"{_scooters(count)} à prendre à {fr}", "en": f"{_mopeds(count)} from {en}"}
        case "unload":
            return {"fr": f"{_scooters(count)} vers {fr}", "en": f"{_mopeds(count)} to {en}"}
        case "plug":
            return {"fr": f"voiture branchée à {fr}", "en": f"car plugged in at {en}"}
        case "drive":
            to = work.to_place or work.place
            return {"fr": f"voiture de {fr} vers {to['fr']}", "en": f"car from {en} to {to['en']}"}
        case "break":
            return {"fr": "pause", "en": "break"}


def undone(work: Work) -> Words:
    """What nobody does."""
    count, fr, en = work.count, work.place["fr"], work.place["en"]
    match work.kind:
        case "swap":
            flat = f"{_scooters(count)} à plat {'restent' if count > 1 else 'reste'} à {fr}"
            return {"fr": flat, "en": f"{count} flat moped{'s' if count > 1 else ''} left at {en}"}
        case "plug":
            return {"fr": f"voiture non branchée à {fr}", "en": f"car not plugged in at {en}"}
        case _:
            words = done(work)
            return {"fr": f"pas fait{NO_BREAK}: {words['fr']}", "en": f"not done: {words['en']}"}


REASONS: dict[str, Words] = {
    "no_crew": {"fr": "aucune équipe de la nuit ne peut le faire", "en": "no crew of the night can do it"},
    "no_way": {"fr": "aucun trajet n’y mène avec cette charge", "en": "no drive leads there on this charge"},
    "no_bay": {"fr": "il n’y a plus de place", "en": "there is no bay left"},
    "no_charger": {"fr": "il n’y a plus de borne libre", "en": "there is no charger left"},
    "too_late": {"fr": "le temps manque avant l’heure voulue", "en": "there is no time before it is due"},
    "vehicle_excluded": {"fr": "le véhicule est exclu de la nuit", "en": "the vehicle is left out tonight"},
    "vehicle_elsewhere": {
        "fr": "le véhicule n’y est pas, ou ne s’y prête pas",
        "en": "the vehicle is not there, or unfit",
    },
    "no_room": {"fr": "la camionnette n’a plus de place ou de batterie", "en": "the van has no room or battery left"},
    "shift_too_short": {"fr": "l’équipe n’a plus le temps", "en": "the crew has no time left"},
    "battery_too_small": {"fr": "la batterie est trop petite", "en": "the battery is too small"},
    "not_plugged": {"fr": "la voiture n’est sur aucune borne avant", "en": "the car is on no charger before"},
    "plugged_too_late": {"fr": "la voiture est branchée trop tard", "en": "the car is plugged in too late"},
    "power_cap": {"fr": "la station n’a pas cette puissance", "en": "the station does not have that power"},
    "site_full": {"fr": "d’autres voitures prennent cette puissance", "en": "other cars need that power"},
}
"""By the code that a plan gives for what was asked for and cannot be had."""


def _facts(worth: Worth, language: str, currency: str) -> list[str]:
    french = language == "fr"
    facts = [f"pour la réservation {each}" if french else f"for booking {each}" for each in worth.bookings]
    if worth.trips is not None and worth.trips >= TRIPS_MIN:
        number = _number(worth.trips, language)
        several = worth.trips >= 2 if french else number != "1.0"
        facts.append(f"{number} trajet{'s' * several} de plus" if french else f"{number} trip{'s' * several} more")
    if worth.kwh >= KWH_MIN:
        facts.append(f"{_number(worth.kwh, language)}{NO_BREAK}kWh")
    if worth.crew_min > 0:
        rate = _money(worth.gain_cents / worth.crew_min, language, currency)
        facts.append(f"{rate} par minute d’équipe" if french else f"{rate} per crew minute")
    return facts


def _sentence(heads: Words, facts: dict[str, list[str]]) -> Words:
    colons = {"fr": f"{NO_BREAK}: ", "en": ": "}
    texts = {
        language: colons[language].join(filter(None, [heads[language], ", ".join(facts[language])]))
        for language in heads
    }
    return {language: text[:1].upper() + text[1:] for language, text in texts.items()}


def _scooters(count: int) -> str:
    return f"{count} scooter{'s' if count > 1 else ''}"


def _mopeds(count: int) -> str:
    return f"{count} moped{'s' if count > 1 else ''}"


def _number(value: float, language: str) -> str:
    return f"{value:.1f}".replace(".", "," if language == "fr" else ".")


def _money(cents: float, language: str, currency: str) -> str:
    return in_words(Money(round(cents), currency), language)
