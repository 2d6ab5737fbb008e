"""What a bill says in the reader's language, French or English."""

from mobility.pricing.rules.bills import Line, LineLabel

LINE_LABELS: dict[LineLabel, dict[str, str]] = {
    LineLabel.START: {"fr": "Prise en charge", "en": "Start"},
    LineLabel.PACKAGE: {"fr": "Forfait", "en": "Package"},
    LineLabel.TIME: {"fr": "Durée, pauses comprises", "en": "Time, pauses included"},
    LineLabel.RIDING: {"fr": "Conduite", "en": "Riding"},
    LineLabel.PAUSE: {"fr": "Pause", "en": "Pause"},
    LineLabel.HOUR_CAP: {"fr": "Plafond par heure atteint", "en": "Hourly cap reached"},
    LineLabel.DAY_CAP: {"fr": "Plafond par jour atteint", "en": "Daily cap reached"},
    LineLabel.WEEK_CAP: {"fr": "Plafond par semaine atteint", "en": "Weekly cap reached"},
    LineLabel.DISTANCE: {"fr": "Distance", "en": "Distance"},
    LineLabel.BOOKING_AHEAD: {"fr": "Réservation à l'avance", "en": "Booked ahead"},
    LineLabel.END_FEE: {"fr": "Lieu de fin", "en": "Where it ended"},
    LineLabel.MINIMUM: {"fr": "Complément au prix minimum", "en": "Up to the minimum price"},
    LineLabel.PASS: {"fr": "Abonnement", "en": "Pass"},
    # Neither the fare's name nor its criterion: an employer reads the receipt too.
    LineLabel.REDUCED_FARE: {"fr": "Tarif réduit", "en": "Reduced fare"},
    LineLabel.PROMOTION: {"fr": "Code promo", "en": "Promo code"},
    LineLabel.HOLD: {"fr": "Véhicule gardé plus longtemps", "en": "Vehicle kept for longer"},
}
# "min", "15 min" and "km" read the same in both languages.
UNITS: dict[str, dict[str, str]] = {"ride": {"fr": "trajet", "en": "ride"}}


def label_of(line: Line, language: str) -> str:
    """What a line is for: with the plan's own name for it, and the factor in force."""
    name = line.name and (line.name.get(language) or next(iter(line.name.values()), None))
    factor = None if line.percent == 100 else f"{line.percent} %"
    return " · ".join(part for part in (LINE_LABELS[line.label][language], name, factor) if part)


def unit_of(line: Line, language: str) -> str:
    return UNITS[line.unit][language] if line.unit in UNITS else line.unit
