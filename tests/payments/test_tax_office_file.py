"""The file of entries of the French tax office, as the command writes it, read by somebody else's rules."""

import asyncio
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from litestar.status_codes import HTTP_200_OK
from sqlalchemy import update

from mobility.city.tables import City
from mobility.cli.ledger import fec
from mobility.db.session import transaction
from tests.support.fleets import signed_in
from tests.support.tax_office import COLUMNS, anomalies

SIREN = "123456782"
JUNE = ["--from", "2026-06-01", "--to", "2026-06-30"]
NAME = f"{SIREN}FEC20260630.txt"
ENTRY = (
    "VE\tVentes\t{number}\t20260615\t{account}\tClients\t{who}\t{who}\t"
    "P1\t20260615\tTrajet\t{amounts}\t\t\t20260615\t\t"
)
GOOD = "\r\n".join(
    [
        "\t".join(COLUMNS),
        *(
            ENTRY.format(number=number, account=account, who=who, amounts=amounts)
            for number in (1, 2)
            for account, who, amounts in (("411000", "A", "12,00\t0,00"), ("706000", "", "0,00\t12,00"))
        ),
        "",
    ]
)


@pytest.fixture
def write(database_url, running_servers):
    environment = {"DATABASE_URL": database_url, "REDIS_URL": running_servers.redis_url}

    def run(*arguments):
        return CliRunner().invoke(fec, [*map(str, arguments), *JUNE], env=environment)

    return run


async def test_the_tax_office_objects_to_nothing_in_what_the_command_writes(month, write, tmp_path):
    said = await asyncio.to_thread(write, tmp_path, "--siren", SIREN)
    assert said.exit_code == 0, said.output
    (file,) = tmp_path.iterdir()
    assert (file.name, said.output.strip()) == (NAME, str(file))
    content = file.read_bytes()
    assert content.count(b"\r\n") > 15
    assert anomalies(file.name, content) == []


async def test_the_file_of_one_city_has_the_name_that_the_tax_office_wants(books, month, client):
    operator = await signed_in(books.sessions, books.clock, city=books.city)
    asked = {"params": {"from": "2026-06-01", "to": "2026-06-30", "format": "fec"}, "headers": operator}
    path = f"/v1/cities/{books.city}/ledger/entries"
    unknown = await client.get(path, **asked)
    assert f'filename="{books.city}-2026-06-01-2026-06-30.txt"' in unknown.headers["content-disposition"]
    async with transaction(books.sessions) as session:
        await session.execute(update(City).values(document={"operator": {"siret": f"{SIREN}00010"}}))
    known = await client.get(path, **asked)
    assert (known.status_code, anomalies(NAME, known.content)) == (HTTP_200_OK, [])
    assert f'filename="{NAME}"' in known.headers["content-disposition"]


@pytest.mark.parametrize("siren", ["12345678", "12345678X", "123456789"])
def test_a_number_that_is_no_siren_is_refused(write, tmp_path, siren):
    said = write(tmp_path, "--siren", siren)
    assert (said.exit_code, "SIREN" in said.output, list(tmp_path.iterdir())) == (2, True, [])


def test_the_reader_has_nothing_against_a_good_file():
    assert anomalies(NAME, GOOD.encode()) == []


@pytest.mark.parametrize(
    ("anomaly", "spoil"),
    [
        ("header", lambda text: text.replace("CompteNum", "Compte")),
        ("header", lambda text: text.replace("Debit\tCredit", "Credit\tDebit")),
        ("line ends", lambda text: text.replace("Trajet", "Tra\njet", 1)),
        ("line ends", lambda text: text.removesuffix("\r\n")),
        ("encoding", lambda text: text.replace("Trajet", "Tra\0jet", 1)),
        ("empty line", lambda text: text + "\r\n"),
        ("empty line", lambda text: text.split("\r\n")[0] + "\r\n"),
        ("number of fields", lambda text: text.removesuffix("\r\n") + "\t\r\n"),
        ("empty field", lambda text: text.replace("P1", "", 1)),
        ("text", lambda text: text.replace("Trajet", '"Trajet"', 1)),
        ("account", lambda text: text.replace("411000", "41X000", 1)),
        ("date", lambda text: text.replace("20260615", "20260631", 1)),
        ("date", lambda text: text.replace("20260615", "15/06/2026", 1)),
        ("amount", lambda text: text.replace("12,00", "1 200,00", 1)),
        ("amount", lambda text: text.replace("12,00", "12.00", 1)),
        ("debit or credit", lambda text: text.replace("12,00\t0,00", "12,00\t12,00", 1)),
        ("debit or credit", lambda text: text.replace("12,00\t0,00", "0,00\t0,00", 1)),
        ("half a pair", lambda text: text.replace("A\tA", "A\t", 1)),
        ("balance", lambda text: text.replace("12,00", "12,01", 1)),
        ("one entry, several days or journals", lambda text: text.replace("VE", "BQ", 1)),
        ("numbering", lambda text: text.replace("\t2\t", "\t3\t")),
        ("order of days", lambda text: text.replace("20260615", "20260616", 6)),
        ("after the closing", lambda text: text.replace("20260615", "20260715")),
    ],
)
def test_the_reader_finds_what_the_tax_office_finds(anomaly: str, spoil: Callable[[str], str]):
    assert anomalies(NAME, spoil(GOOD).encode()) == [anomaly]


@pytest.mark.parametrize(
    "name", ["FEC20260630.txt", "123456789FEC20260630.txt", f"{SIREN}FEC20260631.txt", f"{SIREN}FEC20260630.csv"]
)
def test_the_reader_wants_the_name_of_the_law(name: str):
    assert anomalies(name, GOOD.encode()) == ["name"]


def test_the_reader_does_not_guess_an_encoding():
    assert anomalies(NAME, GOOD.replace("Trajet", "Créance").encode("iso-8859-15")) == ["encoding"]
