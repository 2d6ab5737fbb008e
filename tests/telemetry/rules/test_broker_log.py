import pytest

from mobility.telemetry.rules.broker_log import turned_away


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (b"1795360177: Client <unknown> disconnected, not authorised.", ["broker_not_authorised"]),
        (b"1795360177: Client moped-7 disconnected due to oversize packet.", ["broker_oversize"]),
        (b"1795360177: Client moped-7 disconnected due to malformed packet.", ["broker_malformed"]),
        (b"1795360177: Client moped-7 disconnected due to protocol error.", ["broker_malformed"]),
        (b"1795360177: Client <unknown> disconnected: Protocol error.", ["broker_malformed"]),
        (b"1795360177: Client moped-7 disconnected.", []),
        (b"1795360177: New connection from 127.0.0.1:39220 on port 8883.", []),
        (b"\xff", []),
    ],
)
def test_a_line_of_the_broker_s_log_says_whom_it_has_turned_away(line: bytes, codes: list[str]) -> None:
    assert turned_away(line) == codes
