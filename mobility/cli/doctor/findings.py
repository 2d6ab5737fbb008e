"""What a check looks at, and what it says."""

import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mobility.db.embedded import find_running
from mobility.settings import Settings, read_settings

# Stands for servers that are not there, so that the other settings can be read.
NOWHERE = {"DATABASE_URL": "postgresql://", "REDIS_URL": "redis://"}


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What was seen about one thing, and what to do when it is not well."""

    state: State
    subject: str
    fact: str
    advice: str = ""


@dataclass(frozen=True)
class Machine:
    """Where the checks look. `checkout` is the folder of the sources; None when installed as a package."""

    environment: Mapping[str, str]
    data_dir: Path
    checkout: Path | None

    @property
    def servers(self) -> Mapping[str, str]:
        """The addresses to use: those given from outside, else those of the running demo; may be empty."""
        given = {name: self.environment[name] for name in NOWHERE if self.environment.get(name)}
        if given:
            return given
        running = find_running(self.data_dir)
        return {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url} if running else {}

    @property
    def settings(self) -> Settings:
        return read_settings({**self.environment, **(self.servers or NOWHERE)})

    @property
    def run(self) -> Any:
        """What the checkout's `run` script knows: what has to be there, and how that is recognised."""
        return SimpleNamespace(**runpy.run_path(str(self.checkout / "run"))) if self.checkout else None
