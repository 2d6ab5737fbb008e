"""The databases that tests are lent: whatever one leaves behind, the next finds the town as it was loaded."""

from sqlalchemy import text

from mobility.db.session import create_engine
from mobility.fleet.service import NewVehicle
from tests.support.databases import Stock

FOUND = text("SELECT (SELECT array_agg(state ORDER BY plate) FROM vehicle), (SELECT count(*) FROM vehicle_event)")


async def found(url: str, *changes: str) -> tuple[object, ...]:
    """What is there at first, before these changes are committed."""
    engine = create_engine(url)
    async with engine.begin() as connection:
        there = tuple((await connection.execute(FOUND)).one())
        for change in changes:
            await connection.execute(text(change))
    await engine.dispose()
    return there


async def test_rows_that_a_test_leaves_are_gone_and_those_it_spoilt_are_back(
    stock: Stock, town_template: tuple[str, list[NewVehicle]]
) -> None:
    async with stock.lent(town_template[0]) as url:
        loaded = await found(url, "UPDATE vehicle SET state = 'unknown'", "DELETE FROM vehicle_status")
    async with stock.lent(town_template[0]) as again:
        assert (again, await found(again)) == (url, loaded)


async def test_a_database_whose_tables_a_test_has_changed_is_lent_to_nobody_else(
    stock: Stock, town_template: tuple[str, list[NewVehicle]]
) -> None:
    async with stock.lent(town_template[0]) as url:
        loaded = await found(url, "ALTER TABLE vehicle ADD COLUMN colour text")
    async with stock.lent(town_template[0]) as another:
        assert another != url
        assert await found(another) == loaded
