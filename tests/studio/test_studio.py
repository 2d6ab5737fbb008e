"""The drawing table of the tests' town: drawn, kept, replayed, printed, refused."""

import asyncio
import multiprocessing
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader
from redis.asyncio import Redis

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.city.rules.city_file import CityFile
from mobility.db.embedded import Servers
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from mobility.placement.rules.document import ScenarioAnswer
from mobility.placement.rules.study import ScenarioWords
from mobility.placement.service.drawing import Board
from mobility.settings import Settings
from mobility.studio.ports import Ended, JobLost, Step, Work
from mobility.studio.processes import JobProcess, done
from mobility.studio.tasks import run_jobs
from tests.support.apps import api_on
from tests.support.fleets import signed_in
from tests.support.studies import write_study

BASE = "/v1/cities/lakeport/studio"
PIER = {"name": "Pier", "lon": 175.0, "lat": -39.98, "bays": 4}


@dataclass
class Here:
    """Works on jobs in the tests' own process, after what `before` does."""

    at: JobProcess
    steps: list[Step] = field(default_factory=list)
    before: Callable[[], Awaitable[None]] | None = None

    async def run(self, work: Work, *, tell: Callable[[Step], Awaitable[None]], is_cancelled: Any) -> Ended | None:
        if self.before is not None:
            await self.before()
        if await is_cancelled():
            return None
        try:
            ended = await asyncio.to_thread(done, self.at, work, lambda *step: self.steps.append(Step(*step)))
        except Problem as refusal:
            return Ended(None, refusal.sentence(work.language))
        for step in self.steps:
            await tell(step)
        return ended


@dataclass
class Lost:
    async def run(self, work: Work, **_: Any) -> Ended | None:
        raise JobLost


@dataclass(frozen=True)
class Hall:
    """Somebody of the city at the drawing table."""

    client: httpx.AsyncClient
    headers: dict[str, str]
    sessions: Sessions
    clock: FixedClock
    runner: Here

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
        return await self.client.request(method, BASE + path, json=body, headers=headers)

    async def told(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, body: Any = None) -> str:
        answer = await self.ask(method, path, body)
        assert answer.status_code >= 400
        return str(answer.json()["code"])

    async def work(self) -> None:
        await run_jobs(self.sessions, self.clock, self.runner)


@pytest.fixture
async def hall(
    database_url: str,
    running_servers: Servers,
    valkey: Redis,
    clock: FixedClock,
    sessions: Sessions,
    town: list[NewVehicle],
    tmp_path: Path,
) -> AsyncIterator[Hall]:
    at = JobProcess(write_study(tmp_path), tmp_path / "kept", tmp_path / "streets")
    settings = Settings(
        database_url=database_url,
        redis_url=running_servers.redis_url,
        mobility_study=at.study,
        mobility_studies=at.studies,
        mobility_streets=at.streets,
    )
    headers = await signed_in(sessions, clock, "mayor@example.fr", role="city", city="lakeport")
    async with api_on(settings, clock) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mobility.test", timeout=60) as client:
            yield Hall(client, headers, sessions, clock, Here(at))


async def test_the_board_shows_people_sites_and_today(hall: Hall) -> None:
    board = await hall.told("GET", "")
    assert [each["code"] for each in board["today"]["place"]["stations"]] == ["wharf", "market", "terminal"]
    assert {each["code"] for each in board["sites"] if not each["stands"]} == {"north", "west", "south", "east"}
    assert len(board["points"]["residents"]) == len(board["today"]["reach"]["near"]) == 12
    assert board["walking"]["basis"] == "straight_line"
    assert board["sizes"] == [{"bays": 2, "chargers": 1}, {"bays": 4, "chargers": 2}]


async def test_a_drawing_is_worth_what_it_adds(hall: Hall) -> None:
    today = (await hall.told("GET", ""))["today"]
    drawn = await hall.told("POST", "/evaluations", {"draws": [PIER]})
    assert drawn["reach"]["within"] > today["reach"]["within"]
    # A station, four bays, two chargers, two vehicles.
    assert drawn["place"]["invested_cents"] == 100_000 + 4 * 10_000 + 2 * 20_000 + 2 * 500_000
    closed = await hall.told("POST", "/evaluations", {"closes": ["market"]})
    assert closed["place"]["invested_cents"] == 0
    assert closed["place"]["yearly_cents"] < 0


