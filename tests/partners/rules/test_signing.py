"""Signatures, back-off and addresses, compared with what others say of them."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from mobility.partners.rules import signing
from mobility.partners.rules.addresses import WebhookAddressRefused, check_url, is_public
from mobility.partners.rules.trying import ATTEMPTS_MAX, JITTER, LONGEST_WAIT, failure_of, wait_after

BODY = '{"type":"vehicle.gone"}'


def test_the_library_of_standard_webhooks_believes_our_messages_and_no_others() -> None:
    secret, former = signing.new_secret(), signing.new_secret()
    name = signing.message_name(UUID(int=7))
    headers = signing.headers(name, datetime.now(UTC), BODY.encode(), [secret, former])
    for key in (secret, former):
        assert Webhook(signing.shown(key)).verify(BODY, headers) == {"type": "vehicle.gone"}
    stale = signing.headers(name, datetime.now(UTC) - timedelta(minutes=6), BODY.encode(), [secret])
    other = signing.shown(signing.new_secret())
    for key, said, sent in [(signing.shown(secret), BODY + " ", headers), (other, BODY, headers)]:
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(said, sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.shown(secret)).verify(BODY, stale)


def test_a_message_is_signed_as_the_standard_s_own_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), body, [key])
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_waits_double_up_to_an_hour_and_are_spread() -> None:
    waits = [wait_after(attempt, 0.5) for attempt in range(1, ATTEMPTS_MAX + 1)]
    assert waits[:4] == [timedelta(seconds=s) for s in (5, 10, 20, 40)]
    assert waits[-1] == LONGEST_WAIT
    low, high = wait_after(1, 0.0), wait_after(1, 0.999)
    assert timedelta(seconds=5 * (1 - JITTER)) == low < high < timedelta(seconds=5 * (1 + JITTER))


def test_only_what_is_answered_by_two_hundred_is_received() -> None:
    said = {status: failure_of(status) for status in (200, 204, 301, 400, 410, 500)}
    assert said == {200: None, 204: None, 301: "redirected", 400: "refused", 410: "gone", 500: "refused"}


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.org/hook",
        "https://user:secret@app.example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8:8443/",
        "https://[::ffff:10.0.0.8]/",
        "https://",
        "https://app.example.org:99999/",
        "ftp://app.example.org/",
    ],
)
def test_an_address_that_is_not_of_the_internet_is_refused(url: str) -> None:
    with pytest.raises(WebhookAddressRefused):
        check_url(url, private=False)


def test_public_addresses_are_told_from_all_others() -> None:
    public = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
    private = [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
    ]
    inside = ["::1", "fe80::1%eth0", "fc00::1", "::ffff:8.8.8.8", "2002:a00:1::1", "64:ff9b::a00:1", "255.255.255.255"]
    assert [each for each in [*public, *private, *inside] if is_public(each)] == public
    for url in ("https://app.example.org/hook?of=lakeport", "https://93.184.216.34:8443/"):
        check_url(url, private=False)
