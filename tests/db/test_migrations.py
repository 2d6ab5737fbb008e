import asyncio

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from mobility.all_tables import metadata
from mobility.db.migrations import alembic_config, head, upgrade


async def test_the_migrations_build_exactly_the_tables_of_the_code(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == head()
    await engine.dispose()


async def test_the_migrations_can_be_undone_and_done_again(database_url: str) -> None:
    await asyncio.to_thread(command.downgrade, alembic_config(database_url), "base")
    await asyncio.to_thread(upgrade, database_url)
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == head()
    await engine.dispose()


RIDE = text("""
    INSERT INTO rental (id, hold_id, account_id, vehicle_id, city_id, tariff_id, vehicle_public_id, state,
        started_at, ended_at, start_lon, start_lat, end_lon, end_lat, total_cents)
    SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'lakeport', gen_random_uuid(),
        gen_random_uuid(), state, '2026-06-15T08:00Z', CAST(ended_at AS timestamptz), 175, -40, lon, lat, cents
    FROM (VALUES ('riding', NULL, NULL, NULL, NULL), ('ended', '2026-06-15T09:00Z', 175, -40, 520))
        AS ride (state, ended_at, lon, lat, cents)
""")


async def test_rides_of_before_were_asked_for_when_they_started(database_url: str) -> None:
    await asyncio.to_thread(command.downgrade, alembic_config(database_url), "0004")
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))  # without what they refer to
        await connection.execute(RIDE)
    await asyncio.to_thread(upgrade, database_url)
    async with engine.connect() as connection:
        rides = await connection.execute(text("SELECT state, requested_at = started_at, failure FROM rental"))
        assert sorted(tuple(ride) for ride in rides) == [("ended", True, None), ("riding", True, None)]
    await engine.dispose()
