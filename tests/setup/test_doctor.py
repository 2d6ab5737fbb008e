"""`mobility doctor` on machines in good and in bad order."""

import http.server
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mobility.cli.doctor import doctor, machine, servers
from mobility.cli.doctor.findings import Finding, Machine, State
from mobility.db.embedded import Servers

ROOT = Path(__file__).parents[2]
LOCK = """\
alpha==1.0 \\
    --hash=sha256:00
beta[extra]==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:00
beta[extra]==3.0 ; python_full_version >= '3.12' \\
    --hash=sha256:00
gamma==1.0 ; sys_platform == 'win32'
"""


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """A machine where nothing has run yet."""
    return Machine({"PATH": os.environ["PATH"]}, tmp_path / "data", checkout=None)


@pytest.fixture
def checkout(bare: Machine, tmp_path: Path) -> Machine:
    """The same with sources beside it: the set-up script and a page."""
    shutil.copy(ROOT / "run", tmp_path)
    (tmp_path / "web").mkdir()
    (tmp_path / "web/index.html").write_text("<!doctype html>")
    return replace(bare, checkout=tmp_path)


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def our_api() -> Iterator[int]:
    """The port of something that answers as this API's health check does."""

    class Alive(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "ok"}')

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Alive) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def only(check: Callable[[Machine], Iterator[Finding]], where: Machine) -> Finding:
    [finding] = check(where)
    return finding


def with_settings(where: Machine, **settings: object) -> Machine:
    return replace(where, environment={**where.environment, **{name: str(value) for name, value in settings.items()}})


@pytest.mark.parametrize(
    ("installed", "wrong"),
    [
        ({"alpha": "1.0", "beta": "2.0"}, []),
        ({"alpha": "1.0", "beta": "3.0", "gamma": "1.0"}, []),
        ({"alpha": "1.1"}, ["alpha"]),
        ({"beta": "2.0"}, ["alpha"]),
        ({"alpha": "1.0", "beta": "4.0"}, ["beta"]),
    ],
)
def test_packages_that_differ_from_the_lock_are_named(installed: dict[str, str], wrong: list[str]) -> None:
    assert machine.differing(LOCK, installed.get) == wrong


def test_the_packages_of_this_run_are_those_of_the_lock(checkout: Machine) -> None:
    shutil.copy(ROOT / "requirements.lock", checkout.checkout or "")
    assert only(machine.check_packages, checkout).state is State.OK


