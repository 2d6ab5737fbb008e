from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from mobility.invoicing.rules.documents import DocumentLine, Kind, priced
from mobility.invoicing.rules.papers import Issued, paper_of, statement_of
from mobility.invoicing.rules.words import WORDS, quantity_in_words, span_in_words

PARIS = ZoneInfo("Europe/Paris")


def line(cents: int, quantity: int = 1, vat_percent: str = "20") -> DocumentLine:
    return priced({"fr": "Conduite", "en": "Riding"}, quantity, {"fr": "min", "en": "min"}, cents, Decimal(vat_percent))


RIDE = Issued(
    kind=Kind.RECEIPT,
    number="2026-000123",
    issued_at=datetime(2026, 6, 15, 22, 12, tzinfo=UTC),
    issued_on=date(2026, 6, 16),
    time_zone="Europe/Paris",
    served_from=datetime(2026, 6, 15, 21, 55, tzinfo=UTC),
    served_until=datetime(2026, 6, 15, 22, 12, tzinfo=UTC),
    place={"fr": "Gare de Béthune", "en": "Béthune railway station"},
    provider={
        "legal_name": "Mobilités de l'Artois",
        "address": ["1 place de l'Exemple", "62400 Béthune"],
        "siret": "12345678200010",
        "vat_number": "FR11123456782",
    },
    client={"name": "Camille Durand", "contact": "camille@example.org"},
    lines=[line(25, 48)],
    currency="EUR",
)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def said(value: Any) -> str:
    """Everything that a paper says."""
    return plain(msgspec.json.encode(value).decode())


@pytest.mark.parametrize(
    "needed",
    [
        *("Reçu n° 2026-000123", "Mobilités de l'Artois", "1 place de l'Exemple", "62400 Béthune"),
        *("SIRET 123 456 782 00010", "TVA FR11123456782", "Camille Durand", "16 juin 2026", "Gare de Béthune"),
        *("48 min", "0,25 €", "12,00 €", "Total hors taxe", "10,00 €", "TVA 20 %", "2,00 €", "Total TTC"),
        *("aucune position", "paiement"),
    ],
)
def test_a_receipt_says_what_a_note_has_to_say(needed: str) -> None:
    paper = paper_of(RIDE, "fr")
    assert needed in said(paper) or needed in f"{paper.heading} {paper.reference}"


def test_times_are_the_citys_and_a_ride_over_midnight_has_two_days() -> None:
    facts = dict(paper_of(RIDE, "fr").facts)
    assert plain(facts["Prestation"]) == "du 15 juin 2026, 23 h 55, au 16 juin 2026, 0 h 12"


def test_an_english_rider_reads_english() -> None:
    paper = paper_of(RIDE, "en")
    assert (paper.title, paper.totals[-1]) == ("Receipt 2026-000123", ("Total incl. VAT", "€12.00"))
    assert dict(paper.facts)["Service"] == "15 June 2026, 23:55 to 16 June 2026, 00:12"


def test_a_credit_note_names_what_it_corrects_and_is_negative() -> None:
    note = replace(RIDE, kind=Kind.CREDIT_NOTE, number="A2026-000007", lines=[line(25, -48)], corrects="2026-000123")
    paper = paper_of(note, "fr")
    assert paper.title == "Avoir A2026-000007"
    assert dict(paper.facts)["Corrige"] == "2026-000123"
    assert plain(paper.totals[-1][1]) == "\N{MINUS SIGN}12,00 €"


def test_a_client_without_a_name_is_known_by_the_address() -> None:
    paper = paper_of(replace(RIDE, client={"name": "", "contact": "camille@example.org"}), "fr")
    assert paper.client == ["camille@example.org"]


def test_a_company_elsewhere_needs_no_french_number() -> None:
    abroad = {"legal_name": "Lakeport Rides", "address": ["1 Jetty Road"], "siret": None, "vat_number": None}
    assert paper_of(replace(RIDE, provider=abroad), "en").provider == ["Lakeport Rides", "1 Jetty Road"]


def test_a_statement_sums_receipts_and_credit_notes() -> None:
    note = replace(RIDE, kind=Kind.CREDIT_NOTE, number="A2026-000007", lines=[line(25, -24)], corrects="2026-000123")
    at = datetime(2026, 6, 30, 22, 1, tzinfo=UTC)
    paper = statement_of([RIDE, note], date(2026, 6, 1), {"fr": "Béthune"}, at, "fr")
    assert paper.title == "Relevé juin 2026"
    assert [row[0] for row in paper.rows] == ["Reçu 2026-000123", "Avoir A2026-000007"]
    assert [plain(amount) for _, amount in paper.totals] == ["5,00 €", "1,00 €", "6,00 €"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_row_has_a_cell_for_each_column(language: str) -> None:
    for paper in (
        paper_of(RIDE, language),
        statement_of([RIDE], date(2026, 6, 1), {"fr": "B"}, RIDE.issued_at, language),
    ):
        assert {len(row) for row in paper.rows} == {len(paper.columns)}


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["fr"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize(
    ("quantity", "unit", "text"),
    [
        (12, "min", "12 min"),
        (1, "trajet", "1 trajet"),
        (-1, "trajet", "\N{MINUS SIGN}1 trajet"),
        (3, "15 min", "3 × 15 min"),
    ],
)
def test_a_quantity_reads_as_people_say_it(quantity: int, unit: str, text: str) -> None:
    assert plain(quantity_in_words(quantity, unit)) == text


def test_a_moment_is_a_time_and_the_first_of_a_month_is_said_so() -> None:
    at = datetime(2026, 6, 1, 14, 5, tzinfo=PARIS)
    assert plain(span_in_words(at, at, "fr")) == "1er juin 2026, 14 h 05"
    assert plain(span_in_words(at, at + timedelta(hours=1), "fr")) == "1er juin 2026, de 14 h 05 à 15 h 05"
