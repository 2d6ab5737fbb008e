"""A state machine of riders and vehicles, written without a look at the service's own, drives the API and compares."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mobility.db.embedded import Servers
from tests.histories.checks import check
from tests.histories.moves import end_ride, out_or_back
from tests.histories.town import Town, open_town
from tests.support.databases import copy_database, url_of
from tests.support.rides import LIGHTHOUSE, MARKET, WHARF

RIDERS = range(4)
MOPEDS, CARS = [f"B-00{n}" for n in range(1, 6)], [f"P-00{n}" for n in range(1, 4)]
MOPED_CENTS_A_MINUTE = 40
HOLD = timedelta(minutes=15)


@dataclass
class Mine:
    """What a rider has: a vehicle held, ridden or paused."""

    plate: str
    state: str
    id: str
    since: datetime


class Street(RuleBasedStateMachine):
    """What riders do one after the other, on a good line, within the hours of service."""

    town: Town
    runner: "asyncio.Runner"

    @initialize()
    def begin(self) -> None:
        self.do(self.town.begin(0))
        self.town.faults.calm = True
        for rider in self.town.riders:
            self.town.bank.moods[f"cus_of_{rider.account_id}"] = "good"
        self.mine: dict[int, Mine] = {}
        self.out: set[str] = set()

    @rule(rider=st.sampled_from(RIDERS), plate=st.sampled_from(MOPEDS + CARS))
    def hold(self, rider: int, plate: str) -> None:
        """Whoever has nothing gets what nobody has."""
        public_id = dict(self.do(self.town.plates()))[plate]
        answer = self.ask(rider, "POST", "/v1/holds", {"vehicle_id": public_id})
        if self.of(rider):
            assert answer.status_code == 409
            assert answer.json()["code"] in {"already_holding", "already_riding", "vehicle_taken"}
        elif plate in self.taken() or plate in self.out:
            assert answer.json()["code"] in {"vehicle_taken", "vehicle_unavailable"}
        else:
            assert answer.status_code == 201, answer.text
            self.mine[rider] = Mine(plate, "held", answer.json()["id"], self.town.clock.now())

    @precondition(lambda self: self.has("held"))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        rider, mine = self.one(data, "held")
        assert self.ask(rider, "DELETE", f"/v1/holds/{mine.id}").status_code == 204
        del self.mine[rider]

    @precondition(lambda self: self.has("held"))
    @rule(data=st.data(), unlocks=st.booleans())
    def start(self, data: st.DataObject, unlocks: bool) -> None:
        """Paid time begins when the vehicle says so, or the rider has nothing and owes nothing."""
        rider, mine = self.one(data, "held")
        self.do(self.town.work("beat"))
        answer = self.ask(rider, "POST", "/v1/rentals", {"hold_id": mine.id})
        assert (answer.status_code, answer.json()["state"]) == (201, "unlocking")
        self.do(self.vehicle_says(unlocks))
        if unlocks:
            self.mine[rider] = Mine(mine.plate, "riding", answer.json()["id"], self.town.clock.now())
        else:
            del self.mine[rider]

    @precondition(lambda self: self.has("riding"))
    @rule(data=st.data())
    def pause(self, data: st.DataObject) -> None:
        rider, mine = self.one(data, "riding")
        assert self.ask(rider, "POST", f"/v1/rentals/{mine.id}/pause").status_code == 200
        self.do(self.vehicle_says(True))
        mine.state = "paused"

    @precondition(lambda self: self.has("paused"))
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        rider, mine = self.one(data, "paused")
        assert self.ask(rider, "POST", f"/v1/rentals/{mine.id}/resume").status_code == 200
        self.do(self.vehicle_says(True))
        mine.state = "riding"

    @precondition(lambda self: self.has("riding", "paused"))
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """A moped ends anywhere and costs its minutes begun; a car ends where a bay is free."""
        rider, mine = self.one(data, "riding", "paused")
        place = LIGHTHOUSE if mine.plate in MOPEDS else data.draw(st.sampled_from([WHARF, MARKET]))
        ended = self.do(end_ride(self.town, self.town.riders[rider], mine.id, [(place.lon, place.lat)]))
        assert ended or mine.plate in CARS, self.town.trace[-1]
        if ended:
            del self.mine[rider]
            self.do(self.vehicle_says(True))
            if mine.plate in MOPEDS:
                receipt = self.ask(rider, "GET", f"/v1/rentals/{mine.id}/receipt").json()
                minutes = -(-(self.town.clock.now() - mine.since) // timedelta(minutes=1))
                assert receipt["total"]["cents"] == minutes * MOPED_CENTS_A_MINUTE

    @rule(seconds=st.integers(1, 1_000))
    def wait(self, seconds: int) -> None:
        """A hold is over at its instant, swept or not."""
        self.town.passes(timedelta(seconds=seconds))
        now = self.town.clock.now()
        self.mine = {r: m for r, m in self.mine.items() if m.state != "held" or now < m.since + HOLD}

    @rule(plate=st.sampled_from(MOPEDS + CARS))
    def take_out_or_bring_back(self, plate: str) -> None:
        """An operator takes what stands there, and brings it back."""
        if plate in self.taken():
            return
        self.do(self.town.work("expire_holds"))
        listed = self.do(self.town.ask(self.town.operator, "GET", "/v1/cities/lakeport/fleet/vehicles")).json()["items"]
        vehicle = next(each for each in listed if each["plate"] == plate)
        assert self.do(out_or_back(self.town, vehicle, back=plate in self.out))
        self.out ^= {plate}

    @invariant()
    def everybody_has_what_the_model_says(self) -> None:
        for rider in RIDERS:
            current, mine = self.ask(rider, "GET", "/v1/me/ride").json(), self.of(rider)
            assert current["kind"] == (mine.state if mine else "none"), self.town.trace
        self.do(check(self.town))

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    def ask(self, rider: int, method: str, path: str, body: Any = None) -> Any:
        return self.do(self.town.ask(self.town.riders[rider], method, path, body))

    async def vehicle_says(self, yes: bool) -> None:
        await self.town.work("publish_commands")
        for command_id in self.town.air.answered:
            self.town.air.answered[command_id] = yes
        self.town.air.on_the_way = [replace(said, done=yes) for said in self.town.air.on_the_way]
        while self.town.air.on_the_way:
            await self.town.reply(0)
        while await self.town.jobs["outbox"]():
            pass

    def of(self, rider: int) -> Mine | None:
        return self.mine.get(rider)

    def taken(self) -> set[str]:
        return {mine.plate for mine in self.mine.values()}

    def has(self, *states: str) -> bool:
        return any(mine.state in states for mine in self.mine.values())

    def one(self, data: st.DataObject, *states: str) -> tuple[int, Mine]:
        return data.draw(st.sampled_from([(r, m) for r, m in sorted(self.mine.items()) if m.state in states]))


@pytest.fixture
def street(running_servers: Servers, template: str, tmp_path: Path) -> Iterator[type[Street]]:
    """The machine on a town of its own, with a loop of its own: hypothesis is not asynchronous."""
    name = "mobility_street_rules"
    with asyncio.Runner() as runner:
        runner.run(copy_database(running_servers, template, name))
        opening = open_town(url_of(running_servers, name), running_servers.redis_url, tmp_path, len(RIDERS))
        Street.runner, Street.town = runner, runner.run(opening.__aenter__())
        yield Street
        runner.run(opening.__aexit__(None, None, None))


def test_riders_get_what_an_independent_model_says(street: type[Street]) -> None:
    run_state_machine_as_test(
        street,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