def test_a_package_that_is_not_as_locked_is_bad(checkout: Machine, tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("absent-package==1.0 \\\n")
    assert "absent-package" in only(machine.check_packages, checkout).fact
    assert only(machine.check_packages, checkout).state is State.BAD


@pytest.mark.parametrize(
    ("least", "good", "state"), [(0, 0, State.OK), (0, 10**18, State.WARN), (10**18, 10**18, State.BAD)]
)
def test_a_disk_that_fills_up_is_a_warning_and_then_bad(
    bare: Machine, monkeypatch: pytest.MonkeyPatch, least: int, good: int, state: State
) -> None:
    monkeypatch.setattr(machine, "FREE_BYTES_MIN", least)
    monkeypatch.setattr(machine, "FREE_BYTES_GOOD", good)
    assert only(machine.check_disk, bare).state is state


def test_a_machine_where_nothing_has_run_has_no_data(bare: Machine) -> None:
    assert "none at" in only(machine.check_data, bare).fact


@pytest.mark.parametrize(
    ("left", "state", "fact"),
    [
        (("starter.lock", "server.lock"), State.OK, "servers stopped"),
        (("starter.lock", "server.lock", "url"), State.WARN, "was killed"),
        ((), State.BAD, "belongs to another account, or is incomplete"),
    ],
)
def test_what_the_demo_left_says_how_it_ended(bare: Machine, left: tuple[str, ...], state: State, fact: str) -> None:
    for server in ("postgres", "valkey"):
        (bare.data_dir / server).mkdir(parents=True)
        for name in left:
            (bare.data_dir / server / name).write_text("")
    finding = only(machine.check_data, bare)
    assert finding.state is state
    assert fact in finding.fact


def test_without_any_server_the_database_is_a_warning(bare: Machine) -> None:
    assert only(servers.check_servers, bare).state is State.WARN


@pytest.mark.parametrize(
    "settings",
    [
        {"DATABASE_URL": "postgresql://localhost/mobility"},
        {"DATABASE_URL": "mysql://localhost/mobility", "REDIS_URL": "redis://localhost"},
        {"MOBILITY_PORT": "eighty"},
    ],
)
def test_a_setting_that_cannot_be_read_is_bad(bare: Machine, settings: dict[str, str]) -> None:
    finding = only(servers.check_servers, with_settings(bare, **settings))
    assert (finding.subject, finding.state) == ("settings", State.BAD)


async def test_servers_that_do_not_answer_are_bad(closed_port: int) -> None:
    [database] = await servers.database_findings(f"postgresql+asyncpg://mobility@127.0.0.1:{closed_port}/mobility")
    valkey = await servers.check_valkey(f"redis://127.0.0.1:{closed_port}")
    for finding in (database, valkey):
        assert finding.state is State.BAD
        assert finding.fact.startswith("does not answer")


async def test_a_migrated_database_is_well(database_url: str) -> None:
    findings = await servers.database_findings(database_url)
    assert {finding.subject for finding in findings if finding.state is not State.OK} == {"worker"}, "none has begun"
    assert [finding.subject for finding in findings][:2] == ["database", "schema"]


async def test_an_empty_database_has_to_be_migrated(running_servers: Servers) -> None:
    _, schema = await servers.database_findings(running_servers.database_url)
    assert schema.state is State.BAD
    assert "`mobility db migrate`" in schema.advice


async def test_an_old_postgresql_is_bad(running_servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "POSTGRES_MIN", 990000)
    [database] = await servers.database_findings(running_servers.database_url)
    assert (database.state, database.advice) == (State.BAD, "use PostgreSQL 15 or newer")


async def test_a_running_valkey_is_well(running_servers: Servers) -> None:
    assert (await servers.check_valkey(running_servers.redis_url)).state is State.OK


def test_a_free_port_is_well(bare: Machine, closed_port: int) -> None:
    assert only(machine.check_port, with_settings(bare, MOBILITY_PORT=closed_port)).fact == "free"


def test_a_port_that_serves_this_api_is_well(bare: Machine, our_api: int) -> None:
    assert only(machine.check_port, with_settings(bare, MOBILITY_PORT=our_api)).fact == "serves this API"


def test_a_port_that_another_program_holds_is_a_warning(
    bare: Machine, our_api: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "serves_mobility", lambda _: False)
    finding = only(machine.check_port, with_settings(bare, MOBILITY_PORT=our_api))
    assert (finding.state, finding.advice) == (State.WARN, "set MOBILITY_PORT to a free port")


def test_web_pages_are_compared_with_their_sources(checkout: Machine, tmp_path: Path) -> None:
    assert only(machine.check_web_pages, checkout).fact == "not built"
    (tmp_path / "web/dist").mkdir()
    (tmp_path / "web/dist/.built-from").write_text(checkout.run.web_pages_hash())
    assert only(machine.check_web_pages, checkout).state is State.OK
    (tmp_path / "web/index.html").write_text("<!doctype html><title>changed</title>")
    assert only(machine.check_web_pages, checkout).fact == "older than their sources"


@pytest.mark.parametrize(("version", "state"), [("v22.12.0", State.OK), ("v20.20.2", State.WARN)])
def test_an_old_node_is_a_warning(
    checkout: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, state: State
) -> None:
    node = tmp_path / "bin/node"
    node.parent.mkdir()
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin/python"))
    assert only(machine.check_node, checkout).state is state


def test_a_missing_browser_is_a_warning(checkout: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only(machine.check_browser, checkout).state is State.WARN


def test_a_missing_broker_is_a_warning(checkout: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(machine.check_broker, checkout).state is State.OK
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert only(machine.check_broker, checkout).state is State.WARN


def test_an_installed_package_is_not_asked_about_sources(bare: Machine) -> None:
    for check in (machine.check_packages, machine.check_web_pages, machine.check_node, machine.check_broker):
        assert not list(check(bare))


def test_the_command_ends_with_status_1_only_when_something_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    well = CliRunner().invoke(doctor, ["--data", str(tmp_path)])
    assert (well.exit_code, "no server runs" in well.output) == (0, True)
    monkeypatch.setenv("MOBILITY_PORT", "eighty")
    bad = CliRunner().invoke(doctor, ["--data", str(tmp_path)])
    assert bad.exit_code == 1
    assert "→ correct this environment variable" in bad.output


def test_a_street_network_that_cannot_be_read_is_bad(bare: Machine, tmp_path: Path) -> None:
    machine_of = replace(bare, environment={**bare.environment, "MOBILITY_STREETS": str(tmp_path)})
    (tmp_path / "lakeport.walk.npz").write_bytes(b"half a file")
    finding = only(machine.check_streets, machine_of)
    assert (finding.state, "lakeport.walk.npz" in finding.fact) == (State.BAD, True)
    (tmp_path / "lakeport.walk.npz").unlink()
    assert list(machine.check_streets(machine_of)) == []
