from collections.abc import AsyncIterator

import pytest

from mobility.db.embedded import Servers
from tests.histories.town import Town, open_town
from tests.support.databases import copy_database, url_of

# Of every run of the tests; `make scenarios` tells a thousand. The options are known where this folder is asked for.
HISTORIES, FIRST_SEED, STEPS = 6, 1, 60


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--histories", type=int, default=HISTORIES, help="how many random histories to tell")
    parser.addoption("--first-seed", type=int, default=FIRST_SEED, help="of the first history; the others follow")
    parser.addoption("--steps", type=int, default=STEPS, help="moves in a history")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first = metafunc.config.getoption("--first-seed", FIRST_SEED)
        many = metafunc.config.getoption("--histories", HISTORIES)
        metafunc.parametrize("seed", range(first, first + many))


@pytest.fixture(scope="session")
def steps(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--steps", STEPS))


@pytest.fixture(scope="session")
async def town(
    running_servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    name = "mobility_histories"
    await copy_database(running_servers, template, name)
    async with open_town(
        url_of(running_servers, name), running_servers.redis_url, tmp_path_factory.mktemp("town")
    ) as town:
        yield town
