import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mobility.cli.mds import mds
from mobility.db.embedded import Servers
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from mobility.mds.service.registrations import RegistrationsRefused, register

PAPERS = "plate,year,make,model,color,vin,license_plate\n"


@pytest.fixture
def database(
    town: list[NewVehicle], database_url: str, running_servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", running_servers.redis_url)
    # Tables are as wide as the terminal that the reader has.
    monkeypatch.setenv("COLUMNS", "160")


def mobility_mds(*arguments: str) -> Result:
    return CliRunner().invoke(mds, arguments)


@pytest.mark.usefixtures("database")
def test_a_token_is_issued_listed_and_revoked() -> None:
    issued = mobility_mds("issue", "lakeport", "District Council", "--days", "30")
    assert issued.exit_code == 0
    assert re.fullmatch(r"mds_[\w-]{43}\n", issued.stdout)
    (token_id,) = re.findall(r"token ([0-9a-f-]{36})\.", issued.stderr)
    assert "District Council" in mobility_mds("tokens", "lakeport").output
    revoked = mobility_mds("revoke", token_id)
    assert (revoked.exit_code, revoked.output) == (0, "District Council may not read with it any more.\n")


@pytest.mark.usefixtures("database")
def test_a_permit_is_published_once() -> None:
    assert mobility_mds("publish", "lakeport").output == "11 documents published.\n"
    assert mobility_mds("publish", "lakeport").output == "0 documents published.\n"


@pytest.mark.usefixtures("database")
def test_papers_are_taken_over_whole_or_not_at_all(tmp_path: Path) -> None:
    papers = tmp_path / "papers.csv"
    right = "P-001,2023,Renault,Twizy,white,VF1ACVYB012345678,AA-123-AA\n"
    papers.write_text(PAPERS + right, encoding="utf-8")
    for _ in range(2):
        assert mobility_mds("register", "lakeport", str(papers)).output == "1 vehicles registered.\n"
    for wrong in ("P-999,2023,Renault,Twizy,white,VF1,AA\n", "P-001,1066,Renault,Twizy,white,VF1,AA\n"):
        papers.write_text(PAPERS + right + wrong, encoding="utf-8")
        refused = mobility_mds("register", "lakeport", str(papers))
        assert refused.exit_code == 2
        assert "Line 3: " in refused.output
        assert "Nothing was taken over." in refused.output


async def test_papers_of_a_vehicle_of_nobody_are_refused(sessions: Sessions, town: list[NewVehicle]) -> None:
    papers = dict(
        zip(PAPERS.strip().split(","), ["P-999", "2023", "Renault", "Twizy", "white", "VF1", "AA"], strict=True)
    )
    async with sessions() as session:
        with pytest.raises(RegistrationsRefused, match="P-999"):
            await register(session, "lakeport", [papers])


MISTAKES = [
    (["issue", "atlantis", "Council"], "city"),
    (["issue", "lakeport", "Council", "--days", "0"], "0 is not in the range"),
    (["revoke", "00000000-0000-0000-0000-000000000000"], "Nothing here has this id."),
    (["publish", "atlantis"], "city"),
]


@pytest.mark.usefixtures("database")
def test_a_mistake_is_a_sentence_and_status_2() -> None:
    for arguments, said in MISTAKES:
        result = mobility_mds(*arguments)
        assert (result.exit_code, said in result.output) == (2, True), arguments
