"""docs/feeds.md says what the code does."""

from pathlib import Path

from mobility.feeds.rules.documents import V2, V3
from tests.feeds.rules.test_checks import FAULTS

PAGE = Path("docs/feeds.md").read_text(encoding="utf-8")


def test_every_code_of_a_finding_stands_in_the_page() -> None:
    assert sorted(code for _, code, _ in FAULTS if f"`{code}`" not in PAGE) == []


def test_every_file_stands_in_the_page() -> None:
    assert [name for name in {*V3, *V2} if f"`{name}`" not in PAGE and f"{name}.json" not in PAGE] == []
