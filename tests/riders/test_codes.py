from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from mobility.base.errors import Problem
from mobility.riders.rules import codes

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
EMAIL, PHONE = "camille@example.fr", "+33612345678"


def state(
    *, tries: int = 0, lives: timedelta = timedelta(seconds=1), used: bool = False, replaced: bool = False
) -> codes.CodeState:
    return codes.CodeState(tries=tries, expires_at=NOW + lives, is_used=used, is_replaced=replaced)


def test_a_code_has_six_digits_leading_zeros_included() -> None:
    made = {codes.new_code() for _ in range(2_000)}
    assert all(len(code) == 6 and code.isdecimal() for code in made)
    assert any(code.startswith("0") for code in made)


def test_a_code_is_right_only_for_its_own_request() -> None:
    mine, other = UUID(int=1), UUID(int=2)
    kept = codes.hash_code(mine, "402951")
    assert codes.is_right(mine, "402951", kept)
    assert not codes.is_right(mine, "402952", kept)
    assert not codes.is_right(other, "402951", kept)


@pytest.mark.parametrize(
    ("dead", "problem"),
    [
        (state(used=True, tries=5, replaced=True), codes.CodeUsed),
        (state(replaced=True, tries=5), codes.CodeReplaced),
        (state(lives=timedelta(0)), codes.CodeExpired),
        (state(tries=5), codes.CodeTriesExhausted),
    ],
)
def test_a_code_that_is_over_says_why(dead: codes.CodeState, problem: type[Problem]) -> None:
    with pytest.raises(problem):
        codes.refuse_dead(dead, NOW)


def test_a_code_lives_until_its_last_instant_and_its_fifth_try() -> None:
    codes.refuse_dead(state(tries=4, lives=timedelta(microseconds=1)), NOW)


@pytest.mark.parametrize(("locale", "sentence"), [("fr", "Votre code : 402951."), ("en", "Your code: 402951.")])
def test_a_message_says_code_and_minutes_in_the_readers_language(locale: str, sentence: str) -> None:
    message = codes.code_letter(UUID(int=1), to=EMAIL, code="402951", locale=locale, at=NOW)
    assert message.text.startswith(sentence)
    assert "10 minutes" in message.text
    assert message.subject.startswith("402951 ")
    assert (message.to, message.code, message.at) == (EMAIL, "402951", NOW)


@pytest.mark.parametrize("address", [EMAIL, PHONE])
def test_what_is_counted_carries_no_address_in_clear(address: str) -> None:
    for count in codes.counts_of_code_request(address, "192.0.2.7"):
        assert address not in count.key
        assert "192.0.2.7" not in count.key


def test_only_phones_are_counted_by_their_block_of_numbers() -> None:
    def keys(address: str) -> set[str]:
        return {count.key for count in codes.counts_of_code_request(address, "192.0.2.7") if "block" in count.key}

    assert keys(EMAIL) == set()
    assert keys(PHONE) == keys("+33612349999") != keys("+33612355678")
