import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mobility.base.ids import new_id
from mobility.fleet.rules.commands import (
    AGAIN_AFTER_S,
    MANNERS,
    Command,
    CommandArguments,
    Kind,
    ReplyUnreadable,
    State,
    VehicleMoving,
    Word,
    after,
    confirmed_status,
    expires_at,
    is_late,
    next_try,
    read_reply,
    refuse_moving,
)

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
S, W = State, Word
STEPS = {
    (S.SENT, W.DONE): S.CONFIRMED,
    (S.SENT, W.NOT_DONE): S.REFUSED,
    (S.SENT, W.DEADLINE): S.EXPIRED,
    (S.SENT, W.REPLACED): S.SUPERSEDED,
}
LATE = {(S.EXPIRED, W.DONE), (S.EXPIRED, W.NOT_DONE), (S.SUPERSEDED, W.DONE), (S.SUPERSEDED, W.NOT_DONE)}


@pytest.mark.parametrize(("state", "word"), list(itertools.product(State, Word)))
def test_a_command_has_one_final_answer_and_only_what_is_under_way_gets_one(state: State, word: Word) -> None:
    assert after(state, word) == STEPS.get((state, word), state)


@pytest.mark.parametrize(("state", "word"), list(itertools.product(State, Word)))
def test_a_reply_is_late_only_to_what_was_given_up(state: State, word: Word) -> None:
    assert is_late(state, word) is ((state, word) in LATE)


@pytest.mark.parametrize("kind", Kind)
def test_a_command_is_published_at_once_and_again_before_its_deadline(kind: Kind) -> None:
    deadline = expires_at(kind, NOW)
    assert deadline == NOW + timedelta(seconds=MANNERS[kind].deadline_s)
    assert next_try(attempts=1, now=NOW) < deadline


def test_the_waits_between_publications_grow_and_then_stay() -> None:
    waits = [(next_try(attempts=attempts, now=NOW) - NOW).total_seconds() for attempts in range(1, 9)]
    assert waits == [2, 3, 5, 10, 30, 30, 30, 30]
    assert list(AGAIN_AFTER_S) == sorted(AGAIN_AFTER_S)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Kind.UNLOCK, {"speed_limit_kmh": 10}),
        (Kind.HORN, {"seconds": 3}),
        (Kind.SET_SPEED_LIMIT, {}),
        (Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": 4}),
        (Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": 131}),
        (Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": "10"}),
        (Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": 10, "more": 1}),
    ],
)
def test_a_command_takes_its_own_arguments_only(kind: Kind, arguments: dict[str, Any]) -> None:
    with pytest.raises(CommandArguments) as refused:
        Command(kind, arguments)
    assert (refused.value.code, refused.value.facts["command"]) == ("command_arguments", kind)


@pytest.mark.parametrize(
    ("kind", "arguments", "known"),
    [
        (Kind.UNLOCK, {}, {"locked": False}),
        (Kind.LOCK, {}, {"locked": True}),
        (Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": 12}, {"speed_limit_kmh": 12}),
        (Kind.SET_SPEED_LIMIT, {"speed_limit_kmh": None}, {"speed_limit_kmh": None}),
        (Kind.HORN, {}, {}),
        (Kind.REBOOT, {}, {}),
    ],
)
def test_what_a_vehicle_confirms_is_known_of_it(kind: Kind, arguments: dict[str, Any], known: dict[str, Any]) -> None:
    assert confirmed_status(kind, Command(kind, arguments).arguments) == known


STOPPING = {Kind.LOCK, Kind.IMMOBILISE, Kind.REBOOT}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("rented", "speed_kmh", "may_move"),
    [
        (True, 0.0, False),
        (True, 0.1, True),
        (True, None, True),
        (False, 0.0, False),
        (False, 7.0, True),
        (False, None, False),
    ],
)
def test_no_operator_stops_a_vehicle_that_moves_or_may_move_under_its_rider(
    kind: Kind, rented: bool, speed_kmh: float | None, may_move: bool
) -> None:
    if kind in STOPPING and may_move:
        with pytest.raises(VehicleMoving) as refused:
            refuse_moving(kind, rented=rented, speed_kmh=speed_kmh)
        assert refused.value.code == "vehicle_moving"
    else:
        refuse_moving(kind, rented=rented, speed_kmh=speed_kmh)


def test_a_reply_is_read() -> None:
    id_ = new_id()
    reply = read_reply(
        f'{{"id": "{id_}", "done": false, "code": "battery_flat", "at": "2026-06-15T08:00:00Z"}}'.encode()
    )
    assert (reply.id, reply.done, reply.code, reply.at, reply.word) == (id_, False, "battery_flat", NOW, W.NOT_DONE)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        b'{"id": "1", "done": true, "at": "2026-06-15T08:00:00Z"}',
        b'{"id": "01890a5d-ac96-774b-bcce-b302099a8057", "done": 1, "at": "2026-06-15T08:00:00Z"}',
        b'{"id": "01890a5d-ac96-774b-bcce-b302099a8057", "done": true, "at": "now"}',
        b'{"id": "01890a5d-ac96-774b-bcce-b302099a8057", "done": true, "at": "2026-06-15T08:00:00Z", "code":"\\u0000"}',
    ],
)
def test_what_is_no_reply_is_said_to_be_none_and_not_quoted(payload: bytes) -> None:
    with pytest.raises(ReplyUnreadable, match=r"Error$"):
        read_reply(payload)
