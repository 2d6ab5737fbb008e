from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rebalancing.generator import Size
from mobility.rebalancing.optimiser.instance import InstanceInvalid
from mobility.rebalancing.optimiser.night.file import dumps, load, loads, save
from mobility.rebalancing.optimiser.night.instance import Lock, Night
from tests.support.nights import night

KNOWN = night()
PLACES, CARS = len(KNOWN.places.names), len(KNOWN.cars.names)
BENT = np.tile([9.0, 1.0, 5.0, 4.0] + [np.inf] * 20, (PLACES, 1))

REFUSED = {
    "a moped at no place": ({"mopeds": {"place": np.full(10, 99)}}, "stands at a place that is none"),
    "two of a name": ({"cars": {"names": ("a", "a", "b")}}, "two of the cars are called a"),
    "a percent above all": ({"mopeds": {"charge_percent": np.full(10, 101)}}, "above 100"),
    "a negative charge": ({"cars": {"charge_wh": np.full(3, -1)}}, "cars.charge_wh is not between 0"),
    "a battery too full": ({"cars": {"charge_wh": np.full(3, 9_999_999)}}, "holds more than it can"),
    "half a minute": ({"travel_min": KNOWN.travel_min + 0.5}, "travel_min must be whole numbers"),
    "negative travel": ({"travel_min": KNOWN.travel_min - 99}, "travel_min is negative"),
    "a negative service": ({"service_min": replace(KNOWN.service_min, swap=-1)}, "service_min is negative"),
    "a shift that ends first": (
        {"crews": {"shift_min": np.array([[5, 4]])}},
        "shift_min of crew 0 is negative or ends",
    ),
    "hours without end": (
        {"places": {"closed_min": np.tile([0, 99_999], (PLACES, 1, 1))}},
        "closed_min goes beyond 5760 minutes",
    ),
    "an array too short": ({"cars": {"plugged": np.zeros(2, bool)}}, r"cars.plugged has the shape 2 instead of 3"),
    "a travel without depot": (
        {"travel_min": KNOWN.travel_min[:, :PLACES, :PLACES]},
        "travel_min has the shape 2 x 4 x 4 instead of any x 5 x 5",
    ),
    "a curve that bends": ({"places": {"moped_cents": BENT}}, "moped_cents of station 0 is not convex"),
    "a curve that ends early": (
        {"places": {"car_cents": np.zeros((PLACES, 1))}},
        r"car_cents of station \d ends at 0 vehicles",
    ),
    "a hole in a curve": (
        {"places": {"car_cents": np.tile([0, np.inf, 0, 0, 0], (PLACES, 1))}},
        "infinite before its end",
    ),
    "no value without vehicles": ({"places": {"car_cents": np.full((PLACES, 5), np.inf)}}, "no value without any"),
    "not a number": ({"tariff_cents_per_kwh": np.full(40, np.nan)}, "tariff_cents_per_kwh must be numbers"),
    "a price without end": ({"tariff_cents_per_kwh": np.full(40, np.inf)}, "a price of energy is not a number"),
    "a flag that is none": ({"cars": {"excluded": np.full(3, 2)}}, "excluded must be true or false"),
    "too few quarters": ({"morning_min": 601}, "40 quarters do not reach the morning"),
    "a morning before the night": ({"morning_min": -1}, "the morning is at minute -1"),
    "no efficiency": ({"efficiency": 0.0}, "an efficiency of 0.0"),
    "a booking of nobody's car": ({"bookings": {"car": np.array([9])}}, "a booking is of an unknown car"),
    "a booking nowhere": ({"bookings": {"place": np.array([9])}}, "a booking is at a place that is none"),
    "a booking too late": ({"bookings": {"by_min": np.array([999])}}, "a booking is out of the night"),
    "a crew from nowhere": ({"crews": {"start": np.array([9])}}, "a crew's start is no location"),
    "a mode without ways": ({"crews": {"mode": np.array([2])}}, "a mode without travel times"),
    "chargers for nobody": (
        {"cars": {"plugged": np.ones(3, bool)}, "places": {"chargers": np.zeros(PLACES, int)}},
        "which has 0 chargers",
    ),
    "steps out of order": (
        {"cars": {"worth_cents_per_kwh": np.tile([1.0, 2.0, 0.0], (CARS, 1))}},
        "a later step of charge is worth more",
    ),
    "an unknown moped on board": ({"crews": {"on_board": ((77,),)}}, "an unknown moped is on board"),
    "on board and at a place": ({"crews": {"on_board": ((0,),)}}, "on board are not those at no place"),
    "boards for other crews": ({"crews": {"on_board": ()}}, "on_board is not one entry for each crew"),
    "a lock of no crew": ({"locks": (Lock(crew=9, kind="swap", place=0, vehicles=(0,)),)}, "of an unknown crew"),
    "a lock nowhere": ({"locks": (Lock(crew=0, kind="swap", place=9, vehicles=(0,)),)}, "at a place that is none"),
    "a lock of nothing": ({"locks": (Lock(crew=0, kind="swap", place=0, vehicles=()),)}, "needs vehicles, each once"),
    "an unknown vehicle": ({"locks": (Lock(crew=0, kind="plug", place=0, vehicles=(9,)),)}, "names an unknown vehicle"),
    "a locked break": ({"locks": (Lock(crew=0, kind="break", place=0, vehicles=(0,)),)}, "a break cannot be locked"),
    "two cars at once": ({"locks": (Lock(crew=0, kind="plug", place=0, vehicles=(0, 1)),)}, "plug needs one car"),
    "a drive to nowhere": ({"locks": (Lock(crew=0, kind="drive", place=0, vehicles=(0,)),)}, "goes to place -1"),
}


