from pathlib import Path

from mobility.cli.generated import message_schema
from mobility.telemetry.rules.reports import BATCH_MAX, Refusal

PAGE = Path(__file__).parents[2] / "mobility/telemetry/README.md"


def test_the_page_names_every_refusal_and_the_size_of_a_batch() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [refusal for refusal in Refusal if refusal not in page] == []
    assert f"up to {BATCH_MAX} reports" in page


def test_the_published_schema_is_that_of_the_code() -> None:
    published = PAGE.parents[2] / "docs/telemetry-v1.schema.json"
    assert published.read_text(encoding="utf-8") == message_schema(), "run `make generated`"
