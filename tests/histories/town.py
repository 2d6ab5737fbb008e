"""The town of all histories: the whole API and the worker's jobs, on a clock that only the history moves."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import select

from mobility.app import choose_adapters, create_app
from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.city.service import read_city_file
from mobility.cli.loading import load
from mobility.db.live import Live
from mobility.db.outbox import deliver_one
from mobility.db.session import Sessions, create_sessions, transaction
from mobility.fleet.rules.commands import Reply
from mobility.fleet.service import commands
from mobility.fleet.service.commands import BY_RADIO
from mobility.fleet.tables import Vehicle
from mobility.fleet.tasks import publish_commands
from mobility.payments.service import remember_customer
from mobility.riders.service import grant_role
from mobility.settings import Settings
from mobility.worker import standing_jobs, subscriptions
from tests.histories.bank import SIGNATURE, Bank
from tests.histories.faults import Faults, Killed, Mortality
from tests.histories.pristine import Pristine
from tests.histories.radio import Air
from tests.support.riders import OpenGate
from tests.support.rides import Person, add_rider

LAKEPORT = Path(__file__).parents[1] / "support/cities/lakeport/city.toml"
MONDAY_EIGHT = datetime(2026, 6, 14, 20, 0, tzinfo=UTC)
"""In the morning of a working day there, two hours after the service has opened."""
REPEATABLE = ("/v1/holds", "/v1/rentals", "/end", "/pay", "/refunds", "/price", "/credit", "/v1/bookings", "/v1/passes")
"""Requests that a key makes happen once."""
AWAY = {"payment_service_away", "vehicles_out_of_reach"}
"""What a service may say that cannot help it."""
MOODS = ("good", "good", "good", "empty", "careful")

WITHOUT_MONEY = {"open_days", "pack_closed_days", "drop_old_days", "empty_quarantine"}
"""Jobs that make and drop tables of reports: slow, and no ride or cent is in them."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
"""Another in every run of the same history."""

Job = Callable[[], Awaitable[int]]


class Wrong(AssertionError):
    """Something that must never be; says what."""


