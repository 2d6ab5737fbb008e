"""Alerts take a vehicle out of service and bring it back, whatever else happens to it."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.city.rules.alert_rules import TakesOut
from mobility.fleet.rules.alerts.turns import EVENTS, TAKEN_FROM, Claim, next_turn
from mobility.fleet.rules.modes import MACHINES, Mode

M, C = Mode.MICROMOBILITY, Mode.CAR_SHARE
WAYS: tuple[TakesOut, ...] = get_args(TakesOut)
STATES = [(mode, state) for mode in Mode for state in MACHINES[mode].states]


def claim(takes_out: str = "battery_low", *, number: int = 1, stands: bool = True, out_seq: int | None = None) -> Claim:
    return Claim(alert_id=UUID(int=number), kind="any", takes_out=takes_out, stands=stands, out_seq=out_seq)  # type: ignore[arg-type]


@pytest.mark.parametrize(("mode", "state"), STATES)
@pytest.mark.parametrize("takes_out", WAYS)
def test_a_vehicle_is_taken_only_from_where_no_rider_has_it(mode: Mode, state: str, takes_out: TakesOut) -> None:
    turn = next_turn(mode, state, 7, [claim(takes_out)])
    expected = EVENTS.get((mode, takes_out), (None,))[0] if state in TAKEN_FROM[takes_out] else None
    assert (turn.event if turn else None) == expected
    if turn and turn.event:
        assert MACHINES[mode].move(state, turn.event) not in ("available", state)
        assert turn.out_seq == {UUID(int=1): 8}


@pytest.mark.parametrize(("mode", "takes_out"), EVENTS)
def test_what_took_it_out_brings_it_back(mode: Mode, takes_out: TakesOut) -> None:
    out, back = EVENTS[mode, takes_out]
    state = MACHINES[mode].move("available", out)
    turn = next_turn(mode, state, 8, [claim(takes_out, stands=False, out_seq=8)])
    assert turn is not None
    assert (turn.event, turn.out_seq) == (back, {UUID(int=1): None})
    assert MACHINES[mode].move(state, back, left=["available"]) == "available"


def test_what_somebody_did_since_is_left_alone() -> None:
    turn = next_turn(M, "non_operational", 9, [claim(stands=False, out_seq=8)])
    assert turn is not None
    assert (turn.event, turn.out_seq) == (None, {UUID(int=1): None})


def test_an_alert_takes_its_vehicle_out_once() -> None:
    assert next_turn(M, "available", 9, [claim(out_seq=8)]) is None


def test_a_second_trouble_shares_the_absence_and_the_last_to_end_brings_it_back() -> None:
    first, second = claim(out_seq=8), claim("maintenance", number=2)
    joined = next_turn(M, "non_operational", 8, [first, second])
    assert joined is not None
    assert (joined.event, joined.out_seq) == (None, {UUID(int=2): 8})
    over = next_turn(M, "non_operational", 8, [replace(first, stands=False), replace(second, out_seq=8)])
    assert over is not None
    assert (over.event, over.out_seq) == (None, {UUID(int=1): None})
    back = next_turn(M, "non_operational", 8, [replace(second, stands=False, out_seq=8)])
    assert back is not None
    assert back.event == "maintenance"


def test_a_trouble_does_not_join_what_somebody_else_took_out() -> None:
    assert next_turn(M, "non_operational", 8, [claim()]) is None


class Life:
    """A vehicle whose alerts come and go, with its log."""

    def __init__(self, mode: Mode, state: str) -> None:
        self.mode, self.state, self.seq = mode, state, 5
        self.left: list[str] = []
        self.claims: dict[UUID, Claim] = {}

    def happen(self, event: str) -> None:
        after = MACHINES[self.mode].move(self.state, event, left=self.left)
        self.left, self.state, self.seq = [self.state, *self.left], after, self.seq + 1

    def settle(self) -> None:
        for _ in range(50):
            turn = next_turn(self.mode, self.state, self.seq, list(self.claims.values()))
            if turn is None:
                return
            if turn.event:
                self.happen(turn.event)
            for alert_id, out_seq in turn.out_seq.items():
                self.claims[alert_id] = replace(self.claims[alert_id], out_seq=out_seq)
        raise AssertionError("the turns never end")

    def raise_(self, number: int, takes_out: TakesOut) -> None:
        self.claims[UUID(int=number)] = claim(takes_out, number=number)

    def end(self, number: int) -> None:
        self.claims[UUID(int=number)] = replace(self.claims[UUID(int=number)], stands=False)


def ways_of(mode: Mode) -> list[TakesOut]:
    return [way for way in WAYS if (mode, way) in EVENTS]


@st.composite
def comings_and_goings(draw: st.DrawFn) -> tuple[Mode, str, list[tuple[int, TakesOut]], list[int], set[int]]:
    mode = draw(st.sampled_from(list(Mode)))
    ways = ways_of(mode)
    numbered = list(enumerate(draw(st.lists(st.sampled_from(ways), min_size=1, max_size=4, unique=True))))
    order = draw(st.permutations([number for number, _ in numbered] * 2))
    looks = draw(st.sets(st.integers(0, len(order))))
    return mode, draw(st.sampled_from(["available", "non_operational"])), numbered, list(order), looks


@given(comings_and_goings())
def test_when_every_trouble_is_over_the_vehicle_is_what_it_was_in_whatever_order_they_came_and_went(
    story: tuple[Mode, str, Sequence[tuple[int, TakesOut]], Sequence[int], set[int]],
) -> None:
    mode, state, troubles, order, looks = story
    life, ways = Life(mode, state), dict(troubles)
    for at, number in enumerate(order):
        if UUID(int=number) in life.claims:
            life.end(number)
        else:
            life.raise_(number, ways[number])
        if at in looks:
            life.settle()
    life.settle()
    assert life.state == state
    assert all(each.out_seq is None for each in life.claims.values())


@pytest.mark.parametrize("mode", Mode)
def test_while_a_trouble_stands_the_vehicle_is_not_for_rent(mode: Mode) -> None:
    for takes_out, other in itertools.product(ways_of(mode), repeat=2):
        life = Life(mode, "available")
        life.raise_(1, takes_out)
        life.settle()
        life.raise_(2, other)
        life.settle()
        life.end(1)
        life.settle()
        assert life.state != "available", (takes_out, other)
