"""Sentences for crews and operators: numbers with units, one vehicle or several, French first."""

from typing import get_args

import pytest

from mobility.rebalancing.optimiser.night.plan import Reason
from mobility.rebalancing.rules.sentences import REASONS, Work, Worth, done, undone, why, why_impossible, why_not

STATION = {"fr": "Gare", "en": "Rail station"}
WHARF = {"fr": "Quai", "en": "Wharf"}


def work(kind, count=1, to_place=None) -> Work:
    return Work(kind=kind, count=count, place=STATION, to_place=to_place)


def test_a_task_says_what_it_brings_and_at_what_rate() -> None:
    worth = Worth(cents=1_075, gain_cents=1_435, crew_min=8, trips=4.1)
    assert why(work("unload", 3), worth, currency="EUR") == {
        "fr": "3 scooters vers Gare\u00a0: 4,1 trajets de plus, 1,79\u00a0€ par minute d’équipe",
        "en": "3 mopeds to Rail station: 4.1 trips more, €1.79 per crew minute",
    }


def test_less_than_two_trips_are_singular_in_french() -> None:
    words = why(work("swap"), Worth(cents=5, gain_cents=5, crew_min=0, trips=1.8), currency="EUR")
    assert words["fr"] == "1 batterie changée à Gare\u00a0: 1,8 trajet de plus"
    assert words["en"] == "1 battery swapped at Rail station: 1.8 trips more"


def test_one_trip_is_singular_in_english() -> None:
    words = why(work("swap"), Worth(cents=5, gain_cents=5, crew_min=0, trips=1.04), currency="EUR")
    assert words["en"] == "1 battery swapped at Rail station: 1.0 trip more"


def test_a_task_for_a_booking_names_it_first() -> None:
    worth = Worth(cents=-300, gain_cents=200, crew_min=10, kwh=5.25, bookings=("R-17",))
    words = why(work("drive", to_place=WHARF), worth, currency="EUR")
    fr = "Voiture de Gare vers Quai\u00a0: pour la réservation R-17, 5,2\u00a0kWh, 0,20\u00a0€ par minute d’équipe"
    assert words["fr"] == fr
    assert words["en"] == "Car from Rail station to Wharf: for booking R-17, 5.2\u00a0kWh, €0.20 per crew minute"


def test_a_task_that_does_not_pay_for_itself_says_so_unless_the_operator_fixed_it() -> None:
    worth = Worth(cents=-120, gain_cents=0, crew_min=0)
    assert why(work("plug"), worth, currency="EUR") == {
        "fr": "Voiture branchée à Gare\u00a0: seul, coûte 1,20\u00a0€ de plus qu’il ne rapporte",
        "en": "Car plugged in at Rail station: alone, costs €1.20 more than it brings",
    }
    assert why(work("plug"), worth, currency="EUR", is_locked=True) == {
        "fr": "Voiture branchée à Gare\u00a0: fixé par l’exploitant",
        "en": "Car plugged in at Rail station: fixed by the operator",
    }


def test_a_task_about_which_there_is_nothing_to_say_is_only_named() -> None:
    assert why(work("break"), Worth(cents=0, gain_cents=0, crew_min=0), currency="EUR") == {
        "fr": "Pause",
        "en": "Break",
    }


def test_what_is_not_done_says_its_price() -> None:
    worth = Worth(cents=-320, gain_cents=310, crew_min=14, trips=0.8)
    assert why_not(work("swap", 2), worth, currency="EUR") == {
        "fr": "2 scooters à plat restent à Gare\u00a0: 0,8 trajet de plus, 0,22\u00a0€ par minute d’équipe, "
        "coûterait 3,20\u00a0€ de plus que cela ne rapporte",
        "en": "2 flat mopeds left at Rail station: 0.8 trips more, €0.22 per crew minute, "
        "would cost €3.20 more than it brings",
    }


def test_what_has_no_room_says_what_would_have_to_give() -> None:
    worth = Worth(cents=-150, gain_cents=0, crew_min=0)
    instead = Work(kind="unload", count=3, place=WHARF)
    assert why_not(work("swap"), worth, currency="EUR", instead_of=instead) == {
        "fr": "1 scooter à plat reste à Gare\u00a0: "
        "seulement au lieu de 3 scooters vers Quai, et 1,50\u00a0€ plus cher",
        "en": "1 flat moped left at Rail station: only instead of 3 mopeds to Wharf, and €1.50 dearer",
    }


def test_what_cannot_be_done_says_why() -> None:
    assert why_impossible(work("plug"), "no_charger") == {
        "fr": "Voiture non branchée à Gare\u00a0: il n’y a plus de borne libre",
        "en": "Car not plugged in at Rail station: there is no charger left",
    }


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_of_a_plan_has_its_words(reason: str) -> None:
    assert REASONS[reason].keys() == {"fr", "en"}


@pytest.mark.parametrize("kind", ["swap", "load", "unload", "plug", "drive", "break"])
def test_each_kind_of_work_has_words_done_and_undone(kind) -> None:
    for words in (done(work(kind)), undone(work(kind)), done(work(kind, 2)), undone(work(kind, 2))):
        assert all(words[language] for language in ("fr", "en"))
