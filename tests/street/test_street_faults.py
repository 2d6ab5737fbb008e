from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.street.box import BATCH_MAX, Box
from mobility.street.faults import GENTLE, NONE, PRESETS, ROUGH, Faults, Network, UnknownFault, read_faults

SHARES = st.floats(0, 0.9)


@st.composite
def faults(draw):
    named = ("lost", "unacknowledged", "repeated", "held_back", "silences")
    return Faults(**{name: draw(SHARES) for name in named}, silence_s=draw(st.floats(0, 50)))


def drive(network, box, rounds, *, restart_at=(), noted=3):
    """What arrives when a box notes reports and sends all that waits, round by round; and what was noted."""
    arrived, kept = [], []
    for at in range(rounds):
        if at in restart_at:
            box.restart()
        kept += [box.keep({"at": at}) for _ in range(noted)]
        arrived += cross(network, box, now_s=at * 10.0)
    return arrived, kept


def cross(network, box, now_s):
    crossing = network.carry(box.waiting(), now_s)
    box.acknowledge(crossing.acknowledged)
    return crossing.arrives


def numbers(reports):
    return [(report["boot"], report["seq"]) for report in reports]


@given(faults=faults(), seed=st.integers(), restart_at=st.sets(st.integers(0, 19)))
def test_nothing_that_a_box_keeps_until_it_is_acknowledged_is_lost_for_good(faults, seed, restart_at):
    network, box = Network(faults, Random(seed)), Box(boot=7)
    arrived, kept = drive(network, box, 20, restart_at=restart_at)
    arrived += cross(Network(NONE, Random(0)), box, now_s=10_000)
    assert set(numbers(arrived)) == set(numbers(kept))
    assert len(set(numbers(kept))) == len(kept), "no number is given twice, also over restarts"
    assert not box.waiting()


@given(faults=faults(), seed=st.integers(), sent=st.lists(st.integers(), unique=True, max_size=50))
def test_nothing_is_acknowledged_that_has_not_arrived_and_nothing_arrives_that_was_not_sent(faults, seed, sent):
    network = Network(faults, Random(seed))
    for now_s in (0, 100, 200):
        crossing = network.carry(sent, now_s)
        assert set(crossing.acknowledged) <= set(crossing.arrives) <= set(sent)


@given(faults=faults(), seed=st.integers())
def test_the_same_seed_has_the_same_fates(faults, seed):
    one, other = (drive(Network(faults, Random(seed)), Box(boot=1), 10) for _ in range(2))
    assert one == other


def test_a_network_without_faults_carries_everything_once_and_in_order():
    assert Network(NONE, Random(1)).carry([1, 2, 3], 0.0) == Network(NONE, Random(2)).carry([1, 2, 3], 9.0)
    assert Network(NONE, Random(1)).carry([1, 2, 3], 0.0).arrives == [1, 2, 3]
    assert not Network(NONE, Random(1)).breaks()


def test_a_rough_network_loses_repeats_and_reorders():
    network, box = Network(ROUGH, Random(1)), Box(boot=1)
    arrived, _ = drive(network, box, 100)
    assert len(numbers(arrived)) > len(set(numbers(arrived)))
    first_seen = list(dict.fromkeys(numbers(arrived)))
    assert first_seen != sorted(first_seen)
    assert set(Network(ROUGH, Random(1)).carry(range(100), 0.0).arrives) < set(range(100))


def test_what_is_held_back_comes_behind_what_was_made_after_it():
    network = Network(Faults(held_back=1.0), Random(1))
    assert network.carry(["old"], 0.0).arrives == []
    network._faults = NONE
    assert network.carry(["new"], 1.0).arrives == ["new", "old"]


def test_in_a_silence_nothing_arrives_and_after_it_everything_does():
    network = Network(Faults(silences=1.0, silence_s=60), Random(1))
    assert network.carry(["a"], 0.0).arrives == ()
    network._faults = NONE
    assert network.carry(["a"], 0.001).arrives == ()
    assert network.carry(["a"], 61.0).arrives == ["a"]


def test_a_full_box_overwrites_its_oldest_reports_and_counts_them():
    box = Box(boot=1, keeps=2)
    for charge in (80, 79, 78):
        box.keep({"charge_percent": charge})
    assert [report["charge_percent"] for report in box.waiting()] == [79, 78]
    assert box.overwritten == 1


def test_a_box_sends_no_more_at_once_than_the_service_takes():
    box = Box(boot=1, keeps=2 * BATCH_MAX)
    for _ in range(BATCH_MAX + 1):
        box.keep({})
    assert numbers(box.waiting())[-1] == (1, BATCH_MAX)


def test_a_box_that_restarts_counts_from_one_again_under_a_new_boot_number():
    box = Box(boot=7)
    box.keep({})
    box.restart()
    box.keep({})
    assert numbers(box.waiting()) == [(7, 1), (8, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", NONE),
        ("gentle", GENTLE),
        ("lost=0.1, skew_s=30", Faults(lost=0.1, skew_s=30)),
        ("rough,lost=0", Faults(**{**{name: getattr(ROUGH, name) for name in ROUGH.__slots__}, "lost": 0.0})),
    ],
)
def test_faults_are_given_by_a_name_by_single_numbers_or_both(text, expected):
    assert read_faults(text) == expected


@pytest.mark.parametrize("text", ["heavy", "lost", "lost=much", "lost=1.5", "skew_s=-1", "lost=nan", "rough=1", ""])
def test_faults_that_are_none_are_refused_by_name(text):
    with pytest.raises(UnknownFault, match=text.partition("=")[0] or "''"):
        read_faults(text)


def test_every_preset_is_a_share_of_what_can_happen():
    for faults in PRESETS.values():
        assert read_faults(",".join(f"{name}={getattr(faults, name)}" for name in Faults.__slots__)) == faults
