import re

from hypothesis import given
from hypothesis import strategies as st

from mobility.telemetry.rules.quarantine import PAYLOAD_MAX_BYTES, masked


def test_the_form_of_a_message_is_kept_without_its_numbers() -> None:
    assert masked(b'{"position": {"lon": 2.64159, "lat": 50.53}}') == b'{"position": {"lon": 0.00000, "lat": 00.00}}'


@given(st.binary(max_size=3 * PAYLOAD_MAX_BYTES))
def test_nothing_but_zeros_and_text_is_kept_and_never_much_of_it(payload: bytes) -> None:
    kept = masked(payload)
    assert len(kept) == min(len(payload), PAYLOAD_MAX_BYTES)
    assert re.fullmatch(rb"[^1-9\x80-\xff]*", kept)
