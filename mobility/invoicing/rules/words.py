"""How documents write dates, times and rates, and the words on them: in the languages that people choose from."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from mobility.invoicing.rules.documents import Names

FR_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NBSP = "\N{NO-BREAK SPACE}"

WORDS: Final = {
    "fr": {
        "receipt": "Reçu",
        "credit_note": "Avoir",
        "statement": "Relevé",
        "number": "n°",
        "provider": "Vendu par",
        "client": "Client",
        "issued": "Émis le",
        "service": "Prestation",
        "place": "Lieu",
        "corrects": "Corrige",
        "month": "Mois",
        "city": "Ville",
        "documents": "Documents",
        "what": "Désignation",
        "quantity": "Quantité",
        "unit_price": "Prix unitaire TTC",
        "rate": "TVA",
        "amount": "Montant TTC",
        "document": "Document",
        "day": "Date",
        "net": "Hors taxe",
        "total_net": "Total hors taxe",
        "vat": "TVA",
        "total": "Total TTC",
        "vat_number": "TVA",
        "paid": "À régler ou réglé par la carte enregistrée ou le crédit du compte\u00a0: "
        "l’application dit où en est le paiement.",
        "repaid": "Rendu par le moyen de paiement d’origine, ou en crédit sur le compte.",
        "not_stored": "Ce document ne contient aucune position\u00a0: le chemin parcouru n’est pas gardé, "
        "seul le nom d’un lieu l’est.",
        "stated": "Ce relevé rassemble des documents déjà remis\u00a0; il n’est pas à payer.",
    },
    "en": {
        "receipt": "Receipt",
        "credit_note": "Credit note",
        "statement": "Statement",
        "number": "No.",
        "provider": "Sold by",
        "client": "Client",
        "issued": "Issued on",
        "service": "Service",
        "place": "Place",
        "corrects": "Corrects",
        "month": "Month",
        "city": "City",
        "documents": "Documents",
        "what": "Description",
        "quantity": "Quantity",
        "unit_price": "Unit price incl. VAT",
        "rate": "VAT",
        "amount": "Amount incl. VAT",
        "document": "Document",
        "day": "Date",
        "net": "Without VAT",
        "total_net": "Total without VAT",
        "vat": "VAT",
        "total": "Total incl. VAT",
        "vat_number": "VAT\u00a0number",
        "paid": "Paid or to be paid by the saved card or the account's credit: the app says how the payment stands.",
        "repaid": "Given back the way it was paid, or as credit of the account.",
        "not_stored": "This document holds no position: the way taken is not kept, only the name of a place.",
        "stated": "This statement gathers documents that you have already; it is not to be paid.",
    },
}


def said(names: Names, language: str) -> str:
    """A text in the language, else in English, else in whatever language there is."""
    return names.get(language) or names.get("en") or next(iter(names.values()))


def day_in_words(day: date, language: str) -> str:
    """ "1er juin 2026", "1 June 2026"."""
    if language == "en":
        return f"{day.day} {EN_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day}{'er' if day.day == 1 else ''} {FR_MONTHS[day.month - 1]} {day.year}"


def month_in_words(month: date, language: str) -> str:
    return f"{(EN_MONTHS if language == 'en' else FR_MONTHS)[month.month - 1]} {month.year}"


def time_in_words(at: datetime, language: str) -> str:
    """ "14 h 32", "14:32"."""
    return f"{at:%H:%M}" if language == "en" else f"{at.hour}{NBSP}h{NBSP}{at:%M}"


def span_in_words(begin: datetime, end: datetime, language: str) -> str:
    """From one local time to another; the day once where it is the same."""
    first, last = day_in_words(begin.date(), language), day_in_words(end.date(), language)
    since, until = time_in_words(begin, language), time_in_words(end, language)
    if begin == end:
        return f"{first}, {since}"
    if language == "en":
        return f"{first}, {since} to {until}" if first == last else f"{first}, {since} to {last}, {until}"
    return f"{first}, de {since} à {until}" if first == last else f"du {first}, {since}, au {last}, {until}"


def quantity_in_words(quantity: int, unit: str) -> str:
    """ "12 min", "1 trajet", "3 × 15 min"."""
    countable = unit in ("min", "km", "h") or abs(quantity) == 1
    number = f"{quantity}".replace("-", "\N{MINUS SIGN}")
    return f"{number}{NBSP}{unit}" if countable and not unit[0].isdigit() else f"{number} × {unit}"


def siret_in_words(siret: str) -> str:
    """ "123 456 782 00010"."""
    return NBSP.join([siret[:3], siret[3:6], siret[6:9], siret[9:]])


def rate_in_words(percent: Decimal, language: str) -> str:
    """ "5,5 %", "5.5%"."""
    number = f"{percent.normalize():f}"
    return f"{number}%" if language == "en" else f"{number.replace('.', ',')}{NBSP}%"
