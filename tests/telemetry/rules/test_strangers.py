from mobility.telemetry.rules.strangers import Unheard


def told(*compared: tuple[int, int], keeps_up: bool = True) -> list[int]:
    """What each comparison tells of messages read by the broker and heard by us."""
    unheard, counts = Unheard(), []
    for read, heard in compared:
        unheard.heard = heard
        counts.append(unheard.since_told(read, keeps_up=keeps_up))
    return counts


def test_what_is_read_and_not_heard_is_told_once() -> None:
    assert told((100, 0), (110, 10), (123, 20), (133, 30), (143, 40)) == [0, 0, 0, 3, 0]


def test_what_only_one_comparison_misses_was_on_its_way() -> None:
    assert told((0, 0), (10, 10), (20, 15), (30, 30), (40, 40)) == [0] * 5


def test_a_broker_that_starts_anew_counts_from_nothing() -> None:
    assert told((100, 0), (110, 10), (5, 15), (15, 25), (26, 35), (36, 45)) == [0, 0, 0, 0, 0, 1]


def test_while_messages_wait_nothing_is_compared() -> None:
    unheard = Unheard()
    for read, keeps_up in ((10, True), (10, True), (500, False), (10, True), (10, True), (11, True), (11, True)):
        counted = unheard.since_told(read, keeps_up=keeps_up)
    assert counted == 1
