import json

import pytest
import structlog

from mobility.app.logs import configure_logs

CANARIES = ("camille@example.org", "+33612345678", "50.5305", "Camille", "482913")


@pytest.fixture(autouse=True)
def _restore() -> object:
    yield
    structlog.reset_defaults()


def test_a_log_line_carries_only_the_fields_that_were_decided_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.get_logger().info("request", email=CANARIES[0], phone=CANARIES[1], lat=CANARIES[2], status=200)
    line = json.loads(capsys.readouterr().err)
    assert line["status"] == 200
    assert not any(canary in json.dumps(line) for canary in CANARIES)


def test_an_exception_is_logged_by_its_places_and_never_by_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    try:
        raise ValueError("code 482913 of Camille")
    except ValueError:
        structlog.get_logger().exception("job_failed", job="expire_holds")
    text = capsys.readouterr().err
    assert "test_logs.py" in text
    assert not any(canary in text for canary in CANARIES)
