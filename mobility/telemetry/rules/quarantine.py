"""What may be kept of a message that was not taken."""

import re

PAYLOAD_MAX_BYTES = 2_000
DIGIT = re.compile(rb"[0-9]")
NOT_TEXT = re.compile(rb"[^\t\n\r -~]")


def masked(payload: bytes) -> bytes:
    """The shape of a payload without a number in it: its beginning, every digit 0, and `?` for what is no ASCII text.

    Always, not only while the vehicle is rented: a message that cannot be read does not say when it was made, and one
    that is days late may tell of a ride long over. Whoever repairs the sender has the reason, the field and the form.
    """
    return NOT_TEXT.sub(b"?", DIGIT.sub(b"0", payload[:PAYLOAD_MAX_BYTES]))
