import re
from pathlib import Path

from mobility.fleet.rules.modes import MACHINES, SEQUENCES, Mode, StateName, Step

PAGE = Path(__file__).parents[2] / "mobility/fleet/README.md"


def test_the_page_names_every_state_and_tells_every_step_by_its_events() -> None:
    page = PAGE.read_text(encoding="utf-8")
    states = {state for machine in MACHINES.values() for state in machine.states}
    assert states == set(StateName.__args__)
    assert [state for state in states if state not in page] == []
    rows = dict(re.findall(r"^\| (\w+) \|(.+)\|$", page, re.MULTILINE))
    for (mode, step), sequences in SEQUENCES.items():
        mopeds, cars = rows[step].split("|")
        told = mopeds if mode is Mode.MICROMOBILITY else cars
        assert set(re.findall(r"[a-z_]+", re.sub(r"\(.*\)", "", told))) == {
            event for events in sequences.values() for event in events
        }
    assert {step for _, step in SEQUENCES} == set(Step)
