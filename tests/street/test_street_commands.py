from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest

from mobility.street.alarms import alarms
from mobility.street.commands import DELAY_S, LATE_S, NAMES, REMEMBERED_MAX, Command, Obedience, read_command
from mobility.street.faults import NONE, Faults

AT = datetime(2026, 6, 15, 8, tzinfo=UTC)


def command(name="unlock", *, id_="c1", valid_s=30, **arguments):
    return Command(id_, name, issued_at=AT, expires_at=AT + timedelta(seconds=valid_s), arguments=arguments)


@pytest.fixture
def obedience():
    return Obedience(NONE, Random(1))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_vehicle_does_every_command_after_a_believable_moment(obedience, name):
    answer = obedience.answer(command(name, speed_limit_kmh=20), AT)
    assert answer.obeyed
    assert (answer.reply.done, answer.reply.code) == (True, None)
    assert DELAY_S[0] <= answer.delay_s <= DELAY_S[1]


def test_an_expired_command_is_refused(obedience):
    answer = obedience.answer(command(valid_s=30), AT + timedelta(seconds=30))
    assert not answer.obeyed
    assert (answer.reply.done, answer.reply.code) == (False, "expired")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (command("fly"), "unknown_command"),
        (command("set_speed_limit", speed_limit_kmh="slow"), "bad_arguments"),
        (command("set_speed_limit", speed_limit_kmh=0), "bad_arguments"),
        (command("set_speed_limit", speed_limit_kmh=True), "bad_arguments"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(obedience, asked, code):
    assert obedience.answer(asked, AT).reply.code == code


def test_a_command_that_comes_again_is_answered_the_same_and_done_once(obedience):
    first = obedience.answer(command(), AT)
    again = obedience.answer(command(), AT + timedelta(hours=1))
    assert again.reply == first.reply
    assert (first.obeyed, again.obeyed) == (True, False)


def test_a_command_that_a_later_one_has_overtaken_is_refused(obedience):
    stale = msgspec.structs.replace(command("lock", id_="stale"), issued_at=AT - timedelta(seconds=5))
    other = msgspec.structs.replace(command("horn", id_="other"), issued_at=AT - timedelta(seconds=5))
    assert obedience.answer(command("unlock"), AT).obeyed
    assert obedience.answer(stale, AT).reply.code == "overtaken"
    assert obedience.answer(other, AT).obeyed


def test_a_refused_command_stays_refused(obedience):
    late = obedience.answer(command(valid_s=-1), AT)
    assert obedience.answer(command(valid_s=60), AT).reply == late.reply


def test_a_vehicle_forgets_commands_of_long_ago(obedience):
    for number in range(REMEMBERED_MAX + 1):
        obedience.answer(command(id_=f"c{number}"), AT)
    assert not obedience.answer(command(id_="c1"), AT).obeyed
    assert obedience.answer(command(id_="c0"), AT).obeyed


def test_a_share_of_commands_never_comes_to_the_vehicle_however_often_it_is_sent():
    obedience = Obedience(Faults(unanswered=1.0), Random(1))
    for _ in range(2):
        answer = obedience.answer(command(), AT)
        assert (answer.obeyed, answer.reply) == (False, None)


def test_a_share_of_commands_is_done_but_answered_when_nobody_waits_any_more():
    answer = Obedience(Faults(answered_late=1.0), Random(1)).answer(command(), AT)
    assert (answer.obeyed, answer.reply.done) == (True, True)
    assert LATE_S[0] <= answer.delay_s <= LATE_S[1]


def test_the_same_seed_answers_the_same():
    faults = Faults(unanswered=0.3, answered_late=0.3)
    asked = [command(id_=f"c{number}") for number in range(20)]
    one, other = ([Obedience(faults, Random(5)).answer(each, AT) for each in asked] for _ in range(2))
    assert one == other


def test_a_command_is_read_as_the_service_writes_it():
    written = {
        "id": "c1",
        "command": "unlock",
        "arguments": {},
        "issued_at": "2026-06-15T08:00:00Z",
        "expires_at": "2026-06-15T08:00:30Z",
    }
    assert read_command(msgspec.json.encode(written)) == command()
    assert read_command(b"\xff") is None
    assert read_command(b"{}") is None


def test_a_few_vehicles_fall_over_and_a_few_chargers_fail():
    day = [AT + timedelta(minutes=10 * number) for number in range(144)]
    standing = [alarms(1, f"A-{n}", at, in_use=False, plugged_in=False) for n in range(20) for at in day]
    charging = [alarms(1, f"A-{n}", at, in_use=False, plugged_in=True) for n in range(20) for at in day]
    assert 0 < standing.count(["tipped"]) < len(standing) / 100
    assert 0 < charging.count(["charging_fault"]) < len(charging) / 20
    assert not any(alarms(1, f"A-{n}", at, in_use=True, plugged_in=False) for n in range(20) for at in day)
    assert alarms(1, "A-1", day[0], in_use=False, plugged_in=False) == standing[144]
