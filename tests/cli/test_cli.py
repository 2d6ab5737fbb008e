import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mobility.cli import COMMANDS, cli
from mobility.cli.demo import follow, refuse_full_disk

ROOT = Path(__file__).parents[2]
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}


def mobility(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mobility", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True, check=False
    )


def test_help_lists_every_command_with_what_it_does() -> None:
    page = CliRunner().invoke(cli, ["--help"]).output
    assert all(command in page for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    answer = CliRunner().invoke(cli, [command, "--help"])
    assert answer.exit_code == 0
    assert "Usage" in answer.output


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["nonsense"], {}, "No such command"),
        (["serve"], {}, "DATABASE_URL is not set"),
        (["worker"], {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "REDIS_URL is not set"),
        (
            ["worker"],
            NOWHERE | {"MOBILITY_MDS_AGENCIES": "lakeport=https://t@host"},
            "MOBILITY_MDS_AGENCIES must be city/mode",
        ),
        (["db", "migrate"], {"DATABASE_URL": "mysql://x", "REDIS_URL": "redis://x"}, "must begin with postgresql://"),
        (["demo", "--city", "nowhere.toml"], {}, "does not exist"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(
    arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    answer = mobility(*arguments, **environment)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = mobility("serve", MOBILITY_PORT=str(taken.getsockname()[1]), **NOWHERE)
    assert answer.returncode == 2
    assert "set MOBILITY_PORT to a free port" in " ".join(answer.stderr.replace("│", " ").split())


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="free some space or choose another folder"):
        refuse_full_disk(tmp_path / "not" / "there" / "yet")


def test_a_growing_file_is_followed_line_by_line_also_when_it_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "mailbox.jsonl"
    lines = follow(file)
    assert next(lines) == []
    file.write_text('{"n": 1}\n{"n":')
    assert next(lines) == [{"n": 1}]
    file.write_text('{"n": 1}\n{"n": 2}\n')
    assert next(lines) == [{"n": 2}]
    file.write_text('{"n": 3}\n')
    assert next(lines) == [{"n": 3}]
