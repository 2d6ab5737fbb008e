import pytest

from mobility.base.errors import Problem
from mobility.riders.rules.devices import PushKeysUnreadable, PushOff, PushServiceUnknown, refuse_device
from mobility.riders.rules.messages import PUSH_BODY_MAX, Device, in_short
from tests.support.pushes import BrowserWithPush

KEYS = BrowserWithPush().device
SERVICES = ("push.example", "127.0.0.1")


def device(endpoint: str = "https://push.example/1", p256dh: str = KEYS.p256dh, auth: str = KEYS.auth) -> Device:
    return Device(endpoint=endpoint, p256dh=p256dh, auth=auth)


@pytest.mark.parametrize(
    "endpoint", ["https://push.example/1", "https://eu.push.example/wpush/v2/gAAA", "http://127.0.0.1:4711/1"]
)
def test_a_push_service_that_the_operator_knows_is_spoken_to(endpoint: str) -> None:
    refuse_device(device(endpoint), SERVICES)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://notpush.example/1",
        "https://push.example.org/1",
        "http://push.example/1",
        "https://push.example:8443/1",
        "https://user@push.example/1",
        "https://push.example@10.0.0.1/1",
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:5432/",
        "https://[::1/",
        "file:///etc/passwd",
        "https://push.example:port/1",
    ],
)
def test_no_other_door_is_knocked_on_because_somebody_named_it(endpoint: str) -> None:
    with pytest.raises(PushServiceUnknown) as refused:
        refuse_device(device(endpoint), SERVICES)
    assert refused.value.code == "push_service_unknown"


@pytest.mark.parametrize(
    ("refused", "services", "code"),
    [
        (device(), (), "push_off"),
        (device(p256dh="AAAA"), SERVICES, "push_keys_unreadable"),
        (device(auth="AAAAAAAAAAAAAAAAAAAAA"), SERVICES, "push_keys_unreadable"),
        (device(auth="é"), SERVICES, "push_keys_unreadable"),
    ],
)
def test_what_nothing_could_be_sent_to_is_refused(refused: Device, services: tuple[str, ...], code: str) -> None:
    with pytest.raises((PushOff, PushKeysUnreadable)) as raised:
        refuse_device(refused, services)
    assert isinstance(raised.value, Problem)
    assert raised.value.code == code


def test_a_letter_in_short_has_no_greeting_and_ends_between_words() -> None:
    assert in_short("Bonjour,\n\nVotre véhicule\nest prêt.\n") == "Votre véhicule est prêt."
    long = in_short("Hello,\n\n" + "word " * 100)
    assert len(long) <= PUSH_BODY_MAX + 1
    assert long.endswith("word…")
