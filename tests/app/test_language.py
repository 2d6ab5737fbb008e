import pytest

from mobility.app.language import language_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "fr"),
        ("", "fr"),
        ("de", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr;q=0.5, en;q=0.9", "en"),
        ("de, en;q=0.1, fr;q=0.2", "fr"),
        ("en;q=0", "fr"),
        ("en;q=nonsense", "fr"),
    ],
)
def test_the_best_of_our_languages_is_spoken_and_french_otherwise(header: str | None, language: str) -> None:
    assert language_of(header) == language
