from datetime import date
from random import Random

import pytest

import mobility.app  # noqa: F401  # whoever is imported has registered their refusals
from mobility.base.errors import Problem
from mobility.street.rider import DOMAIN, REACTIONS, Reaction, persona, preferences, reaction

MOPED, MOPED_FARTHER, CAR = {"type": "moped", "n": 1}, {"type": "moped", "n": 2}, {"type": "car", "n": 3}


def test_the_same_seed_and_number_are_the_same_person():
    assert persona(7, 3) == persona(7, 3)
    assert len({persona(7, number).email for number in range(100)}) == 100
    assert persona(7, 3).email.endswith(f"@{DOMAIN}")


def test_everybody_is_of_age_and_got_the_licence_after_coming_of_age():
    for number in range(200):
        who = persona(1, number)
        assert date(1950, 1, 1) <= who.born_on <= date(2004, 12, 31)
        assert who.licensed_on.year == who.born_on.year + 18


def test_riders_prefer_the_class_they_fancy_and_the_nearest_of_it():
    offers = [MOPED, CAR, MOPED_FARTHER]
    liked = {tuple(offer["n"] for offer in preferences(Random(seed), offers)) for seed in range(20)}
    assert liked == {(1, 2, 3), (3, 1, 2)}


def test_riders_leave_alone_what_they_may_not_drive():
    assert preferences(Random(1), [CAR], not_for_me={"car"}) == []
    assert preferences(Random(1), [CAR, MOPED], not_for_me={"car"}) == [MOPED]
    assert preferences(Random(1), []) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("vehicle_taken", Reaction.NEXT_VEHICLE),
        ("not_eligible", Reaction.OTHER_CLASS),
        ("out_of_zone", Reaction.NEXT_STOP),
        ("station_full", Reaction.NEXT_STOP),
        ("already_riding", Reaction.LOOK_AGAIN),
        ("rental_ended", Reaction.DONE),
        ("not_signed_in", Reaction.SIGN_IN),
        ("internal_error", Reaction.GO_HOME),
    ],
)
def test_riders_react_sensibly_to_each_refusal(code, expected):
    assert reaction(code) is expected


def test_riders_know_only_refusals_that_the_service_has():
    assert set(REACTIONS) <= set(Problem.registry)
