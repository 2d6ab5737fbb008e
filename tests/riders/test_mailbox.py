import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from mobility.riders import mailbox
from mobility.riders.mailbox import Mailbox, list_letters
from mobility.riders.rules.codes import code_letter
from mobility.riders.rules.messages import Letter

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)


def message(number: int = 1) -> Letter:
    return code_letter(UUID(int=number), to=f"rider{number}@example.fr", code=f"{number:06}", locale="fr", at=NOW)


async def test_a_message_is_one_json_line_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "box" / "mail.jsonl"
    await Mailbox(file).deliver(message())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (line,) = file.read_bytes().splitlines()
    assert set(msgspec.json.decode(line)) == {"id", "to", "subject", "text", "code", "at", "attachments"}


async def test_messages_delivered_at_once_do_not_mix(tmp_path: Path) -> None:
    file = tmp_path / "mail.jsonl"
    await asyncio.gather(*(Mailbox(file).deliver(message(number)) for number in range(100)))
    assert sorted(m.code for m in list_letters(file)) == [f"{number:06}" for number in range(100)]


async def test_a_full_mailbox_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MAILBOX_MAX_BYTES", 300)
    file = tmp_path / "mail.jsonl"
    for number in range(4):
        await Mailbox(file).deliver(message(number))
    assert [m.code for m in list_letters(file)][-1] == "000003"
    assert len(list_letters(file)) < 4


def test_a_mailbox_that_nobody_wrote_to_is_empty(tmp_path: Path) -> None:
    assert list_letters(tmp_path / "none.jsonl") == []
