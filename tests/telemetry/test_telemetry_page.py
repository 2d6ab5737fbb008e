from pathlib import Path

from mobility.telemetry.rules.reports import BATCH_MAX, Refusal

PAGE = Path(__file__).parents[2] / "mobility/telemetry/README.md"


def test_the_page_names_every_refusal_and_the_size_of_a_batch() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [refusal for refusal in Refusal if refusal not in page] == []
    assert f"up to {BATCH_MAX} reports" in page
