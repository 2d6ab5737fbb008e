from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.base.errors import Problem
from mobility.fleet.rules.console import Console, News, news_of, read_box
from mobility.fleet.rules.live_map import AlertNews
from mobility.geo import Bounds, LonLat

HARBOUR = Bounds(174.9, -40.1, 175.0, -40.0)
INSIDE, OUTSIDE = LonLat(174.95, -40.05), LonLat(175.05, -40.05)
MOPED, CAR = UUID(int=1), UUID(int=2)


def report(number: int, vehicle: UUID = MOPED, *, seq: int = 1, position: LonLat = INSIDE) -> News:
    data = {"id": vehicle, "seq": seq, "position": position, "charge_percent": number}
    return news_of(f"{number}-0", msgspec.json.encode(data))


def alert(number: int) -> News:
    told = AlertNews(
        id=uuid4(), vehicle_id=MOPED, alert="low_charge", severity="warning", state="open", at="2026-06-15T08:00:00Z"
    )
    return news_of(f"{number}-0", msgspec.json.encode(told))


def taken(console: Console) -> list[tuple[str, str]]:
    """Name and id of each event."""
    blocks = console.take(10_000).decode().split("\n\n")[:-1]
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(each["event"], each["id"]) for each in fields]


def test_of_a_vehicle_that_only_moved_the_latest_report_is_told() -> None:
    console = Console(None)
    for number in (1, 2, 3):
        console.hear(report(number))
    assert taken(console) == [("vehicle", "3-0")]
    assert taken(console) == []


def test_every_change_of_state_and_every_alert_is_told() -> None:
    console = Console(None)
    for news in (report(1, seq=1), report(2, seq=2), alert(3), report(4, seq=2), report(5, seq=3), alert(6)):
        console.hear(news)
    assert taken(console) == [
        ("vehicle", "1-0"),
        ("alert", "3-0"),
        ("vehicle", "4-0"),
        ("vehicle", "5-0"),
        ("alert", "6-0"),
    ]


def test_a_vehicle_outside_the_box_is_not_told() -> None:
    console = Console(HARBOUR)
    console.hear(report(1, position=OUTSIDE))
    console.hear(report(2, CAR))
    assert taken(console) == [("vehicle", "2-0")]


def test_a_vehicle_that_leaves_the_box_is_gone_once_and_comes_back() -> None:
    console = Console(HARBOUR, shown={MOPED: True})
    console.hear(report(1, position=OUTSIDE))
    console.hear(report(2, position=OUTSIDE))
    assert taken(console) == [("gone", "1-0")]
    console.hear(report(3))
    assert taken(console) == [("vehicle", "3-0")]


def test_a_vehicle_that_leaves_and_returns_while_nobody_reads_is_there_at_the_end() -> None:
    console = Console(HARBOUR, shown={MOPED: True})
    for number, position in enumerate((INSIDE, OUTSIDE, INSIDE, OUTSIDE, INSIDE), start=1):
        console.hear(report(number, position=position))
    assert taken(console) == [("gone", "4-0"), ("vehicle", "5-0")]


def test_a_screen_that_returned_is_told_what_left_meanwhile() -> None:
    console = Console(HARBOUR, returned=True)
    console.hear(report(1, position=OUTSIDE))
    console.hear(report(2, position=OUTSIDE))
    assert taken(console) == [("gone", "1-0")]


def test_alerts_are_told_whatever_box_is_shown() -> None:
    console = Console(HARBOUR)
    console.hear(alert(1))
    assert taken(console) == [("alert", "1-0")]


def test_events_can_be_taken_in_parts() -> None:
    console = Console(None)
    for number in (1, 2, 3):
        console.hear(alert(number))
    assert b"id: 2-0" in console.take(2)
    assert taken(console) == [("alert", "3-0")]


MOVES = st.lists(
    st.tuples(st.sampled_from([MOPED, CAR]), st.integers(1, 3), st.sampled_from([INSIDE, OUTSIDE]), st.booleans())
)


@given(MOVES)
def test_whoever_reads_how_seldom_ever_ends_with_the_same_screen(moves: list[tuple[UUID, int, LonLat, bool]]) -> None:
    console, screen, truth, ids = Console(HARBOUR), {}, {}, []

    def draw() -> None:
        for block in console.take(10_000).split(b"\n\n")[:-1]:
            name, id_, data = (line.split(b": ", 1)[1] for line in block.splitlines())
            vehicle = msgspec.json.decode(data)
            ids.append(int(id_.split(b"-")[0]))
            if name == b"gone":
                screen.pop(vehicle["id"], None)
            else:
                screen[vehicle["id"]] = vehicle["charge_percent"]

    for number, (vehicle, seq, position, reads_now) in enumerate(moves, start=1):
        console.hear(report(number, vehicle, seq=seq, position=position))
        truth.pop(str(vehicle), None)
        if position == INSIDE:
            truth[str(vehicle)] = number
        if reads_now:
            draw()
    draw()
    assert screen == truth
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "box_unreadable"),
        ("1,2,3", "box_unreadable"),
        ("1,2,3,4,5", "box_unreadable"),
        ("a,b,c,d", "box_unreadable"),
        ("nan,0,1,1", "box_unreadable"),
        ("2,0,1,1", "box_unreadable"),
        ("0,1,1,1", "box_unreadable"),
        ("0,-91,1,1", "box_unreadable"),
        ("170,0,190,1", "box_unreadable"),
        ("0,0,inf,1", "box_unreadable"),
        ("-180,-90,180,90", "box_too_large"),
        ("0,0,1,1", "box_too_large"),
    ],
)
def test_a_box_that_is_none_or_too_large_is_refused(text: str, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        read_box(text)
    assert refusal.value.code == code


def test_a_box_is_written_as_in_geojson() -> None:
    assert read_box("174.9,-40.1,175.0,-40.0") == HARBOUR
