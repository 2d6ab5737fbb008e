from pathlib import Path

import pytest

from mobility.settings import SettingsError, read_settings

URLS = {"DATABASE_URL": "postgresql://somebody@db/mobility", "REDIS_URL": "redis://cache:6379/0"}


def test_settings_come_from_the_environment_with_defaults() -> None:
    settings = read_settings(URLS | {"MOBILITY_PORT": "9000", "MOBILITY_MAILBOX": "/var/mail"})
    assert settings.database_url == "postgresql+asyncpg://somebody@db/mobility"
    assert (settings.mobility_port, settings.mobility_mailbox) == (9000, Path("/var/mail"))
    assert settings.mobility_host == "127.0.0.1"


@pytest.mark.parametrize("missing", list(URLS))
def test_a_missing_address_is_named(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        read_settings({name: url for name, url in URLS.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOBILITY_PORT", "70000"),
        ("MOBILITY_PORT", "http"),
        ("DATABASE_URL", "mysql://db/x"),
        ("MOBILITY_POOL_SIZE", "0"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError):
        read_settings(URLS | {name: value})
