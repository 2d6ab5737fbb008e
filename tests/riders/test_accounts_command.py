import pytest
from click.testing import CliRunner, Result

from mobility.cli.accounts import accounts
from mobility.db.embedded import Servers


@pytest.fixture
def database(database_url: str, running_servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", running_servers.redis_url)
    # Tables are as wide as the terminal that the reader has.
    monkeypatch.setenv("COLUMNS", "160")


def mobility_accounts(*arguments: str) -> Result:
    return CliRunner().invoke(accounts, arguments)


@pytest.mark.usefixtures("database")
def test_a_role_is_granted_listed_and_taken_back() -> None:
    granted = mobility_accounts("grant", "Operator@Example.fr", "operator")
    assert (granted.exit_code, granted.output) == (0, "operator@example.fr is operator everywhere.\n")
    assert mobility_accounts("grant", "operator@example.fr", "operator").exit_code == 0
    assert "operator everywhere" in mobility_accounts("list").output
    assert mobility_accounts("revoke", "operator@example.fr", "operator").exit_code == 0
    assert "operator everywhere" not in mobility_accounts("list", "--query", "operator").output


@pytest.mark.usefixtures("database")
def test_a_blocked_account_is_listed_as_blocked() -> None:
    mobility_accounts("grant", "operator@example.fr", "operator")
    assert mobility_accounts("block", "operator@example.fr").exit_code == 0
    assert "blocked" in mobility_accounts("list").output


MISTAKES = [
    (["grant", "operator", "operator"], "This e-mail address is not valid."),
    (["grant", "operator@example.fr", "owner"], "'owner' is not one of"),
    (["grant", "operator@example.fr", "operator", "--city", "atlantis"], "city"),
    (["revoke", "nobody@example.fr", "operator"], "There is no such account."),
    (["block", "nobody@example.fr"], "There is no such account."),
]


@pytest.mark.usefixtures("database")
def test_a_mistake_is_one_sentence_and_status_2() -> None:
    for arguments, sentence in MISTAKES:
        refused = mobility_accounts(*arguments)
        assert refused.exit_code == 2, arguments
        assert sentence in refused.output, arguments
    assert "operator@example.fr" not in mobility_accounts("list").output