@dataclass
class Town:
    """What every history of one run shares, and what begins anew with each."""

    client: httpx.AsyncClient
    sessions: Sessions
    clock: FixedClock
    live: Live
    pristine: Pristine
    mortality: Mortality
    riders: list[Person]
    desk: list[Person]
    settings: Settings
    gateway: "Gateway"
    trace: list[str] = field(default_factory=list)
    random: Random = field(default_factory=Random)
    air: Air = field(init=False)
    jobs: dict[str, Job] = field(init=False)

    @property
    def operator(self) -> Person:
        return self.desk[0]

    @property
    def bank(self) -> Bank:
        return self.gateway.bank

    @property
    def faults(self) -> Faults:
        return self.bank.faults

    async def begin(self, seed: int) -> None:
        await self.pristine.restore()
        self.random = Random(seed)
        self.clock.instant = MONDAY_EIGHT
        self.trace = []
        self.gateway.bank = Bank(Faults(self.random))
        self.air = Air(self.faults)
        await self._give_cards()
        standing = standing_jobs(self.sessions, self.clock, self.gateway, self.settings)
        self.jobs = {job.name: job.run for job in standing if job.name not in WITHOUT_MONEY}
        self.jobs["publish_commands"] = lambda: publish_commands(self.sessions, self.clock, self.air)
        self.jobs["outbox"] = self._deliver
        await self._arrive()

    async def ask(self, person: Person, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request of a phone on a bad line: what was not answered is asked again with the same key."""
        headers = person.headers | {"Idempotency-Key": f"{self.random.getrandbits(64):x}", "Accept-Language": "en"}
        answer = await self._request(method, path, body, headers)
        if path.endswith(REPEATABLE) and self.faults.happens(0.05):
            answer = self._same(answer, await self._request(method, path, body, headers))
        self._refuse_unexplained(answer, method, path)
        self.note(method, path, answer)
        return answer

    async def work(self, job: str) -> None:
        """One turn of a job of the worker, which may die in the middle of it."""
        if self.faults.happens(0.05):
            self.mortality.kill(heard=self.random.random() < 0.5)
        try:
            await self.jobs[job]()
        except Killed:
            self.trace.append(f"{self._time} the worker dies in {job}")
        self.mortality.spare()

    async def reply(self, number: int) -> None:
        """A vehicle's answer arrives."""
        said = self.air.on_the_way.pop(number)
        async with transaction(self.sessions) as session:
            code = None if said.done else "jammed"
            reply = Reply(id=said.command_id, done=said.done, code=code, at=self.clock.now())
            taken = await commands.confirm(session, self.clock, said.vehicle_id, reply)
        self.trace.append(f"{self._time} a vehicle says {said.done}: {taken}")
        if self.faults.happens(0.1):
            self.air.on_the_way.append(said)

    async def tell(self, number: int) -> None:
        """A webhook of the bank arrives, perhaps not for the last time, perhaps with another's signature before."""
        told = self.bank.untold.pop(number)
        body = json.dumps({"id": told.id, "type": told.type, "object_id": told.object_id})
        if self.faults.happens(0.1):
            forged = await self.client.post("/v1/webhooks/payments", content=body, headers={"Stripe-Signature": "?"})
            self._refuse_unexplained(forged, "POST", "/v1/webhooks/payments")
            if forged.status_code < 400:
                raise Wrong("a forged webhook was believed")
        heard = await self.client.post("/v1/webhooks/payments", content=body, headers={"Stripe-Signature": SIGNATURE})
        if heard.status_code != 204 or self.faults.happens(0.2):
            self.bank.untold.append(told)
        self.note("webhook", told.type, heard)

    def passes(self, time: timedelta) -> None:
        self.clock.advance(time)
        self.trace.append(f"{self._time} {time} later")

    def quarter(self) -> datetime:
        """The quarter-hour that has begun last."""
        now = self.clock.now()
        return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)

    async def wait_for(self, instant: str) -> None:
        """Let time pass until a moment that is not far away."""
        wait = datetime.fromisoformat(instant) - self.clock.now()
        if timedelta(0) < wait < timedelta(hours=4):
            self.passes(wait)

    def note(self, verb: str, what: str, answer: httpx.Response) -> None:
        code = answer.json()["code"] if answer.status_code >= 400 else ""
        self.trace.append(f"{self._time} {verb} {ID.sub('…', what)} {answer.status_code} {code}".rstrip())

    async def plates(self) -> list[tuple[str, str]]:
        """Plate and public id of every vehicle."""
        async with self.sessions() as session:
            found = await session.execute(select(Vehicle.plate, Vehicle.public_id).order_by(Vehicle.plate))
            return [(plate, str(public_id)) for plate, public_id in found]

    @property
    def _time(self) -> str:
        return f"{self.clock.now() - MONDAY_EIGHT}"

    async def _request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        """An answer, however often the API dies before it gives one."""
        if self.faults.happens(0.03):
            self.mortality.kill(heard=self.random.random() < 0.5)
        try:
            return await self.client.request(method, path, json=body, headers=headers)
        except Killed:
            self.trace.append(f"{self._time} the API dies in {method} {path}")
            return await self._request(method, path, body, headers)
        finally:
            self.mortality.spare()

    def _same(self, answer: httpx.Response, again: httpx.Response) -> httpx.Response:
        """A repeated request is answered alike; a refused one may meanwhile be refused for another reason."""
        if answer.status_code < 400 and (again.status_code, again.content) != (answer.status_code, answer.content):
            raise Wrong(f"a repeated request was answered {again.text}, after {answer.text}")
        return again

    def _refuse_unexplained(self, answer: httpx.Response, method: str, path: str) -> None:
        if answer.status_code < 400:
            return
        told = answer.json()
        if answer.status_code >= 500 and told["code"] not in AWAY:
            raise Wrong(f"{method} {path} was answered {answer.status_code}: {told}")
        if told["code"] not in Problem.registry or not told["detail"]:
            raise Wrong(f"{method} {path} was refused without a reason: {told}")

    async def _deliver(self) -> int:
        heard = subscriptions(self.live)
        return int(await deliver_one(self.sessions, self.clock, heard))

    async def _arrive(self) -> None:
        """Nothing goes wrong before the first move."""
        self.faults.calm = True
        while self.bank.untold:
            await self.tell(0)
        await self.work("read_payment_events")
        self.faults.calm = False

    async def _give_cards(self) -> None:
        """Each rider has a card and a mood."""
        async with transaction(self.sessions) as session:
            for rider in self.riders:
                customer = f"cus_of_{rider.account_id}"
                await remember_customer(session, rider.account_id, gateway=self.bank.name, reference=customer)
                page = f"page_of_{rider.account_id}"
                self.bank.pages[page] = customer
                self.bank.save_card(page, self.random.choice(MOODS))


@dataclass
class Gateway:
    """The API keeps its gateway for good; each history brings a bank of its own."""

    bank: Bank

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bank, name)


@asynccontextmanager
async def open_town(database_url: str, redis_url: str, folder: Path, riders: int = 4) -> AsyncIterator[Town]:
    """Lakeport on an empty, migrated database."""
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        mobility_mailbox=folder / "mailbox.jsonl",
        mobility_photos=folder / "photos",
        mobility_mqtt_url="mqtt://nobody.test",
    )
    clock, gateway = FixedClock(MONDAY_EIGHT), Gateway(Bank(Faults(Random(0))))
    chosen = replace(choose_adapters(settings), clock=clock, gateway=gateway, limiter=OpenGate())  # type: ignore[arg-type]
    sessions = create_sessions(chosen.engine)
    sessions.configure(info={BY_RADIO: True})
    async with transaction(sessions) as session:
        await load(session, clock, read_city_file(LAKEPORT))
        people = [add_rider(session, clock) for _ in range(riders)]
        desk = [add_rider(session, clock) for _ in range(2)]
        await session.flush()
        for agent in desk:
            await grant_role(session, clock, agent.account_id, "operator", "lakeport")
    app = create_app(settings, chosen)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    mortality = Mortality(chosen.engine)
    async with httpx.AsyncClient(transport=transport, base_url="http://lakeport.test", timeout=60) as client:
        with mortality.at_large():
            yield Town(
                client=client,
                sessions=sessions,
                clock=clock,
                live=Live(chosen.valkey),
                pristine=await Pristine.keep(chosen.engine),
                mortality=mortality,
                riders=people,
                desk=desk,
                settings=settings,
                gateway=gateway,
            )
    await chosen.valkey.aclose()
    await chosen.engine.dispose()