@pytest.mark.parametrize(("changed", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_night_that_cannot_be_is_refused_in_the_callers_words(changed: dict, words: str) -> None:
    with pytest.raises(InstanceInvalid, match=words) as refused:
        if "mopeds" in changed or "crews" in changed or len(changed) == 1:
            night(**changed)
        else:
            Night(**{name: getattr(KNOWN, name) for name in KNOWN.__dataclass_fields__} | parts(changed))
    assert refused.value.code == "night_instance_invalid"


def parts(changed: dict) -> dict:
    return {name: replace(getattr(KNOWN, name), **value) for name, value in changed.items()}


def test_two_bookings_of_one_car_are_refused() -> None:
    twice = {"names": ("a", "b"), "car": [0, 0], "place": [0, 0], "by_min": [9, 9], "charge_wh": [0, 0]}
    with pytest.raises(InstanceInvalid, match="has 2 bookings"):
        night(bookings=twice)


def test_travel_may_differ_by_direction() -> None:
    assert (KNOWN.travel_min[0] != KNOWN.travel_min[0].T).any()


def test_a_night_is_a_copy_that_nobody_changes() -> None:
    with pytest.raises(ValueError, match="read-only"):
        KNOWN.mopeds.place[0] = 1


sizes = st.builds(
    Size,
    stations=st.integers(1, 6),
    mopeds=st.integers(0, 12),
    cars=st.integers(0, 4),
    vans=st.integers(0, 2),
    relocators=st.integers(0, 1),
    bookings=st.integers(0, 2),
)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), sizes)
def test_a_file_replays_the_night_to_the_byte(seed: int, size: Size) -> None:
    made = night(seed, size)
    text = dumps(made)
    assert dumps(loads(text)) == text
    assert np.array_equal(loads(text).places.moped_cents, made.places.moped_cents)


def test_a_saved_night_is_loaded_with_its_locks(tmp_path: Path) -> None:
    lock = Lock(crew=0, kind="load", place=int(KNOWN.mopeds.place[0]), vehicles=(0,))
    save(tmp_path / "night.json", night(locks=(lock,)))
    assert load(tmp_path / "night.json").locks == (lock,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{", "not a JSON document"),
        (b"[]", "its format is not"),
        (b'{"format": "mobility night 1"}', "does not have just the fields"),
        (dumps(KNOWN).replace(b'"vans":{', b'"vans":{"more":1,'), "does not have just the fields"),
        (dumps(KNOWN).replace(b'"car_drive_min":[[', b'"car_drive_min":[["a",'), "not an array of numbers"),
        (dumps(KNOWN).replace(b'"locks":[]', b'"locks":{}'), "locks is not a list"),
    ],
)
def test_a_file_that_is_no_night_is_refused(text: bytes, words: str) -> None:
    with pytest.raises(InstanceInvalid, match=words):
        loads(text)