async def test_what_a_drawing_is_worth_is_worked_out_beside_the_requests_of_others(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate, threads = Board.evaluate, set[int]()

    def noted(board: Board, words: ScenarioWords) -> ScenarioAnswer:
        threads.add(threading.get_ident())
        return evaluate(board, words)

    monkeypatch.setattr(Board, "evaluate", noted)
    await hall.told("POST", "/evaluations", {"draws": [PIER]})
    await hall.told("POST", "/jobs", {"kind": "study", "drawings": [{"name": "A pier", "draws": [PIER]}]})
    assert threads
    assert threading.get_ident() not in threads


async def test_drawings_are_kept_changed_and_discarded(hall: Hall) -> None:
    kept = await hall.told("POST", "/drawings", {"name": "A pier", "draws": [PIER]})
    path = f"/drawings/{kept['id']}"
    changed = await hall.told("PUT", path, {"name": "No market", "closes": ["market"], "revision": 1})
    assert (changed["revision"], changed["draws"]) == (2, [])
    assert await hall.refused("PUT", path, {"name": "Mine", "revision": 1}) == "drawing_changed"
    assert (await hall.told("GET", "/drawings"))["items"] == [changed]
    assert (await hall.ask("DELETE", path)).status_code == 204
    assert await hall.refused("PUT", path, {"name": "Mine", "revision": 2}) == "unknown_drawing"


async def test_a_day_is_replayed(hall: Hall) -> None:
    body = {"kind": "replay", "drawings": [{"name": "A pier", "draws": [PIER]}]}
    job = await hall.told("POST", "/jobs", body)
    assert (job["state"], job["names"]) == ("waiting", ["A pier"])
    await hall.work()
    job = await hall.told("GET", f"/jobs/{job['id']}")
    assert (job["state"], job["step"], job["done"], job["total"]) == ("done", "replay", 1, 1)
    replay = await hall.told("GET", f"/studies/{job['study_id']}/replays/drawn-1")
    day = 24 * 3_600 // replay["step_s"]
    assert (len(replay["stands"]), len(replay["charge_percent"])) == (day, day)
    names = {each["name"] for each in replay["places"]}
    assert all(0 <= each <= 100 for row in replay["charge_percent"] for each in row)
    riding = {ride["vehicle"] for ride in replay["rides"]}
    assert all(place < len(names) + 1 for row in replay["stands"] for place in row)
    assert all(any(row[vehicle] == -1 or row[vehicle] >= 0 for row in replay["stands"]) for vehicle in riding)


async def test_a_drawing_is_run_as_a_study_and_printed(hall: Hall) -> None:
    await hall.told("POST", "/jobs", {"kind": "study", "drawings": [{"name": "A pier", "draws": [PIER]}]})
    await hall.work()
    (job,) = (await hall.told("GET", "/jobs"))["items"]
    assert job["state"] == "done", job["failure"]
    assert [step.name for step in hall.runner.steps][-1] == "print"
    assert [each["study_id"] for each in (await hall.told("GET", "/studies"))["items"]] == [job["study_id"]]
    answer = await hall.told("GET", f"/studies/{job['study_id']}")
    drawn = next(each for each in answer["scenarios"] if each["code"] == "drawn-1")
    told = await hall.told("POST", "/evaluations", {"draws": [PIER]})
    # The study and the hand on the map say the same.
    assert (drawn["place"], drawn["reach"]) == (told["place"], told["reach"])
    assert answer["recommended"] == "drawn-1"
    assert drawn["played"]["figures"]["trips"]["mean"] > 0
    page = await hall.ask("GET", f"/studies/{job['study_id']}/report/html")
    assert "sandbox" in page.headers["content-security-policy"]
    assert "A pier" in page.text
    paper = await hall.ask("GET", f"/studies/{job['study_id']}/report/pdf")
    assert "A pier" in PdfReader(BytesIO(paper.content)).pages[0].extract_text()


@pytest.mark.parametrize(
    ("sketch", "code"),
    [
        ({"draws": [PIER | {"lon": 100.0}]}, "drawn_outside_area"),
        ({"draws": [PIER | {"bays": 3}]}, "drawn_size_unknown"),
        ({"draws": [PIER, PIER]}, "study_refused"),
        ({"closes": ["nowhere"]}, "study_refused"),
        ({"closes": ["market"], "draws": [PIER | {"station": "market"}]}, "study_refused"),
    ],
)
async def test_what_cannot_stand_is_refused(hall: Hall, sketch: dict[str, Any], code: str) -> None:
    assert await hall.refused("POST", "/evaluations", sketch) == code
    assert await hall.refused("POST", "/jobs", {"kind": "study", "drawings": [{"name": "Bad", **sketch}]}) == code


async def test_a_cancelled_job_is_left_alone(hall: Hall) -> None:
    job = await hall.told("POST", "/jobs", {"kind": "replay", "drawings": [{"name": "A pier", "draws": [PIER]}]})

    async def cancel() -> None:
        cancelled = await hall.told("POST", f"/jobs/{job['id']}/cancel")
        assert cancelled["state"] == "cancelled"

    hall.runner.before = cancel
    await hall.work()
    assert hall.runner.steps == []
    assert await hall.refused("POST", f"/jobs/{job['id']}/cancel") == "studio_job_over"
    assert await hall.refused("GET", f"/jobs/{uuid4()}") == "unknown_studio_job"


async def test_jobs_do_not_pile_up(hall: Hall) -> None:
    for _ in range(4):
        await hall.told("POST", "/jobs", {"kind": "replay", "drawings": [{"name": "A pier"}]})
    assert await hall.refused("POST", "/jobs", {"kind": "replay", "drawings": [{"name": "A pier"}]}) == "studio_busy"


async def test_a_replay_is_of_one_drawing(hall: Hall) -> None:
    assert await hall.refused("POST", "/jobs", {"kind": "replay"}) == "replay_of_one_drawing"


async def test_a_job_that_takes_three_workers_down_is_given_up(hall: Hall) -> None:
    job = await hall.told("POST", "/jobs", {"kind": "replay", "drawings": [{"name": "A pier"}]})
    for _ in range(4):
        await run_jobs(hall.sessions, hall.clock, Lost())
        hall.clock.advance(timedelta(minutes=1))
    job = await hall.told("GET", f"/jobs/{job['id']}")
    assert (job["state"], job["failure"]) == ("failed", "lost")


async def test_there_is_room_for_so_many_drawings(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mobility.studio.service.drawings.DRAWINGS_MAX", 1)
    await hall.told("POST", "/drawings", {"name": "One"})
    assert await hall.refused("POST", "/drawings", {"name": "Two"}) == "too_many_drawings"


async def test_a_city_without_a_study_has_no_table(hall: Hall) -> None:
    hall.runner.at.study.unlink()
    assert await hall.refused("GET", "") == "no_studio"
    assert await hall.refused("GET", "/studies/0123456789ab") == "studio_result_not_ready"


async def nobody_waits() -> bool:
    return True


async def everybody_waits() -> bool:
    return False


async def heard(_: Step) -> None:
    return


async def test_a_process_of_its_own_says_why_it_cannot(tmp_path: Path, town_file: CityFile) -> None:
    (tmp_path / "study.toml").touch()
    work = Work("study", town_file, (), "fr")
    told = await JobProcess(tmp_path / "study.toml", tmp_path, tmp_path).run(
        work, tell=heard, is_cancelled=everybody_waits
    )
    assert told is not None
    assert "ne peut pas être menée" in (told.failure or "")


async def test_a_process_of_its_own_is_ended_when_nobody_waits(tmp_path: Path, town_file: CityFile) -> None:
    process = JobProcess(write_study(tmp_path), tmp_path / "kept", tmp_path)
    work = Work("study", town_file, (), "fr")
    assert await process.run(work, tell=heard, is_cancelled=nobody_waits) is None
    assert multiprocessing.active_children() == []
